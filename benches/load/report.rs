//! Figures of several turns, and the table in which they are printed.

use std::time::Duration;

use crate::{Plan, client::Turn};

/// What one side showed in all its turns.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    rates: Vec<f64>,
    times: Vec<u32>,
    processor: Option<Duration>,
}

impl Figures {
    /// Adds a turn.
    pub fn add(&mut self, turn: Turn) {
        self.rates.push(turn.times.len() as f64 / turn.took.as_secs_f64());
        self.times.extend(turn.times);
        if let Some(time) = turn.processor {
            self.processor = Some(self.processor.unwrap_or_default() + time);
        }
    }

    /// Requests a second, the middle of the turns.
    pub fn rate(&self) -> f64 {
        middle(&self.rates)
    }

    /// How this side stands to another, turn by turn, the middle of them.
    pub fn ratio(&self, other: &Self) -> f64 {
        let ratios: Vec<f64> = self.rates.iter().zip(&other.rates).map(|(own, other)| own / other).collect();
        middle(&ratios)
    }

    /// A time that so many of a hundred requests stayed below, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    /// The server's processor time for a request, in microseconds.
    pub fn processor(&self) -> String {
        match self.processor {
            Some(time) if !self.times.is_empty() => {
                format!("{:.0}", time.as_secs_f64() * 1e6 / self.times.len() as f64)
            }
            _ => "–".to_owned(),
        }
    }

    /// The cells of this side: requests a second, p50, p99, processor time.
    pub fn cells(&self) -> String {
        let (rate, p50, p99) = (self.rate(), self.percentile(50), self.percentile(99));
        format!("{rate:.0} | {p50:.2} | {p99:.2} | {}", self.processor())
    }
}

fn middle(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The head of the output: what ran where.
pub fn machine(plan: &Plan) {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown");
    let (connections, rounds, seconds) = (plan.connections, plan.rounds, plan.turn.as_secs());
    println!(
        "{cores} cores shared by client, server and database; load before the run {load}; {connections} connections; \
         {rounds} turns of {seconds} s for each side, in alternation; middle of the turns"
    );
}
