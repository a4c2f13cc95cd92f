//! Time by number of files, drawn.

use std::path::Path;

use miette::{Result, miette};
use plotters::prelude::*;

use super::{
    contender::Contender,
    race::{Lane, Race},
};

/// The case that is drawn: what a checkpoint mostly meets.
const CASE: &str = "10 changed";
/// Who is drawn, with colours that differ in lightness too.
const DRAWN: [(Contender, RGBColor); 4] = [
    (Contender::Recipe, RGBColor(214, 96, 77)),
    (Contender::Status, RGBColor(120, 120, 120)),
    (Contender::Ours, RGBColor(33, 102, 172)),
    (Contender::Floor, RGBColor(190, 190, 190)),
];
const FONT: &str = "sans-serif";

/// Writes the curve; with fewer than two trees there is none to draw.
pub(crate) fn draw(races: &[Race], to: &Path) -> Result<()> {
    let drawn: Vec<&Race> = races
        .iter()
        .filter(|race| race.case == CASE && race.files > 5)
        .collect();
    if drawn.len() < 2 {
        return Ok(());
    }
    // The errors of the plotting crate borrow the drawing: say them in words.
    chart(&drawn, to).map_err(|error| miette!("cannot draw '{}': {error}", to.display()))
}

fn chart(races: &[&Race], to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let points = |who| -> Vec<(f64, f64)> {
        let point = |race: &&Race| Some((race.files as f64, milliseconds(race.lane(who)?)));
        races.iter().filter_map(point).collect()
    };
    let widest = races.iter().map(|race| race.files).max().unwrap_or(1) as f64;
    let all = races.iter().flat_map(|race| &race.lanes);
    let drawn = all.filter(|lane| DRAWN.iter().any(|(who, _)| *who == lane.who));
    let highest = drawn.map(milliseconds).fold(0.0, f64::max);

    let area = SVGBackend::new(to, (760, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            format!("One checkpoint, {CASE} files, warm cache"),
            (FONT, 22),
        )
        .margin(16)
        .x_label_area_size(42)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..widest * 1.02, 0.0..highest * 1.05)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(230, 230, 230))
        .x_desc("tracked files")
        .y_desc("milliseconds")
        .y_label_formatter(&|milliseconds| format!("{milliseconds:.0}"))
        .x_label_formatter(&|files| format!("{}k", files / 1000.0))
        .label_style((FONT, 16))
        .draw()?;
    for (who, colour) in DRAWN {
        let line = LineSeries::new(points(who), colour.stroke_width(2)).point_size(3);
        chart
            .draw_series(line)?
            .label(who.to_string())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font((FONT, 16))
        .background_style(WHITE)
        .draw()?;
    area.present()?;
    Ok(())
}

fn milliseconds(lane: &Lane) -> f64 {
    lane.wall().as_secs_f64() * 1000.0
}
