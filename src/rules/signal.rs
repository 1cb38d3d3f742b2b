//! Facts of structure and host that rules may refer to.

use super::nearest::unknown_name;

macro_rules! signals {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A fact of structure or host.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(super) enum Signal {
            $($(#[$doc])* $name,)*
        }

        impl Signal {
            /// All signals.
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in rule files.
            pub(super) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

signals! {
    /// A form asks for a password.
    FormPassword = "form.password",
    /// A form asks for a card number.
    FormCardNumber = "form.card_number",
    /// A form asks for a card verification code.
    FormCardCvv = "form.card_cvv",
    /// A form asks for a card's expiry.
    FormCardExpiry = "form.card_expiry",
    /// A form asks for a card's PIN.
    FormCardPin = "form.card_pin",
    /// A form asks how much is on the card.
    FormCardBalance = "form.card_balance",
    /// A form asks for a one-time code.
    FormSmsCode = "form.sms_code",
    /// A form asks for a recovery phrase or private key.
    FormSeedPhrase = "form.seed_phrase",
    /// A form asks for an individual identification number.
    FormIin = "form.iin",
    /// A form asks for a telephone number.
    FormPhone = "form.phone",
    /// A form posts to another registrable domain.
    FormPostsElsewhere = "form.posts_elsewhere",
    /// A form posts to a bare address.
    FormPostsToIp = "form.posts_to_ip",
    /// A form or script sends to a Telegram bot.
    FormPostsToTelegram = "form.posts_to_telegram",
    /// A brand stands in a host that is not the brand's.
    HostBrandLookalike = "host.brand_lookalike",
    /// The host is a free page of a hosting platform.
    HostFreeHosting = "host.free_hosting",
    /// The host belongs to a brand, government, bank or medium of the lists.
    HostProtected = "host.protected",
    /// Title or main heading names a brand that does not own the host.
    TitleForeignBrand = "title.foreign_brand",
    /// Pictures, styles or scripts come from the host of a brand that does not own this one.
    AssetForeignBrand = "asset.foreign_brand",
    /// Links lead to the host of a brand that does not own this one.
    LinkForeignBrand = "link.foreign_brand",
    /// The preview of a Telegram channel.
    PageTelegramPreview = "page.telegram_preview",
    /// A countdown.
    PageCountdown = "page.countdown",
    /// Asks to connect a wallet.
    PageWalletConnect = "page.wallet_connect",
    /// Most links lead nowhere.
    PageDeadLinks = "page.dead_links",
    /// Sends its visitors to another host.
    PageRefresh = "page.refresh",
    /// Nothing but a frame.
    PageFrameOnly = "page.frame_only",
    /// Much text that is not shown.
    PageHiddenText = "page.hidden_text",
    /// Under sixty words.
    PageThin = "page.thin",
    /// Five or more cities as items of one list.
    ListCities = "list.cities",
    /// Three or more prices per weight.
    ListPriceLadder = "list.price_ladder",
}

impl Signal {
    /// The signal of this name, or what is wrong with it.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|signal| signal.as_str() == name)
            .ok_or_else(|| unknown_name("signal", name, Self::ALL.iter().map(|s| s.as_str())))
    }
}
