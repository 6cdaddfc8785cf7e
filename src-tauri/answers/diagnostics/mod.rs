//! How the program itself is doing: what is wrong with accounts and sending first, what only a developer asks for last.
//! Every figure is read now; none is guessed.

mod accounts;
mod inside;
mod ways;

use super::{Answer, Desk, problems::reading};
use crate::model::{Diagnostics, Fact, FactGroup, FactLine, Mark, Problem, Topic, call};

impl Answer for call::GetDiagnostics {
    async fn answer(self, desk: &Desk) -> Result<Diagnostics, Problem> {
        gather(desk).await
    }
}

/// Everything that is known.
pub(super) async fn gather(desk: &Desk) -> Result<Diagnostics, Problem> {
    let taken_at = desk.clock.now();
    let mut groups = accounts::all(desk).await?;
    groups.push(ways::sending(desk).await.map_err(reading)?);
    groups.push(ways::receiving(desk));
    groups.push(inside::database(desk).await.map_err(reading)?);
    groups.push(inside::journal(desk).await.map_err(reading)?);
    groups.push(inside::files(desk).await.map_err(reading)?);
    groups.push(inside::copies(desk).await.map_err(reading)?);
    groups.push(inside::work(desk));
    groups.push(inside::speed(desk));
    groups.push(inside::program(desk));
    Ok(Diagnostics { taken_at, groups })
}

fn group(topic: Topic, title: &str, lines: Vec<FactLine>) -> FactGroup {
    FactGroup { topic, title: title.into(), lines }
}

fn plain(name: &str, fact: Fact) -> FactLine {
    FactLine { name: name.into(), fact, mark: Mark::Plain, note: String::new() }
}

fn good(name: &str, fact: Fact) -> FactLine {
    FactLine { mark: Mark::Good, ..plain(name, fact) }
}

fn attention(name: &str, fact: Fact, note: &str) -> FactLine {
    FactLine { mark: Mark::Attention, ..plain(name, fact) }.noted(note)
}

/// Well while nothing is counted.
fn best_none(name: &str, count: u64, note: &str) -> FactLine {
    match count {
        0 => good(name, Fact::Count(0)),
        n => attention(name, Fact::Count(n), note),
    }
}

fn words(text: impl Into<String>) -> Fact {
    Fact::Words(text.into())
}

trait Noted {
    fn noted(self, note: &str) -> Self;
}

impl Noted for FactLine {
    fn noted(mut self, note: &str) -> Self {
        self.note = note.into();
        self
    }
}
