//! Kinds of entities.

use serde::{Deserialize, Serialize};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Telegram user, bot or channel, `@name` in lower case; invitations as `+code`.
    Telegram,
    /// `WhatsApp`, E.164.
    Whatsapp,
    /// Telephone number, E.164.
    Phone,
    /// E-mail address.
    Email,
    /// Bitcoin address (`Base58Check` or Bech32/Bech32m checksum verified).
    Bitcoin,
    /// Ethereum address (EIP-55 checksum verified where the case is mixed).
    Ethereum,
    /// Tron address.
    Tron,
    /// Litecoin address.
    Litecoin,
    /// Monero address.
    Monero,
    /// Onion service, version 3, checksum verified.
    Onion,
    /// Bank card number (Luhn), stored masked except the first six and last four digits.
    BankCard,
    /// Kazakh individual identification number (checksum and date verified), stored masked.
    Iin,
    /// Kazakh business identification number (checksum verified).
    Bin,
    /// Session messenger id.
    Session,
    /// Threema id.
    Threema,
    /// XMPP address named as Jabber.
    Jabber,
    /// Google Analytics or Tag Manager id.
    GoogleAnalytics,
    /// Yandex.Metrika counter.
    YandexMetrika,
    /// Facebook pixel.
    FacebookPixel,
    /// `TikTok` pixel.
    TiktokPixel,
    /// A sum of money with its currency.
    Price,
    /// A weight or a count in the units of retail drug sale (g, mg, pcs, tablets).
    Weight,
    /// A weight and a price that belong together (`1 г — 15 000 тг`).
    PricePerWeight,
    /// A percentage of yield per day, week or month.
    PercentPerPeriod,
}

impl EntityKind {
    /// All kinds.
    pub const ALL: [Self; 24] = [
        Self::Telegram,
        Self::Whatsapp,
        Self::Phone,
        Self::Email,
        Self::Bitcoin,
        Self::Ethereum,
        Self::Tron,
        Self::Litecoin,
        Self::Monero,
        Self::Onion,
        Self::BankCard,
        Self::Iin,
        Self::Bin,
        Self::Session,
        Self::Threema,
        Self::Jabber,
        Self::GoogleAnalytics,
        Self::YandexMetrika,
        Self::FacebookPixel,
        Self::TiktokPixel,
        Self::Price,
        Self::Weight,
        Self::PricePerWeight,
        Self::PercentPerPeriod,
    ];

    /// Its name in JSON and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Whatsapp => "whatsapp",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Bitcoin => "bitcoin",
            Self::Ethereum => "ethereum",
            Self::Tron => "tron",
            Self::Litecoin => "litecoin",
            Self::Monero => "monero",
            Self::Onion => "onion",
            Self::BankCard => "bank_card",
            Self::Iin => "iin",
            Self::Bin => "bin",
            Self::Session => "session",
            Self::Threema => "threema",
            Self::Jabber => "jabber",
            Self::GoogleAnalytics => "google_analytics",
            Self::YandexMetrika => "yandex_metrika",
            Self::FacebookPixel => "facebook_pixel",
            Self::TiktokPixel => "tiktok_pixel",
            Self::Price => "price",
            Self::Weight => "weight",
            Self::PricePerWeight => "price_per_weight",
            Self::PercentPerPeriod => "percent_per_period",
        }
    }

    /// Whether this identifies somebody or something (and so links sites), or only measures.
    pub fn is_identifier(self) -> bool {
        !matches!(
            self,
            Self::Price | Self::Weight | Self::PricePerWeight | Self::PercentPerPeriod
        )
    }
}
