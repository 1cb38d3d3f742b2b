//! Lists that shops show: cities to choose from, prices by weight.

use super::Signals;
use crate::entity::{Entity, EntityKind};
use crate::page::{Page, RegionKind};
use crate::rules::signal::Signal;
use crate::text::{fold, plain_kazakh};
use std::collections::HashSet;

const MIN_CITIES: usize = 5;
const MIN_PRICES: usize = 3;
/// A list item has few words: the city, perhaps a count or a district.
const MAX_ITEM_WORDS: usize = 4;
/// Items of one list stand within so many blocks of each other.
const MAX_BLOCKS_APART: u32 = 3;

/// Cities of Kazakhstan and its neighbors, folded, Kazakh letters as their stand-ins; several words with
/// one space.
const CITIES: &[&str] = &[
    "алматы",
    "алма ата",
    "астана",
    "нур султан",
    "шымкент",
    "караганда",
    "караганды",
    "актобе",
    "тараз",
    "павлодар",
    "усть каменогорск",
    "оскемен",
    "семеи",
    "атырау",
    "костанаи",
    "костанай",
    "кызылорда",
    "уральск",
    "орал",
    "петропавловск",
    "актау",
    "темиртау",
    "туркестан",
    "кокшетау",
    "талдыкорган",
    "экибастуз",
    "рудныи",
    "жезказган",
    "балхаш",
    "жанаозен",
    "каскелен",
    "конаев",
    "капчагаи",
    "сатпаев",
    "кентау",
    "риддер",
    "степногорск",
    "талгар",
    "бишкек",
    "ош",
    "ташкент",
    "самарканд",
    "москва",
    "санкт петербург",
    "спб",
    "новосибирск",
    "екатеринбург",
    "казань",
    "нижнии новгород",
    "челябинск",
    "красноярск",
    "самара",
    "уфа",
    "ростов на дону",
    "омск",
    "краснодар",
    "воронеж",
    "пермь",
    "волгоград",
    "саратов",
    "тюмень",
    "барнаул",
    "иркутск",
    "хабаровск",
    "владивосток",
    "томск",
    "оренбург",
    "кемерово",
    "сочи",
    "almaty",
    "astana",
    "shymkent",
    "karaganda",
    "aktobe",
    "taraz",
    "pavlodar",
    "atyrau",
    "aktau",
    "kostanay",
    "semey",
    "bishkek",
    "tashkent",
    "moscow",
];

pub(super) fn add_signals(page: &Page, entities: &[Entity], signals: &mut Signals) {
    add_cities(page, signals);
    let mut seen = HashSet::new();
    let ladder: Vec<&Entity> = entities
        .iter()
        .filter(|entity| entity.kind == EntityKind::PricePerWeight)
        .filter(|entity| seen.insert(&entity.value))
        .collect();
    if ladder.len() >= MIN_PRICES {
        let first = ladder[0];
        signals.part(Signal::ListPriceLadder, first.region, first.span.clone());
    }
}

/// Five different cities that stand as items: each alone in a short region, or most of one region.
fn add_cities(page: &Page, signals: &mut Signals) {
    let mut run: Vec<(usize, String)> = Vec::new();
    let mut last_block = 0u32;
    for (index, region) in page.regions.iter().enumerate() {
        if !matches!(
            region.kind,
            RegionKind::Text | RegionKind::LinkText | RegionKind::Heading | RegionKind::Form
        ) || region.text.len() > 2_000
        {
            continue;
        }
        let (words, cities) = cities_in(&region.text);
        let distinct: HashSet<&String> = cities.iter().collect();
        // An enumeration in one line; in prose cities stand among other words.
        if distinct.len() >= MIN_CITIES && cities.len() * 2 >= words {
            signals.region(Signal::ListCities, page, index);
            return;
        }
        if cities.len() != 1 || words > MAX_ITEM_WORDS {
            continue;
        }
        if region.block > last_block.saturating_add(MAX_BLOCKS_APART) {
            run.clear();
        }
        last_block = region.block;
        run.extend(cities.into_iter().map(|city| (index, city)));
        let distinct: HashSet<&String> = run.iter().map(|(_, city)| city).collect();
        if distinct.len() >= MIN_CITIES {
            signals.region(Signal::ListCities, page, run[0].0);
            return;
        }
    }
}

/// How many words a text has, and its cities.
fn cities_in(text: &str) -> (usize, Vec<String>) {
    let folded = fold(text);
    let plain = plain_kazakh(&folded.text);
    let words: Vec<&str> = folded
        .tokens
        .iter()
        .map(|token| &plain[token.span.clone()])
        .collect();
    let mut cities = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let longest = (1..=3.min(words.len() - i))
            .rev()
            .find(|&n| CITIES.contains(&words[i..i + n].join(" ").as_str()));
        if let Some(n) = longest {
            cities.push(words[i..i + n].join(" "));
        }
        i += longest.unwrap_or(1);
    }
    (words.len(), cities)
}
