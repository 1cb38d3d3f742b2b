//! What a confirmed site was seen to do, element by element.

use crate::rules::Titles;
use serde::{Deserialize, Serialize};

/// An element of what the law describes that the evidence shows. Which of them an article asks for is for
/// the unit and its lawyer to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// What is offered is named.
    Goods,
    /// It is offered, or has a price.
    Offer,
    /// How to reach the seller.
    Contact,
    /// How to pay.
    Payment,
    /// How it is handed over.
    Delivery,
    /// Whom it is meant for.
    Audience,
    /// Somebody is imitated, or something untrue is promised.
    Deception,
    /// Passwords, cards, codes or keys are asked for.
    Secrets,
}

impl Element {
    /// All elements, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Goods,
        Self::Offer,
        Self::Contact,
        Self::Payment,
        Self::Delivery,
        Self::Audience,
        Self::Deception,
        Self::Secrets,
    ];

    /// Its code, as in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Offer => "offer",
            Self::Contact => "contact",
            Self::Payment => "payment",
            Self::Delivery => "delivery",
            Self::Audience => "audience",
            Self::Deception => "deception",
            Self::Secrets => "secrets",
        }
    }

    /// The element with this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|element| element.as_str() == code)
    }

    /// Its title in three languages.
    pub fn titles(self) -> Titles {
        let (ru, kk, en) = match self {
            Self::Goods => ("Предмет назван", "Зат аталған", "What is offered is named"),
            Self::Offer => (
                "Предложение или цена",
                "Ұсыныс немесе баға",
                "An offer or a price",
            ),
            Self::Contact => ("Способ связи", "Байланыс жолы", "A way to reach the seller"),
            Self::Payment => ("Способ оплаты", "Төлем жолы", "A way to pay"),
            Self::Delivery => ("Способ передачи", "Жеткізу жолы", "A way of delivery"),
            Self::Audience => ("Кому адресовано", "Кімге арналған", "Whom it is meant for"),
            Self::Deception => (
                "Обман или имитация",
                "Алдау немесе еліктеу",
                "Deception or imitation",
            ),
            Self::Secrets => (
                "Запрос паролей, карт, кодов",
                "Құпиясөз, карта, код сұрау",
                "Passwords, cards or codes are asked for",
            ),
        };
        Titles {
            ru: ru.to_owned(),
            kk: kk.to_owned(),
            en: en.to_owned(),
        }
    }
}
