//! Conditions, compiled: names looked up, operands checked.

use super::matcher::TermId;
use super::nearest::unknown_name;
use super::regions::RegionSet;
use super::signal::Signal;
use super::site::SiteCondition;
use super::source::ConditionSource;
use crate::entity::EntityKind;
use std::collections::HashMap;

/// A compiled condition.
#[derive(Debug)]
pub(super) enum Condition {
    Holds(Operand),
    Signal(Signal),
    Rule(usize),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    AtLeast(usize, Vec<Condition>),
    Near(usize, Vec<Operand>),
    SameBlock(Vec<Operand>),
    Count(usize, Operand),
    Distinct(usize, Operand),
    In(RegionSet, Box<Condition>),
    /// The inner condition within one DOM block.
    InBlock(Box<Condition>),
    /// Held against the pages of a site, see `site`; never holds on a page.
    Site(SiteCondition),
}

/// Something that stands at places of the page.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Term(TermId),
    Entity(Vec<EntityKind>),
    Any(Vec<Operand>),
}

/// Names that conditions refer to.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub(super) terms: &'a HashMap<String, TermId>,
    pub(super) rules: &'a HashMap<String, usize>,
}

const ENTITY_NAMES: [(EntityKind, &str); 25] = [
    (EntityKind::Telegram, "telegram"),
    (EntityKind::Whatsapp, "whatsapp"),
    (EntityKind::Phone, "phone"),
    (EntityKind::Email, "email"),
    (EntityKind::Bitcoin, "bitcoin"),
    (EntityKind::Ethereum, "ethereum"),
    (EntityKind::Tron, "tron"),
    (EntityKind::Litecoin, "litecoin"),
    (EntityKind::Monero, "monero"),
    (EntityKind::Onion, "onion"),
    (EntityKind::BankCard, "bank_card"),
    (EntityKind::Iin, "iin"),
    (EntityKind::Bin, "bin"),
    (EntityKind::Session, "session"),
    (EntityKind::Threema, "threema"),
    (EntityKind::Jabber, "jabber"),
    (EntityKind::GoogleAnalytics, "google_analytics"),
    (EntityKind::YandexMetrika, "yandex_metrika"),
    (EntityKind::FacebookPixel, "facebook_pixel"),
    (EntityKind::TiktokPixel, "tiktok_pixel"),
    (EntityKind::Price, "price"),
    (EntityKind::Weight, "weight"),
    (EntityKind::PricePerWeight, "price_per_weight"),
    (EntityKind::PercentPerPeriod, "percent_per_period"),
    // Any wallet; see `entity_kinds`.
    (EntityKind::Bitcoin, "wallet"),
];

/// The names of kinds of entities.
pub(super) fn entity_kind_names() -> impl Iterator<Item = &'static str> {
    ENTITY_NAMES.iter().map(|(_, name)| *name)
}

/// The kinds that an entity name stands for.
fn entity_kinds(name: &str) -> Result<Vec<EntityKind>, String> {
    if name == "wallet" {
        return Ok(vec![
            EntityKind::Bitcoin,
            EntityKind::Ethereum,
            EntityKind::Tron,
            EntityKind::Litecoin,
            EntityKind::Monero,
        ]);
    }
    ENTITY_NAMES
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(kind, _)| vec![*kind])
        .ok_or_else(|| unknown_name("entity", name, ENTITY_NAMES.iter().map(|(_, n)| *n)))
}

impl Condition {
    /// Compiles a condition; the error says what is wrong and how to mend it.
    pub(super) fn compile(source: &ConditionSource, names: &Names<'_>) -> Result<Self, String> {
        let list = |sources: &[ConditionSource]| {
            sources
                .iter()
                .map(|source| Self::compile(source, names))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match source {
            ConditionSource::Term(_) | ConditionSource::Entity(_) => {
                Self::Holds(Operand::compile(source, names)?)
            }
            ConditionSource::Signal(name) => Self::Signal(Signal::named(name)?),
            ConditionSource::Rule(name) => Self::Rule(look_up("rule", name, names.rules)?),
            ConditionSource::All(sources) => Self::All(filled("all", list(sources)?)?),
            ConditionSource::Any(sources) => Self::Any(filled("any", list(sources)?)?),
            ConditionSource::Not(source) => Self::Not(Box::new(Self::compile(source, names)?)),
            ConditionSource::NOf { n, of } => {
                if *n == 0 || *n > of.len() {
                    return Err(format!(
                        "n_of: n is {n}, but there are {} conditions",
                        of.len()
                    ));
                }
                Self::AtLeast(*n, list(of)?)
            }
            ConditionSource::Near { words, of } => Self::Near(*words, several("near", of, names)?),
            ConditionSource::SameBlock(of) => Self::SameBlock(several("same_block", of, names)?),
            ConditionSource::Count { at_least, of } => {
                Self::Count(positive(*at_least)?, Operand::compile(of, names)?)
            }
            ConditionSource::Distinct { at_least, of } => {
                Self::Distinct(positive(*at_least)?, Operand::compile(of, names)?)
            }
            ConditionSource::In { regions, when } => Self::In(
                RegionSet::named(regions)?,
                Box::new(Self::compile(when, names)?),
            ),
            ConditionSource::InBlock(inner) => {
                let inner = Self::compile(inner, names)?;
                inner.check_within_block()?;
                Self::InBlock(Box::new(inner))
            }
            ConditionSource::PagesWith { .. } | ConditionSource::AnyPage(_) => {
                return Err("pages_with and any_page need `scope: site`".to_owned());
            }
        })
    }

