//! Interleaved runs, and the figures drawn from them.

use std::time::Duration;

use miette::Result;

use super::contender::Contender;
use crate::process::Cost;

/// The runs of all competitors in one case.
pub(crate) struct Race {
    /// Tracked files of the repository.
    pub(crate) files: usize,
    /// What was measured.
    pub(crate) case: String,
    /// Ours is the first.
    pub(crate) lanes: Vec<Lane>,
}

/// The runs of one competitor, in the order of rounds.
pub(crate) struct Lane {
    pub(crate) who: Contender,
    /// Told apart by this where one competitor runs in two lanes.
    pub(crate) label: String,
    pub(crate) costs: Vec<Cost>,
}

impl Lane {
    pub(crate) fn new(who: Contender) -> Self {
        Self {
            who,
            label: who.to_string(),
            costs: Vec::new(),
        }
    }

    /// Median time of one run.
    pub(crate) fn wall(&self) -> Duration {
        median(self.costs.iter().map(|cost| cost.wall.as_secs_f64()))
            .map_or(Duration::ZERO, Duration::from_secs_f64)
    }

    /// Median of user and system time.
    pub(crate) fn cpu(&self) -> Duration {
        median(self.costs.iter().map(|cost| cost.cpu.as_secs_f64()))
            .map_or(Duration::ZERO, Duration::from_secs_f64)
    }

    /// Largest memory of any run, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.costs.iter().map(|cost| cost.peak).max().unwrap_or(0)
    }

    /// Median over the rounds of our time divided by theirs: a machine that is slow for a while
    /// is slow for both.
    pub(crate) fn against(&self, other: &Self) -> Option<f64> {
        let pairs = self.costs.iter().zip(&other.costs);
        median(pairs.map(|(ours, theirs)| ours.wall.as_secs_f64() / theirs.wall.as_secs_f64()))
    }
}

impl Race {
    /// Runs each lane once to warm up, then `rounds` times, beginning with another lane each
    /// round. `run` gets the number of the lane and a number never used before.
    pub(crate) fn run(
        files: usize,
        case: String,
        mut lanes: Vec<Lane>,
        rounds: usize,
        mut run: impl FnMut(Contender, usize, u64) -> Result<Cost>,
    ) -> Result<Self> {
        let count = lanes.len();
        for round in 0..=rounds {
            for turn in 0..count {
                let at = (turn + round) % count;
                let cost = run(lanes[at].who, at, (round * count + turn) as u64)?;
                if round > 0 {
                    lanes[at].costs.push(cost);
                }
            }
        }
        Ok(Self { files, case, lanes })
    }

    /// The lane of this competitor.
    pub(crate) fn lane(&self, who: Contender) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.who == who)
    }

    /// Our time divided by theirs, when both ran.
    pub(crate) fn ratio(&self, who: Contender) -> Option<f64> {
        self.lanes.first()?.against(self.lane(who)?)
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lane, Race, median};
    use crate::{bench::contender::Contender, process::Cost};

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        let check = |values: &[f64], expected| assert_eq!(median(values.iter().copied()), expected);
        check(&[], None);
        check(&[3.0], Some(3.0));
        check(&[9.0, 1.0, 2.0], Some(2.0));
        check(&[4.0, 1.0, 2.0, 9.0], Some(3.0));
    }

    #[test]
    fn every_lane_runs_once_a_round_and_the_first_round_is_not_counted() {
        let lanes = vec![Lane::new(Contender::Ours), Lane::new(Contender::Recipe)];
        let mut seeds = Vec::new();
        let race = Race::run(1, "clean".into(), lanes, 3, |_, at, seed| {
            seeds.push(seed);
            let wall = Duration::from_millis(10 * (at as u64 + 1));
            Ok(Cost {
                wall,
                ..Cost::default()
            })
        })
        .unwrap();
        assert_eq!(race.ratio(Contender::Recipe), Some(0.5));
        assert!(
            race.lanes.iter().all(|lane| lane.costs.len() == 3),
            "warm-up is not counted"
        );
        let before = seeds.len();
        seeds.dedup();
        assert_eq!(
            (before, seeds.len()),
            (8, 8),
            "no run may see content of another"
        );
    }
}
