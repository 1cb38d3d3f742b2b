//! Why a person decided so: short codes, the same in every language.

use crate::rules::Titles;
use serde::{Deserialize, Serialize};

/// A reason for a decision. A new code is a new version of the decision record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Confirm: the pages say it openly.
    OpenOffer,
    /// Confirm: a copy of a confirmed site.
    Mirror,
    /// Confirm: contact or payment of a confirmed site.
    KnownContact,
    /// Confirm: passes itself off as a brand, bank or authority.
    Impersonation,
    /// Confirm: complaints of victims, or a statement of who is imitated.
    Complaint,
    /// Dismiss: journalism.
    News,
    /// Dismiss: law, court or authority.
    Law,
    /// Dismiss: prevention, treatment, medicine.
    Treatment,
    /// Dismiss: advice that reduces harm, drug checking.
    HarmReduction,
    /// Dismiss: a business that may do what it does.
    Licensed,
    /// Dismiss: quoted in order to warn.
    Warning,
    /// Dismiss: encyclopedia, teaching, research.
    Reference,
    /// Dismiss: game, book, film, joke.
    Fiction,
    /// Dismiss: the words mean something else here.
    OtherMeaning,
    /// Dismiss: an honest shop or service.
    HonestBusiness,
    /// Dismiss: words of visitors on an honest site.
    VisitorWords,
    /// Dismiss: what is there does not suffice.
    TooLittle,
    /// Dismiss: real, but not for this unit.
    OutOfRemit,
    /// Dismiss: gone before it could be judged.
    Gone,
    /// Dismiss: the same as another flag.
    Duplicate,
    /// Defer: a second opinion is asked for.
    SecondOpinion,
    /// Defer: more evidence is to come.
    MoreEvidence,
}

/// Which decision a reason stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Confirm,
    Dismiss,
    Defer,
}

impl Reason {
    /// All reasons, those for confirming first.
    pub const ALL: [Self; 22] = [
        Self::OpenOffer,
        Self::Mirror,
        Self::KnownContact,
        Self::Impersonation,
        Self::Complaint,
        Self::News,
        Self::Law,
        Self::Treatment,
        Self::HarmReduction,
        Self::Licensed,
        Self::Warning,
        Self::Reference,
        Self::Fiction,
        Self::OtherMeaning,
        Self::HonestBusiness,
        Self::VisitorWords,
        Self::TooLittle,
        Self::OutOfRemit,
        Self::Gone,
        Self::Duplicate,
        Self::SecondOpinion,
        Self::MoreEvidence,
    ];

