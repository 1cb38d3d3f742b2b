//! Forms as they are met: fields, and the labels that may stand before, around or far from them.

use super::collector::Collector;
use super::field::field_kind;
use super::form::{Field, FieldKind, Form};
use crate::suspect::SuspectUrl;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;
use std::collections::HashMap;

/// Forms of one page, and fields of all of them.
const MOST_FORMS: usize = 200;
const MOST_FIELDS: usize = 2_000;

#[derive(Debug, Default)]
struct OpenForm {
    action: Option<String>,
    posts: bool,
    block: u32,
    fields: Vec<usize>,
}

#[derive(Debug)]
struct RawField {
    field: Field,
    id: String,
    hints: String,
    preceding: String,
    length: Option<u32>,
    labels: Vec<NodeId>,
}

/// Collects forms and fields.
#[derive(Debug, Default)]
pub(super) struct FormReader {
    forms: Vec<OpenForm>,
    by_node: HashMap<NodeId, usize>,
    loose: Option<usize>,
    fields: Vec<RawField>,
    /// Text of finished labels: by the id they are for, and by their node.
    label_by_id: HashMap<String, String>,
    label_by_node: HashMap<NodeId, String>,
    label_for: HashMap<NodeId, String>,
    /// What stood before the last field: it is the label of one field only.
    last_preceding: String,
}

impl FormReader {
    /// A form element begins.
    pub(super) fn open_form(&mut self, node: NodeId, element: &Element, block: u32) {
        if self.forms.len() >= MOST_FORMS {
            return;
        }
        self.by_node.insert(node, self.forms.len());
        self.forms.push(OpenForm {
            action: element.attr("action").map(|a| a.trim().to_owned()),
            posts: element
                .attr("method")
                .is_some_and(|m| m.trim().eq_ignore_ascii_case("post")),
            block,
            fields: Vec::new(),
        });
    }

    /// A label ends.
    pub(super) fn close_label(&mut self, node: NodeId, text: &str) {
        if self.label_by_node.len() >= MOST_FIELDS {
            return;
        }
        if let Some(id) = self.label_for.remove(&node) {
            self.label_by_id
                .entry(id)
                .or_insert_with(|| text.to_owned());
        }
        self.label_by_node.insert(node, text.to_owned());
    }

    /// A label begins.
    pub(super) fn open_label(&mut self, node: NodeId, element: &Element) {
        if let Some(id) = element.attr("for")
            && self.label_for.len() < MOST_FIELDS
        {
            self.label_for.insert(node, id.to_owned());
        }
    }

    /// An input, select or textarea.
    pub(super) fn read_field(
        &mut self,
        node: NodeRef<'_, Node>,
        element: &Element,
        collector: &Collector,
        owner: Option<NodeId>,
    ) {
        let attribute = |name| element.attr(name).unwrap_or_default().trim();
        let input_type = match element.name() {
            "input" if attribute("type").is_empty() => "text".to_owned(),
            "input" => attribute("type").to_ascii_lowercase(),
            other => other.to_owned(),
        };
        let is_field = !matches!(
            input_type.as_str(),
            "hidden" | "submit" | "button" | "image" | "reset"
        );
        if !is_field || self.fields.len() >= MOST_FIELDS {
            return;
        }
        let mut labels = Vec::new();
        let mut form = owner.and_then(|o| self.by_node.get(&o).copied());
        for ancestor in node.ancestors().take(600) {
            match ancestor.value().as_element().map(Element::name) {
                Some("label") => labels.push(ancestor.id()),
                Some("form") if form.is_none() => form = self.by_node.get(&ancestor.id()).copied(),
                _ => {}
            }
        }
        let form = form.unwrap_or_else(|| self.loose_form(collector.block()));
        let Some(open) = self.forms.get_mut(form) else {
            return;
        };
        if open.fields.is_empty() {
            open.block = collector.block();
        }
        open.fields.push(self.fields.len());
        let preceding = collector.preceding_text();
        let is_same = preceding == self.last_preceding;
        preceding.clone_into(&mut self.last_preceding);
        self.fields.push(RawField {
            preceding: if is_same {
                String::new()
            } else {
                preceding.to_owned()
            },
            labels,
            ..raw_field(element, input_type)
        });
    }

    fn loose_form(&mut self, block: u32) -> usize {
        *self.loose.get_or_insert_with(|| {
            self.forms.push(OpenForm {
                block,
                ..OpenForm::default()
            });
            self.forms.len() - 1
        })
    }

    /// Settles labels and kinds.
    pub(super) fn finish(mut self, base: &SuspectUrl) -> Vec<Form> {
        for raw in &mut self.fields {
            let mut label = self.label_by_id.get(&raw.id).cloned().unwrap_or_default();
            for node in &raw.labels {
                if let Some(text) = self.label_by_node.get(node) {
                    label.push(' ');
                    label.push_str(text);
                }
            }
            label.push(' ');
            label.push_str(&raw.field.label);
            if label.trim().is_empty() {
                label.clone_from(&raw.preceding);
            }
            raw.field.label = shortened(label.trim());
            raw.field.kind = field_kind(&raw.field, &raw.hints, raw.length);
        }
        let fields = &self.fields;
        self.forms
            .into_iter()
            .map(|open| {
                let written = open.action.unwrap_or_default();
                let usable = !written.is_empty() && !written.starts_with('#');
                Form {
                    action: usable.then(|| base.join(&written).ok()).flatten(),
                    written_action: written,
                    posts: open.posts,
                    fields: open
                        .fields
                        .iter()
                        .filter_map(|&index| fields.get(index))
                        .map(|raw| raw.field.clone())
                        .collect(),
                    block: open.block,
                }
            })
            .collect()
    }
}

/// What a field's own attributes say.
fn raw_field(element: &Element, input_type: String) -> RawField {
    let attribute = |name: &str| element.attr(name).unwrap_or_default().trim();
    let joined = |names: &[&'static str]| {
        names
            .iter()
            .map(|name| attribute(name))
            .filter(|value| !value.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let id = attribute("id").to_owned();
    let name = match attribute("name") {
        "" => id.clone(),
        name => name.to_owned(),
    };
    RawField {
        hints: joined(&["autocomplete", "id", "class", "data-mask"]),
        field: Field {
            kind: FieldKind::Other,
            input_type,
            name,
            label: joined(&["placeholder", "aria-label", "title"]),
        },
        id,
        preceding: String::new(),
        length: attribute("maxlength").parse().ok(),
        labels: Vec::new(),
    }
}

/// A label of at most 200 characters.
fn shortened(label: &str) -> String {
    label.chars().take(200).collect()
}
