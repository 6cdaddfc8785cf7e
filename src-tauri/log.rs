//! What was logged lately: a bounded ring in memory, for the support bundle. The log holds no message text and no
//! secret by rule; what still tells something of people or of this computer is taken out when the ring is read.

use crate::model::Timestamp;
use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{Layer, layer::Context};

/// Lines that are kept.
const LINES: usize = 2_000;
/// The longest line, in characters.
const LONGEST: usize = 600;

/// One for the process, as the log itself is.
static RING: LazyLock<Mutex<VecDeque<Line>>> = LazyLock::new(Mutex::default);

/// A logged line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: Timestamp,
    pub level: &'static str,
    /// The module it comes from.
    pub target: &'static str,
    /// What was said, then its fields as `name=value`.
    pub text: String,
}

/// Keeps what passes by; hosts put it beside the layer that writes to standard error.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keep;

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        let meta = event.metadata();
        let text = format!("{}{}", said.message, said.fields);
        let line = Line {
            at: crate::clock::Clock::system().now(),
            level: meta.level().as_str(),
            target: meta.module_path().unwrap_or("elsewhere"),
            text: text.chars().take(LONGEST).collect(),
        };
        let mut ring = ring();
        if ring.len() == LINES {
            ring.pop_front();
        }
        ring.push_back(line);
    }
}

/// The lines that are kept, oldest first.
#[must_use]
pub fn lines() -> Vec<Line> {
    ring().iter().cloned().collect()
}

fn ring() -> MutexGuard<'static, VecDeque<Line>> {
    RING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The words of an event and its fields.
#[derive(Default)]
struct Said {
    message: String,
    fields: String,
}

impl tracing::field::Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn what_is_logged_is_kept_with_its_fields() {
        let subscriber = tracing_subscriber::registry().with(Keep);
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(account = 3, why = %"it was full", "a thing of this test happened");
        });
        let line = lines().into_iter().rfind(|l| l.text.starts_with("a thing of this test")).unwrap();
        assert_eq!((line.level, line.target), ("WARN", "engine::log::tests"));
        assert_eq!(line.text, "a thing of this test happened account=3 why=it was full");
    }
}
