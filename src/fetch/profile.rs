//! As whom a site is visited. One profile is set for the whole run and recorded in every capture.

/// A set of request headers that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// `User-Agent`.
    pub user_agent: &'static str,
    /// `Accept-Language`.
    pub accept_language: &'static str,
}

impl Profile {
    /// Who we are, truthfully.
    pub const HONEST: Self = Self {
        name: "honest",
        user_agent: concat!(
            "tazy/",
            env!("CARGO_PKG_VERSION"),
            " (web safety crawler; respects robots.txt)"
        ),
        accept_language: "ru,kk;q=0.9,en;q=0.7",
    };
    /// A desktop browser, for sites that show crawlers something else.
    pub const DESKTOP: Self = Self {
        name: "desktop",
        user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        accept_language: "ru-RU,ru;q=0.9,kk;q=0.8,en;q=0.7",
    };
    /// A telephone.
    pub const MOBILE: Self = Self {
        name: "mobile",
        user_agent: "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        accept_language: "ru-RU,ru;q=0.9,kk;q=0.8,en;q=0.7",
    };
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::HONEST, Self::DESKTOP, Self::MOBILE];

    /// The profile of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_found_by_its_name_and_the_default_tells_who_we_are() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name).as_ref(), Some(&profile));
            let sendable =
                |text: &str| !text.is_empty() && text.bytes().all(|b| (0x20..0x7f).contains(&b));
            assert!(sendable(profile.user_agent) && sendable(profile.accept_language));
        }
        assert_eq!(Profile::named("someone"), None);
        assert_eq!(Profile::ALL[0], Profile::HONEST);
        assert!(Profile::HONEST.user_agent.starts_with("tazy/"));
    }
}
