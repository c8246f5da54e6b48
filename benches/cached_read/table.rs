//! The medians, beside the first of their group.

use std::io::Write;

use super::load::Sample;

/// The samples by case, in the order of the first round.
#[derive(Default)]
pub(super) struct Table(Vec<(&'static str, Vec<Sample>)>);

impl Table {
    pub(super) fn add(&mut self, name: &'static str, sample: Sample) {
        if let Some((_, samples)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            samples.push(sample);
        } else {
            self.0.push((name, vec![sample]));
        }
    }

    pub(super) fn print(&self, to: &mut impl Write) -> std::io::Result<()> {
        writeln!(to, "| cached read | CPU s/100k | times bare | requests/s |")?;
        writeln!(to, "| --- | --: | --: | --: |")?;
        let mut bare = f64::NAN;
        for (name, samples) in &self.0 {
            let cpu = median(samples, cpu);
            if name.ends_with("bare") {
                bare = cpu;
            }
            let ratio = cpu / bare;
            let rate = median(samples, rate);
            writeln!(to, "| {name} | {cpu:.2} | {ratio:.2} | {rate:.0} |")?;
        }
        writeln!(to)?;
        writeln!(to, "Medians; CPU is the server's user and system time for 100,000 requests.")
    }
}

fn cpu(sample: &Sample) -> f64 {
    sample.cpu_seconds / count(sample) * 1e5
}

fn rate(sample: &Sample) -> f64 {
    count(sample) / sample.took.as_secs_f64()
}

fn count(sample: &Sample) -> f64 {
    u32::try_from(sample.requests).map_or(f64::NAN, f64::from)
}

fn median(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
