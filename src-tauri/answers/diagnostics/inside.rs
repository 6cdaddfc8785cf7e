//! The inside: database, journal, files, background work, speed, versions.

use super::{Noted, attention, best_none, good, group, plain, words};
use crate::{
    answers::Desk,
    model::{DAY, Fact, FactGroup, FactLine, Host, LockKind, Topic},
    store::{health, settings},
};

/// Less free space than this is little.
const LITTLE: u64 = 1024 * 1024 * 1024;
/// Names of calls that are shown.
const SLOWEST: usize = 5;
/// A call that took longer can be felt, in milliseconds.
const FELT: u64 = 300;

pub(super) async fn database(desk: &Desk) -> Result<FactGroup, sqlx::Error> {
    let figures = health::figures(&mut *desk.store.read().await?).await?;
    let (newest, fed) = desk.store.fed().await?;
    let (file, log) = desk.store.bytes();
    let schema = words(format!("{} of {}", figures.schema, figures.known));
    let lines = vec![
        if desk.store.was_examined() {
            good("Health", words("whole"))
                .noted("the last run did not end in order, so it was examined at the start")
        } else {
            good("Health", words("closed in order last time"))
        },
        best_none(
            "Failed writes since the start",
            desk.store.failed_writes(),
            "look at the log, and at the disk",
        ),
        plain("Size", Fact::Bytes(file)),
        plain("Log beside it", Fact::Bytes(log)),
        plain("Unused inside", Fact::Bytes(figures.unused)),
        if figures.schema == figures.known {
            good("Newest migration", schema)
        } else {
            attention("Newest migration", schema, "another version of Heliograph made it")
        },
        plain("Migrations that ran", Fact::Count(figures.migrations)),
        plain("Messages not in the search index yet", Fact::Count(u64::try_from(newest - fed).unwrap_or(0)))
            .noted("a search indexes them first"),
    ];
    Ok(group(Topic::Database, "Database", lines))
}

pub(super) async fn journal(desk: &Desk) -> Result<FactGroup, sqlx::Error> {
    let mut conn = desk.store.read().await?;
    let figures = health::journal(&mut conn).await?;
    let days = settings::get(&mut conn).await?.storage.journal_days;
    let mut lines = vec![
        plain("Raw deliveries", Fact::Count(figures.rows)),
        plain("Size", Fact::Bytes(figures.bytes)),
        plain("Kept for", words(if days == 1 { "1 day".into() } else { format!("{days} days") })),
    ];
    if let (Some(oldest), Some(newest)) = (figures.oldest, figures.newest) {
        // Housekeeping comes hourly: a day more is none of its fault.
        let late = oldest.until(desk.clock.now()) > (i64::from(days) + 1) * DAY;
        lines.push(if late {
            attention("Oldest", Fact::At(oldest), "it should have gone: is housekeeping running?")
        } else {
            plain("Oldest", Fact::At(oldest))
        });
        lines.push(plain("Newest", Fact::At(newest)));
    }
    Ok(group(Topic::Journal, "Journal", lines))
}

pub(super) async fn files(desk: &Desk) -> Result<FactGroup, sqlx::Error> {
    let mut conn = desk.store.read().await?;
    let most = u64::from(settings::get(&mut conn).await?.storage.media_mib) * 1024 * 1024;
    let waiting = health::queues(&mut conn).await?.files;
    let mut lines = vec![
        match desk.media.size().await {
            Ok(bytes) => plain("Pictures and files", Fact::Bytes(bytes)),
            Err(_) => attention("Pictures and files", words("unreadable"), "the media folder cannot be read"),
        },
        plain("At most", Fact::Bytes(most)),
        plain("Still to be fetched", Fact::Count(waiting)),
    ];
    let folder = desk.config.data.clone();
    let free = tokio::task::spawn_blocking(move || fs4::available_space(&folder)).await;
    lines.push(match free {
        Ok(Ok(free)) if free < LITTLE => {
            attention("Free on this disk", Fact::Bytes(free), "when it is full, nothing can be kept")
        }
        Ok(Ok(free)) => good("Free on this disk", Fact::Bytes(free)),
        _ => plain("Free on this disk", words("the system does not tell")),
    });
    Ok(group(Topic::Files, "Files and disk", lines))
}