    /// Whether it can hold on a page without any of its terms, entities, signals and rules.
    pub(super) fn holds_on_nothing(&self) -> bool {
        match self {
            Self::Not(inner) => !inner.holds_on_nothing(),
            Self::All(of) => of.iter().all(Self::holds_on_nothing),
            Self::Any(of) => of.iter().any(Self::holds_on_nothing),
            Self::AtLeast(n, of) => of.iter().filter(|c| c.holds_on_nothing()).count() >= *n,
            Self::In(_, inner) | Self::InBlock(inner) => inner.holds_on_nothing(),
            Self::Site(condition) => condition.holds_on_nothing(),
            _ => false,
        }
    }

    /// Calls `visit` for every part.
    pub(super) fn visit(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast(_, of) => {
                for part in of {
                    part.visit(visit);
                }
            }
            Self::Not(inner) | Self::In(_, inner) | Self::InBlock(inner) => inner.visit(visit),
            _ => {}
        }
    }

    /// Calls `visit` for every operand.
    pub(super) fn visit_operands(&self, visit: &mut impl FnMut(&Operand)) {
        self.visit(&mut |part| match part {
            Self::Holds(operand) | Self::Count(_, operand) | Self::Distinct(_, operand) => {
                visit(operand);
            }
            Self::Near(_, of) | Self::SameBlock(of) => of.iter().for_each(&mut *visit),
            _ => {}
        });
    }

    /// Signals and rules speak of whole pages, blocks do not nest.
    fn check_within_block(&self) -> Result<(), String> {
        let mut wrong = None;
        self.visit(&mut |part| match part {
            Self::Signal(_) => wrong = Some("signal"),
            Self::Rule(_) => wrong = Some("rule"),
            Self::InBlock(_) => wrong = Some("in_block"),
            _ => {}
        });
        match wrong {
            Some(what) => Err(format!(
                "in_block: {what} speaks of the whole page; write it beside in_block, not within"
            )),
            None if self.holds_on_nothing() => Err(
                "in_block: the condition holds on an empty block; add what must be there"
                    .to_owned(),
            ),
            None => Ok(()),
        }
    }
}

impl Operand {
    fn compile(source: &ConditionSource, names: &Names<'_>) -> Result<Self, String> {
        match source {
            ConditionSource::Term(name) => Ok(Self::Term(look_up("term", name, names.terms)?)),
            ConditionSource::Entity(name) => Ok(Self::Entity(entity_kinds(name)?)),
            ConditionSource::Any(of) => Ok(Self::Any(
                of.iter()
                    .map(|source| Self::compile(source, names))
                    .collect::<Result<_, _>>()?,
            )),
            _ => Err(
                "near, same_block, count and distinct take {term: …}, {entity: …} or {any: […]} of these"
                    .to_owned(),
            ),
        }
    }

    /// Calls `visit` for every term.
    pub(super) fn visit_terms(&self, visit: &mut impl FnMut(TermId)) {
        match self {
            Self::Term(term) => visit(*term),
            Self::Entity(_) => {}
            Self::Any(of) => of.iter().for_each(|operand| operand.visit_terms(visit)),
        }
    }

    /// Calls `visit` for every kind of entity.
    pub(super) fn visit_entities(&self, visit: &mut impl FnMut(EntityKind)) {
        match self {
            Self::Term(_) => {}
            Self::Entity(kinds) => kinds.iter().for_each(|kind| visit(*kind)),
            Self::Any(of) => of.iter().for_each(|operand| operand.visit_entities(visit)),
        }
    }
}

fn look_up<T: Copy>(thing: &str, name: &str, known: &HashMap<String, T>) -> Result<T, String> {
    known
        .get(name)
        .copied()
        .ok_or_else(|| unknown_name(thing, name, known.keys().map(String::as_str)))
}

fn filled<T>(operator: &str, list: Vec<T>) -> Result<Vec<T>, String> {
    if list.is_empty() {
        Err(format!("{operator}: the list is empty"))
    } else {
        Ok(list)
    }
}

fn positive(n: usize) -> Result<usize, String> {
    if n == 0 {
        Err("at_least is 0, which always holds".to_owned())
    } else {
        Ok(n)
    }
}

fn several(
    operator: &str,
    of: &[ConditionSource],
    names: &Names<'_>,
) -> Result<Vec<Operand>, String> {
    if !(2..=4).contains(&of.len()) {
        return Err(format!("{operator} takes two to four operands"));
    }
    of.iter()
        .map(|source| Operand::compile(source, names))
        .collect()
}
