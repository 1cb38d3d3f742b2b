//! Bars as a picture: SVG text, the same for the same numbers.

use super::sections::Chart;
use plotters::prelude::{
    BLACK, Color as _, DrawingAreaErrorKind, DrawingBackend, IntoDrawingArea as _, IntoFont as _,
    RGBColor, Rectangle, SVGBackend, Text, WHITE,
};

type Drawn<T> = Result<T, DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

const HEIGHT: u32 = 260;
const BAR_WIDTH: i32 = 26;
const GROUP_GAP: i32 = 30;
const TOP: i32 = 40;
const BASE: i32 = 215;
const LEFT: i32 = 20;
/// Groups that are drawn; the table beside has them all.
const MAX_GROUPS: usize = 36;
/// Told apart by people who see colors differently too (Okabe and Ito, 2008).
const COLORS: [RGBColor; 3] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
];

/// The picture; `None` if it cannot be drawn, which the table beside makes good.
pub(super) fn svg_of(chart: &Chart) -> Option<String> {
    let groups = i32::try_from(chart.groups.len().min(MAX_GROUPS)).ok()?;
    let bars = i32::try_from(chart.series.len()).ok()?;
    let group_width = bars * BAR_WIDTH + GROUP_GAP;
    let width = (LEFT * 2 + groups * group_width).max(420);
    let mut svg = String::new();
    draw(&mut svg, u32::try_from(width).ok()?, group_width, chart).ok()?;
    Some(svg)
}

fn draw(svg: &mut String, width: u32, group_width: i32, chart: &Chart) -> Drawn<()> {
    let area = SVGBackend::with_string(svg, (width, HEIGHT)).into_drawing_area();
    area.fill(&WHITE)?;
    let font = ("sans-serif", 12).into_font();
    let heights = chart.groups.iter().flat_map(|(_, heights)| heights);
    let highest = heights.copied().max().unwrap_or(0).max(1);
    let mut x = LEFT;
    for (name, color) in chart.series.iter().zip(COLORS) {
        area.draw(&Rectangle::new([(x, 10), (x + 12, 22)], color.filled()))?;
        area.draw(&Text::new((*name).to_owned(), (x + 17, 10), font.clone()))?;
        x += 130;
    }
    for (at, (group, heights)) in (0_i32..).zip(chart.groups.iter().take(MAX_GROUPS)) {
        let left = LEFT + at * group_width;
        for (bar, (height, color)) in (0_i32..).zip(heights.iter().zip(COLORS)) {
            let x = left + bar * BAR_WIDTH;
            let top = BASE - scaled(*height, highest);
            let place = [(x, top), (x + BAR_WIDTH - 4, BASE)];
            area.draw(&Rectangle::new(place, color.filled()))?;
            area.draw(&Text::new(height.to_string(), (x, top - 14), font.clone()))?;
        }
        // Every second name one line lower, so that long ones stand beside each other.
        let line = BASE + 6 + (at % 2) * 16;
        area.draw(&Text::new(group.clone(), (left, line), font.clone()))?;
    }
    let axis = [
        (LEFT, BASE),
        (i32::try_from(width).unwrap_or(LEFT) - LEFT, BASE + 1),
    ];
    area.draw(&Rectangle::new(axis, BLACK.filled()))?;
    area.present()
}

/// Pixels of a bar.
fn scaled(height: usize, highest: usize) -> i32 {
    let room = usize::try_from(BASE - TOP - 16).unwrap_or(0);
    i32::try_from(height.saturating_mul(room) / highest).unwrap_or(0)
}
