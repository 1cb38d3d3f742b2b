//! A rule as written → a rule to be evaluated.

use super::condition::{Condition, Names};
use super::evaluate::Scope;
use super::nearest::unknown_name;
use super::overrides::RuleOverride;
use super::regions::RegionSet;
use super::ruleset::Rule;
use super::site::{Parts, SiteCondition};
use super::source::{RuleScope, RuleSource, Status, Titles};
use super::{Category, Family};

/// Compiles a rule and, if it is one over sites, its parts; the error says what is wrong and how to mend it.
pub(super) fn compile_rule(
    source: RuleSource,
    file: &str,
    line: u64,
    pack: &str,
    names: &Names<'_>,
) -> Result<(Rule, Vec<Rule>), String> {
    let at = |message: String| format!("{}: {message}", source.id);
    let (category, lowers) = speaks_for(&source).map_err(at)?;
    if category.is_some() != lowers.is_empty() {
        return Err(at("a rule has either a category or lowers".to_owned()));
    }
    if !source.weight.is_finite() || source.weight.abs() > 10.0 {
        return Err(at(format!(
            "weight {} is no log-odds between -10 and 10",
            source.weight
        )));
    }
    let regions = source
        .regions
        .as_deref()
        .map(RegionSet::named)
        .transpose()
        .map_err(at)?;
    if source.scope == RuleScope::Site && regions.is_some() {
        return Err(at(
            "a rule over sites has no regions; write {in: {where: …, when: …}} within any_page"
                .to_owned(),
        ));
    }
    let (condition, parts) = compile_condition(&source, names).map_err(at)?;
    if condition.holds_on_nothing() {
        return Err(at(
            "the condition holds on an empty page; add a term, entity or signal that must be there"
                .to_owned(),
        ));
    }
    let rule = Rule {
        pack: pack.to_owned(),
        // The pack's, which is filled in by the loader.
        owner: String::new(),
        version: source.version,
        status: source.status,
        titles: source.title,
        category,
        lowers,
        evidence: source.evidence,
        weight: source.weight,
        legal_basis: source.legal_basis,
        false_positives: source.false_positives,
        references: source.references,
        expires: source.expires,
        overridden: RuleOverride::default(),
        is_part: false,
        scope: Scope::of(regions),
        condition,
        matching: source.tests.matching,
        no_match: source.tests.no_match,
        file: file.to_owned(),
        line: usize::try_from(line).unwrap_or(0),
        id: source.id,
    };
    let parts = parts
        .into_iter()
        .map(|(id, condition)| part_of(&rule, id, condition));
    let parts = parts.collect();
    Ok((rule, parts))
}

fn speaks_for(source: &RuleSource) -> Result<(Option<Category>, Vec<Family>), String> {
    let category = source.category.as_deref().map(|name| {
        Category::named(name)
            .ok_or_else(|| unknown_name("category", name, Category::ALL.map(Category::as_str)))
    });
    Ok((category.transpose()?, families(&source.lowers)?))
}

fn compile_condition(source: &RuleSource, names: &Names<'_>) -> Result<(Condition, Parts), String> {
    match source.scope {
        RuleScope::Page => Condition::compile(&source.when, names).map(|when| (when, Parts::new())),
        RuleScope::Site => SiteCondition::compile(&source.id, &source.when, names)
            .map(|(when, parts)| (Condition::Site(when), parts)),
    }
}

/// A part of a rule over sites, evaluated like any rule.
fn part_of(rule: &Rule, id: String, condition: Condition) -> Rule {
    Rule {
        id,
        pack: rule.pack.clone(),
        owner: rule.owner.clone(),
        version: rule.version,
        status: Status::Live,
        titles: Titles::default(),
        category: rule.category,
        lowers: rule.lowers.clone(),
        evidence: rule.evidence.clone(),
        weight: 0.0,
        legal_basis: Vec::new(),
        false_positives: None,
        references: Vec::new(),
        expires: None,
        overridden: RuleOverride::default(),
        is_part: true,
        scope: Scope::of(None),
        condition,
        matching: Vec::new(),
        no_match: Vec::new(),
        file: rule.file.clone(),
        line: rule.line,
    }
}

fn families(names: &[String]) -> Result<Vec<Family>, String> {
    names
        .iter()
        .map(|name| {
            [Family::Drugs, Family::Fraud]
                .into_iter()
                .find(|family| family.as_str() == name)
                .ok_or_else(|| unknown_name("family", name, ["drugs", "fraud"]))
        })
        .collect()
}

/// The kinds of regions that a rule looks at, added to `set`.
pub(super) fn searched_by(set: RegionSet, rule: &Rule) -> RegionSet {
    let mut set = set.union(rule.scope.terms);
    rule.condition.visit(&mut |part| {
        if let Condition::In(regions, _) = part {
            set = set.union(*regions);
        }
    });
    set
}
