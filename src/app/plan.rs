//! A list of suspects as sites to visit.

use crate::suspect::{Suspect, SuspectUrl};
use std::collections::HashMap;

/// One site to visit, with every URL of the list that lies on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SitePlan {
    /// Host as given in the list, with its port where that is unusual.
    pub(super) site: String,
    /// What to fetch first, in the order of the list.
    pub(super) entries: Vec<SuspectUrl>,
}

/// Groups suspects by site: each site once, in the order of the list.
pub(super) fn plan_sites(suspects: &[Suspect]) -> Vec<SitePlan> {
    let mut plans: Vec<SitePlan> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for suspect in suspects {
        let site = suspect.url.authority();
        if let Some(&known) = index.get(&site) {
            if !plans[known].entries.contains(&suspect.url) {
                plans[known].entries.push(suspect.url.clone());
            }
        } else {
            index.insert(site.clone(), plans.len());
            plans.push(SitePlan {
                site,
                entries: vec![suspect.url.clone()],
            });
        }
    }
    plans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_one_host_are_one_site() {
        let suspects: Vec<Suspect> = [
            "http://a.kz/1",
            "http://b.kz/",
            "https://a.kz/2",
            "http://a.kz/1",
            "http://a.kz:81/",
        ]
        .iter()
        .map(|url| Suspect::bare(SuspectUrl::parse(url).unwrap()))
        .collect();
        let plans = plan_sites(&suspects);
        let sites: Vec<&str> = plans.iter().map(|plan| plan.site.as_str()).collect();
        assert_eq!(sites, ["a.kz", "b.kz", "a.kz:81"]);
        assert_eq!(plans[0].entries.len(), 2);
    }
}
