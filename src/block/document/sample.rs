//! An invented request with everything in it, by which templates are tried out.

use super::{LogPosition, Measurement, PaperFacts, PaperKind, write_paper};
use crate::block::profile::{Authority, Profile, Role};
use crate::block::{BlockAct, BlockRequest, BlockStep};
use crate::digest::Digest;
use crate::document::{Edition, Language, TemplateError, Templates};
use crate::rules::Category;
use jiff::Timestamp;
use serde_json::{Value, json};

const TIME: &str = "2026-11-22T09:05:09Z";

/// Everything wrong with templates that shows when each is filled in, in every language and side by side.
pub fn check_templates(templates: &Templates) -> Vec<TemplateError> {
    let mut errors: Vec<TemplateError> = Vec::new();
    let editions = [
        Edition::One(Language::Ru),
        Edition::One(Language::Kk),
        Edition::One(Language::En),
        Edition::Both(Language::Ru, Language::Kk),
    ];
    for is_rich in [true, false] {
        let sample = match Sample::invent(is_rich) {
            Ok(sample) => sample,
            Err(error) => {
                errors.push(own_error(&error));
                continue;
            }
        };
        for (kind, edition) in PaperKind::ALL
            .into_iter()
            .flat_map(|kind| editions.map(|edition| (kind, edition)))
        {
            // What does not follow from the sparse sample's steps cannot be written from it.
            if !is_rich && (kind.follows_from().is_some() || kind.needs_bundle()) {
                continue;
            }
            let facts = sample.facts();
            match write_paper(kind, edition, &facts, templates, Timestamp::UNIX_EPOCH) {
                Ok(_) => {}
                Err(super::PaperError::Template(error)) => errors.push(error),
                Err(other) => errors.push(own_error(&other)),
            }
        }
    }
    errors.sort_by(|a, b| (&a.file, a.line, &a.message).cmp(&(&b.file, b.line, &b.message)));
    errors.dedup();
    errors
}

/// The variables of templates with the values of the sample, as JSON.
pub fn sample_variables(language: Language) -> Option<Value> {
    let sample = Sample::invent(true).ok()?;
    let local = super::local::Local::new("UTC", language)?;
    let variables = super::context::variables(PaperKind::Submission, &sample.facts(), &local);
    serde_json::to_value(variables).ok()
}

fn own_error(error: &dyn std::fmt::Display) -> TemplateError {
    TemplateError {
        file: "the built-in sample".to_owned(),
        line: 0,
        message: error.to_string(),
    }
}

struct Sample {
    request: BlockRequest,
    steps: Vec<BlockStep>,
    measurements: Vec<Measurement>,
    profile: Profile,
    log: Option<LogPosition>,
}

impl Sample {
    fn invent(is_rich: bool) -> Result<Self, serde_json::Error> {
        let time: Timestamp = TIME.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let request: BlockRequest = serde_json::from_value(request(is_rich))?;
        let item = request.items.first().map(|item| item.id.clone());
        let steps = if is_rich { steps() } else { Vec::new() };
        Ok(Self {
            steps: serde_json::from_value(Value::Array(steps))?,
            measurements: item
                .filter(|_| is_rich)
                .map(|item| Measurement {
                    item,
                    at: time,
                    verdict: "blocked_dns".to_owned(),
                    confidence: "medium".to_owned(),
                    vantages: 3,
                })
                .into_iter()
                .collect(),
            profile: profile(),
            log: is_rich.then(|| LogPosition {
                origin: "unit.example/log".to_owned(),
                size: 1024,
                root: Digest::of(b"root"),
            }),
            request,
        })
    }

    fn facts(&self) -> PaperFacts<'_> {
        PaperFacts {
            request: &self.request,
            steps: &self.steps,
            measurements: &self.measurements,
            superseded_by: None,
            profile: &self.profile,
            log: self.log.as_ref(),
        }
    }
}

fn request(is_rich: bool) -> Value {
    let mut request = json!({
        "id": "b-000000000000", "purpose": "block", "jurisdiction": "sample", "authority": "body",
        "languages": ["ru", "kk", "en"], "unit": "Unit", "author": "A. Author", "drafted": TIME,
        "items": [item(is_rich)], "review_by": "2027-05-21",
    });
    if is_rich {
        request["contact"] = json!("+7 000 000 00 00");
        request["parent"] = json!("b-000000000001");
        request["supersedes"] = json!("b-000000000002");
    }
    request
}

fn item(is_rich: bool) -> Value {
    let digest = Digest::of(b"sample").to_string();
    let mut item = json!({
        "id": "i-000000000000", "scope": "url", "target": "https://xn--80aairftm.example/a",
        "flag": "f-000000000000", "site": "shop.example", "urls": ["https://xn--80aairftm.example/a"],
        "decision": "d-000000000000", "decided_by": "B. Officer", "decided": TIME, "category": "drug_sale",
        "grounds": ["sample.act.1"], "reasons": "First line.\nSecond line.",
        "findings": [{ "rule": "sample.rule", "url": "https://shop.example/a", "excerpt": "words", "ruleset": "0" }],
        "evidence": [{
            "capture": "c-000000000000", "url": "https://shop.example/a", "fetched": TIME, "status": 200,
            "payload_digest": digest, "block_digest": digest,
        }],
        "first_seen": TIME, "last_seen": TIME,
    });
    if is_rich {
        item["scope_reason"] = json!("all of it is one shop");
        item["bundle"] = json!({ "digest": digest, "exported": TIME });
        item["addresses"] = json!(["192.0.2.7"]);
        item["evidence"][0]["screenshot"] = json!(digest);
        let set_aside =
            |code: &str| json!({ "objection": code, "supervisor": "C. Chief", "reason": "seen" });
        item["overrides"] = json!([set_aside("shared_platform")]);
        let finding = item["findings"][0].clone();
        item["findings"] = Value::Array(vec![finding; 20]);
    }
    item
}

/// One step of each act; their order means nothing here.
fn steps() -> Vec<Value> {
    BlockAct::CODES.map(|act| {
        json!({
            "id": format!("s-{act}"), "request": "b-000000000000", "act": act, "by": "C. Chief", "at": TIME,
            "number": "12-3/456", "date": "2026-11-22", "organ": "Organ", "reason": "reason", "upheld": true,
        })
    })
    .to_vec()
}

fn profile() -> Profile {
    let in_all = |text: &str| {
        Language::ALL
            .map(|language| (language, format!("{text} ({language})")))
            .into()
    };
    Profile {
        jurisdiction: "sample".to_owned(),
        title: in_all("Sample"),
        languages: Language::ALL.to_vec(),
        time_zone: "UTC".to_owned(),
        authorities: vec![Authority {
            id: "body".to_owned(),
            role: Role::OrderBody,
            title: in_all("Body"),
            address: Some("1 Street".to_owned()),
            email: None,
            channel: None,
            languages: Language::ALL.to_vec(),
            categories: vec![Category::DrugSale],
            documents: Vec::new(),
            deadlines: Vec::new(),
        }],
        provisions: [("sample.act.1".to_owned(), in_all("Article 1"))].into(),
        to_confirm: vec!["whether article 1 applies".to_owned()],
        ..Profile::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_templates_can_be_filled_in_with_everything_and_with_the_least() {
        let templates = Templates::load(None).unwrap();
        let errors = check_templates(&templates);
        let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "\n{}", shown.join("\n"));
    }
}