    /// Its code, as in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenOffer => "open_offer",
            Self::Mirror => "mirror",
            Self::KnownContact => "known_contact",
            Self::Impersonation => "impersonation",
            Self::Complaint => "complaint",
            Self::News => "news",
            Self::Law => "law",
            Self::Treatment => "treatment",
            Self::HarmReduction => "harm_reduction",
            Self::Licensed => "licensed",
            Self::Warning => "warning",
            Self::Reference => "reference",
            Self::Fiction => "fiction",
            Self::OtherMeaning => "other_meaning",
            Self::HonestBusiness => "honest_business",
            Self::VisitorWords => "visitor_words",
            Self::TooLittle => "too_little",
            Self::OutOfRemit => "out_of_remit",
            Self::Gone => "gone",
            Self::Duplicate => "duplicate",
            Self::SecondOpinion => "second_opinion",
            Self::MoreEvidence => "more_evidence",
        }
    }

    /// The reason with this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }

    /// Reasons for confirming.
    pub fn for_confirming() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|r| r.side() == Side::Confirm)
    }

    /// Reasons for dismissing.
    pub fn for_dismissing() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|r| r.side() == Side::Dismiss)
    }

    /// Reasons for deferring.
    pub fn for_deferring() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|r| r.side() == Side::Defer)
    }

    pub(super) fn side(self) -> Side {
        match self {
            Self::OpenOffer
            | Self::Mirror
            | Self::KnownContact
            | Self::Impersonation
            | Self::Complaint => Side::Confirm,
            Self::SecondOpinion | Self::MoreEvidence => Side::Defer,
            _ => Side::Dismiss,
        }
    }

    /// Whether it says that the site is honest. The other reasons for dismissing say nothing about that, so
    /// rules learn nothing from them.
    pub fn says_honest(self) -> bool {
        self.side() == Side::Dismiss
            && !matches!(
                self,
                Self::TooLittle | Self::OutOfRemit | Self::Gone | Self::Duplicate
            )
    }

    /// Whether the site is of a kind that a false accusation harms most: press, law, medicine, help for
    /// people who use drugs, licensed business, warnings.
    pub fn is_protected(self) -> bool {
        matches!(
            self,
            Self::News
                | Self::Law
                | Self::Treatment
                | Self::HarmReduction
                | Self::Licensed
                | Self::Warning
        )
    }

    /// Its title in three languages.
    pub fn titles(self) -> Titles {
        let [ru, kk, en] = self.words();
        Titles {
            ru: ru.to_owned(),
            kk: kk.to_owned(),
            en: en.to_owned(),
        }
    }

    fn words(self) -> [&'static str; 3] {
        match self {
            Self::OpenOffer => [
                "Открытое предложение",
                "Ашық ұсыныс",
                "The pages offer it openly",
            ],
            Self::Mirror => [
                "Зеркало подтверждённого сайта",
                "Расталған сайттың көшірмесі",
                "A copy of a confirmed site",
            ],
            Self::KnownContact => [
                "Контакт подтверждённого сайта",
                "Расталған сайттың байланысы",
                "Contact of a confirmed site",
            ],
            Self::Impersonation => [
                "Выдаёт себя за другого",
                "Өзін басқа ретінде көрсетеді",
                "Passes itself off as somebody else",
            ],
            Self::Complaint => [
                "Есть жалобы или заявление",
                "Шағым немесе өтініш бар",
                "There are complaints",
            ],
            Self::News => [
                "Новости, журналистика",
                "Жаңалық, журналистика",
                "News, journalism",
            ],
            Self::Law => [
                "Закон, суд, госорган",
                "Заң, сот, мемлекеттік орган",
                "Law, court, authority",
            ],
            Self::Treatment => [
                "Лечение, профилактика, медицина",
                "Емдеу, алдын алу, медицина",
                "Treatment, prevention, medicine",
            ],
            Self::HarmReduction => ["Снижение вреда", "Зиянды азайту", "Harm reduction"],
            Self::Licensed => [
                "Лицензированная деятельность",
                "Лицензияланған қызмет",
                "Licensed business",
            ],
            Self::Warning => [
                "Предупреждение, цитата",
                "Ескерту, дәйексөз",
                "A warning that quotes",
            ],
            Self::Reference => [
                "Справочник, учёба, наука",
                "Анықтамалық, оқу, ғылым",
                "Reference, teaching, research",
            ],
            Self::Fiction => [
                "Игра, книга, шутка",
                "Ойын, кітап, әзіл",
                "Game, book, joke",
            ],
            Self::OtherMeaning => [
                "Другое значение слов",
                "Сөздердің басқа мағынасы",
                "The words mean something else",
            ],
            Self::HonestBusiness => [
                "Обычный магазин или услуга",
                "Қарапайым дүкен немесе қызмет",
                "An honest shop or service",
            ],
            Self::VisitorWords => [
                "Слова посетителей",
                "Келушілердің сөздері",
                "Words of visitors",
            ],
            Self::TooLittle => [
                "Недостаточно оснований",
                "Негіз жеткіліксіз",
                "What is there does not suffice",
            ],
            Self::OutOfRemit => ["Вне компетенции", "Құзыреттен тыс", "Not for this unit"],
            Self::Gone => [
                "Сайт исчез до проверки",
                "Сайт тексеруге дейін жойылған",
                "Gone before it could be judged",
            ],
            Self::Duplicate => [
                "Повтор другого флага",
                "Басқа белгінің қайталануы",
                "The same as another flag",
            ],
            Self::SecondOpinion => [
                "Нужно второе мнение",
                "Екінші пікір қажет",
                "A second opinion is asked for",
            ],
            Self::MoreEvidence => [
                "Ожидаются материалы",
                "Қосымша дәлел күтілуде",
                "More evidence is to come",
            ],
        }
    }
}
