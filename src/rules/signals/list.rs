//! Lists that shops show: cities to choose from, prices by weight.

use super::Signals;
use crate::entity::{Entity, EntityKind};
use crate::page::RegionKind;
use crate::rules::signal::Signal;
use crate::rules::view::View;
use crate::text::{Folded, plain_kazakh};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

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

pub(super) fn add_signals(view: &View<'_>, entities: &[Entity], signals: &mut Signals) {
    add_cities(view, signals);
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
fn add_cities(view: &View<'_>, signals: &mut Signals) {
    let page = view.page;
    let mut run: Vec<(usize, &'static str)> = Vec::new();
    let mut last_block = 0u32;
    for (index, region) in page.regions.iter().enumerate() {
        if !matches!(
            region.kind,
            RegionKind::Text | RegionKind::LinkText | RegionKind::Heading | RegionKind::Form
        ) || region.text.len() > 2_000
        {
            continue;
        }
        let Some(folded) = view.folded(index) else {
            continue;
        };
        let (words, cities) = cities_in(folded);
        let distinct: HashSet<&str> = cities.iter().copied().collect();
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
        // Each city once: a list of one city is no list of cities, however long.
        if !run.iter().any(|(_, known)| *known == cities[0]) {
            run.push((index, cities[0]));
        }
        if run.len() >= MIN_CITIES {
            signals.region(Signal::ListCities, page, run[0].0);
            return;
        }
    }
}

/// Cities by their first word.
static BY_FIRST_WORD: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut cities: HashMap<&str, Vec<&str>> = HashMap::new();
    for city in CITIES {
        let first = city.split(' ').next().unwrap_or_default();
        cities.entry(first).or_default().push(city);
    }
    cities
});

/// How many words a text has, and its cities.
fn cities_in(folded: &Folded) -> (usize, Vec<&'static str>) {
    let plain = plain_kazakh(&folded.text);
    let words: Vec<&str> = folded
        .tokens
        .iter()
        .map(|token| &plain[token.span.clone()])
        .collect();
    let mut cities = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let named = BY_FIRST_WORD.get(word).into_iter().flatten().find(|city| {
            let mut parts = city.split(' ').zip(0..);
            parts.all(|(part, i)| words.get(at + i) == Some(&part))
        });
        cities.extend(named);
    }
    (words.len(), cities)
}
