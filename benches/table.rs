//! The table, and the few figures it is made of.

use std::time::Duration;

/// Rows in the order they were measured.
#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

impl Table {
    /// Adds a row and shows it at once, since a whole run takes minutes.
    pub fn row(&mut self, what: &str, figure: impl Into<String>, target: &str, good: Option<bool>) {
        let verdict = match good {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        let row = [what.to_owned(), figure.into(), target.to_owned(), verdict.to_owned()];
        eprintln!("{}", row.join(" · "));
        self.0.push(row);
    }

    /// Prints it as Markdown.
    pub fn print(&self) {
        println!("\n| what | figure | wanted | |\n| --- | --- | --- | --- |");
        for row in &self.0 {
            println!("| {} |", row.join(" | "));
        }
    }
}

/// The value below which `percent` of the measurements lie.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((times.len() * percent / 100).min(last)).copied().unwrap_or_default()
}

/// "1.24 ms"
pub fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
