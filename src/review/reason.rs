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

/// What is known of a reason.
#[derive(Debug)]
struct Entry {
    code: &'static str,
    side: Side,
    /// Russian, Kazakh, English.
    titles: [&'static str; 3],
}

const fn entry(code: &'static str, side: Side, titles: [&'static str; 3]) -> Entry {
    Entry { code, side, titles }
}

/// In the order of the variants.
const TABLE: [Entry; 22] = [
    entry(
        "open_offer",
        Side::Confirm,
        [
            "Открытое предложение",
            "Ашық ұсыныс",
            "The pages offer it openly",
        ],
    ),
    entry(
        "mirror",
        Side::Confirm,
        [
            "Зеркало подтверждённого сайта",
            "Расталған сайттың көшірмесі",
            "A copy of a confirmed site",
        ],
    ),
    entry(
        "known_contact",
        Side::Confirm,
        [
            "Контакт подтверждённого сайта",
            "Расталған сайттың байланысы",
            "Contact of a confirmed site",
        ],
    ),
    entry(
        "impersonation",
        Side::Confirm,
        [
            "Выдаёт себя за другого",
            "Өзін басқа ретінде көрсетеді",
            "Passes itself off as somebody else",
        ],
    ),
    entry(
        "complaint",
        Side::Confirm,
        [
            "Есть жалобы или заявление",
            "Шағым немесе өтініш бар",
            "There are complaints",
        ],
    ),
    entry(
        "news",
        Side::Dismiss,
        [
            "Новости, журналистика",
            "Жаңалық, журналистика",
            "News, journalism",
        ],
    ),
    entry(
        "law",
        Side::Dismiss,
        [
            "Закон, суд, госорган",
            "Заң, сот, мемлекеттік орган",
            "Law, court, authority",
        ],
    ),
    entry(
        "treatment",
        Side::Dismiss,
        [
            "Лечение, профилактика, медицина",
            "Емдеу, алдын алу, медицина",
            "Treatment, prevention, medicine",
        ],
    ),
    entry(
        "harm_reduction",
        Side::Dismiss,
        ["Снижение вреда", "Зиянды азайту", "Harm reduction"],
    ),
    entry(
        "licensed",
        Side::Dismiss,
        [
            "Лицензированная деятельность",
            "Лицензияланған қызмет",
            "Licensed business",
        ],
    ),
    entry(
        "warning",
        Side::Dismiss,
        [
            "Предупреждение, цитата",
            "Ескерту, дәйексөз",
            "A warning that quotes",
        ],
    ),
    entry(
        "reference",
        Side::Dismiss,
        [
            "Справочник, учёба, наука",
            "Анықтамалық, оқу, ғылым",
            "Reference, teaching, research",
        ],
    ),
    entry(
        "fiction",
        Side::Dismiss,
        [
            "Игра, книга, шутка",
            "Ойын, кітап, әзіл",
            "Game, book, joke",
        ],
    ),
    entry(
        "other_meaning",
        Side::Dismiss,
        [
            "Другое значение слов",
            "Сөздердің басқа мағынасы",
            "The words mean something else",
        ],
    ),
    entry(
        "honest_business",
        Side::Dismiss,
        [
            "Обычный магазин или услуга",
            "Қарапайым дүкен немесе қызмет",
            "An honest shop or service",
        ],
    ),
    entry(
        "visitor_words",
        Side::Dismiss,
        [
            "Слова посетителей",
            "Келушілердің сөздері",
            "Words of visitors",
        ],
    ),
    entry(
        "too_little",
        Side::Dismiss,
        [
            "Недостаточно оснований",
            "Негіз жеткіліксіз",
            "What is there does not suffice",
        ],
    ),
    entry(
        "out_of_remit",
        Side::Dismiss,
        ["Вне компетенции", "Құзыреттен тыс", "Not for this unit"],
    ),
    entry(
        "gone",
        Side::Dismiss,
        [
            "Сайт исчез до проверки",
            "Сайт тексеруге дейін жойылған",
            "Gone before it could be judged",
        ],
    ),
    entry(
        "duplicate",
        Side::Dismiss,
        [
            "Повтор другого флага",
            "Басқа белгінің қайталануы",
            "The same as another flag",
        ],
    ),
    entry(
        "second_opinion",
        Side::Defer,
        [
            "Нужно второе мнение",
            "Екінші пікір қажет",
            "A second opinion is asked for",
        ],
    ),
    entry(
        "more_evidence",
        Side::Defer,
        [
            "Ожидаются материалы",
            "Қосымша дәлел күтілуде",
            "More evidence is to come",
        ],
    ),
];

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
        self.entry().code
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
        self.entry().side
    }

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
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
        let [ru, kk, en] = self.entry().titles;
        Titles {
            ru: ru.to_owned(),
            kk: kk.to_owned(),
            en: en.to_owned(),
        }
    }
}