/// What there would be if the computer were lost.
pub(super) async fn copies(desk: &Desk) -> Result<FactGroup, sqlx::Error> {
    let page = desk.copier.page().await?;
    let count = |files: usize| Fact::Count(u64::try_from(files).unwrap_or(u64::MAX));
    let newest = page.daily.first().map(|copy| copy.made_at);
    // One that is due is made within the hour the program runs.
    let late = newest.is_some_and(|at| at.until(desk.clock.now()) > 2 * DAY);
    let mut lines = vec![match (page.next_daily_at, &page.daily_problem, newest) {
        (_, Some(problem), _) => attention("Daily copy", words("not made"), &problem.message),
        (None, ..) => plain("Daily copy", words("off")),
        (Some(_), None, Some(at)) if late => {
            attention("Newest daily copy", Fact::At(at), "none was made since")
        }
        (Some(_), None, Some(at)) => good("Newest daily copy", Fact::At(at)),
        (Some(at), None, None) => plain("First daily copy", Fact::At(at)),
    }];
    lines.push(plain("Daily copies", count(page.daily.len())));
    if let Some(examined) = &page.examined {
        lines.push(if examined.faults.is_empty() {
            good("Examined", Fact::At(examined.at))
        } else {
            attention("Examined", Fact::At(examined.at), "faults were found: settings say what helps")
        });
    }
    Ok(group(Topic::Copies, "Copies", lines))
}

/// Named tasks, and who listens.
pub(super) fn work(desk: &Desk) -> FactGroup {
    let one = |task: &crate::tasks::Standing| -> FactLine {
        let broke = task.broke.unwrap_or("it broke");
        match (task.running, task.restarts) {
            (true, 0) => good(task.name, words("works")),
            (true, n) => {
                attention(task.name, words("works again"), &format!("{broke}; started again {n} times"))
            }
            (false, _) => {
                attention(task.name, words("stands still"), &format!("{broke}; it is started again shortly"))
            }
        }
    };
    let mut lines: Vec<FactLine> = desk.tasks.standing().iter().map(one).collect();
    let readers = u64::try_from(desk.events.readers()).unwrap_or(u64::MAX);
    lines.push(plain("Listeners to events", Fact::Count(readers)).noted("tasks, windows and browser tabs"));
    group(Topic::Work, "Background work", lines)
}

pub(super) fn speed(desk: &Desk) -> FactGroup {
    let millis = |took: std::time::Duration| u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let slowest = desk.speed.slowest(SLOWEST);
    let mut lines: Vec<FactLine> = slowest
        .iter()
        .map(|(name, spent)| {
            let longest = millis(spent.longest);
            let usual = millis(spent.all / spent.times.max(1));
            let note = format!("the longest of {}; {usual} ms on average", spent.times);
            let line = plain(name, Fact::Lasts(longest));
            if longest < FELT { good(name, line.fact).noted(&note) } else { line.noted(&note) }
        })
        .collect();
    if lines.is_empty() {
        lines.push(plain("Calls", words("none yet")));
    }
    group(Topic::Speed, "Slowest calls since the start", lines)
}

pub(super) fn program(desk: &Desk) -> FactGroup {
    let host = match desk.host {
        Host::Desktop => "the desktop window",
        Host::Server => "the headless server",
    };
    let lock = match desk.lock.view().kind {
        None => "off",
        Some(LockKind::Passphrase) => "on, with a passphrase",
        Some(LockKind::Pin) => "on, with a PIN",
    };
    let lines = vec![
        plain("Version", words(env!("CARGO_PKG_VERSION"))),
        plain("Runs in", words(host)),
        plain("Started", Fact::At(desk.started_at)),
        plain("System", words(format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH))),
        plain("App lock", words(lock)),
    ];
    group(Topic::Program, "Program", lines)
}
