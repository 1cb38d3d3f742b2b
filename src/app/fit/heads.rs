//! Which category a sample to be flagged belongs to.

use super::lesson::Lesson;
use super::solver::{Column, Problem, solve};
use super::table::{Meaning, Table, narrow};
use super::train::{FitSettings, ratio};
use crate::rules::{Category, CategoryHead, Key};
use std::collections::BTreeSet;

/// One head a category that is labelled, over facts alone: words tell categories apart no better.
pub(super) fn fit_heads(
    lessons: &[Lesson],
    table: &Table,
    settings: FitSettings,
) -> Vec<CategoryHead> {
    heads_learned_from(lessons, table, settings, |_| true)
}

fn heads_learned_from(
    lessons: &[Lesson],
    table: &Table,
    settings: FitSettings,
    learns: impl Fn(usize) -> bool,
) -> Vec<CategoryHead> {
    let facts = table.meanings.iter().zip(&table.problem.columns);
    let facts: Vec<(&Key, &String, &Column)> = facts
        .filter_map(|(meaning, column)| match meaning {
            Meaning::Fact(key, name) => Some((key, name, column)),
            _ => None,
        })
        .collect();
    let labelled: BTreeSet<Category> = lessons
        .iter()
        .filter_map(|lesson| lesson.category)
        .collect();
    labelled
        .into_iter()
        .map(|category| {
            let tally = (0..)
                .zip(lessons)
                .map(|(row, l)| (row, narrow(l.tally(category))));
            let mut columns = vec![Column {
                cells: tally.collect(),
                low: 0.0,
                high: f64::INFINITY,
            }];
            columns.extend(facts.iter().map(|(_, _, column)| Column {
                cells: column.cells.clone(),
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
            }));
            let labels = lessons
                .iter()
                .map(|lesson| lesson.category == Some(category))
                .collect();
            let weights = lessons.iter().map(|lesson| lesson.weight).collect();
            let problem = Problem {
                columns,
                labels,
                weights,
            };
            let found = solve(&problem, settings.penalty, |row| {
                lessons[row].category.is_some() && learns(row)
            });
            let weights = facts.iter().zip(&found.weights[1..]);
            CategoryHead {
                category,
                bias: found.bias,
                tally: found.weights[0],
                facts: weights
                    .filter(|(_, weight)| weight.abs() >= 0.005)
                    .map(|((key, name, _), weight)| (**key, ((*name).clone(), *weight)))
                    .collect(),
            }
        })
        .collect()
}

/// How often the likeliest category of a positive lesson is of the right family, for lessons not seen.
pub(super) fn family_rate(
    lessons: &[Lesson],
    table: &Table,
    folds: &[usize],
    settings: FitSettings,
) -> f64 {
    let (mut right, mut all) = (0, 0);
    for fold in 0..settings.folds {
        let heads = heads_learned_from(lessons, table, settings, |row| folds[row] != fold);
        for (lesson, _) in lessons.iter().zip(folds).filter(|(_, of)| **of == fold) {
            let Some(category) = lesson.category else {
                continue;
            };
            let likeliest = heads.iter().max_by(|a, b| {
                let odds = |head: &CategoryHead| {
                    head.log_odds(&lesson.features, lesson.tally(head.category))
                };
                odds(a).total_cmp(&odds(b))
            });
            all += 1;
            right += usize::from(
                likeliest.is_some_and(|head| head.category.family() == category.family()),
            );
        }
    }
    ratio(right, all)
}
