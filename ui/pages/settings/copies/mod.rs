//! Copies of everything: a backup, its restore, the daily copies, the export, and whether the database is whole.

mod backup;
mod export;
mod files;
mod moving;
mod restore;
mod state;

pub use export::export_conversation;
pub use restore::RestoreDialog;

use super::{
    Section,
    rows::{Group, Row, SelectRow},
    saving::Saving,
};
use crate::{
    clock::clock,
    format,
    live::{Live, live, order},
    parts::{Button, Icon, ProblemNote},
};
use backup::BackupDialog;
use export::ExportDialog;
use heliograph_model::{
    Copies, Copying, Timestamp,
    call::{GetCopies, GetCopying, MakeDailyCopy},
};
use leptos::prelude::*;

/// What the section and its dialogs know.
#[derive(Clone, Copy)]
struct Known {
    copies: Live<Copies>,
    copying: Live<Option<Copying>>,
}

impl Known {
    fn start() -> Self {
        Self { copies: live(|| Some(GetCopies {})), copying: live(|| Some(GetCopying {})) }
    }

    /// Other work is under way.
    fn busy(self) -> Memo<bool> {
        Memo::new(move |_| self.copying.with(|c| c.is_some_and(|c| c.as_ref().is_some_and(runs))))
    }
}

/// "Today, 14:02"; "Monday, 23 November, 14:02": a moment that has been.
fn when(at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", format::day(at, now), format::time(at))
}

fn runs(copying: &Copying) -> bool {
    !copying.state.has_ended()
}

/// The section.
#[component]
pub fn CopiesGroup(saving: Saving) -> impl IntoView {
    let known = Known::start();
    let (backing, restoring, exporting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let busy = known.busy();
    let open = |what: RwSignal<bool>| Callback::new(move |()| what.set(true));
    view! {
        <Group section=Section::Copies about="What is kept here can be kept elsewhere too. Nothing leaves by itself.">
            <ProblemNote problem=known.copies.problem again=Callback::new(move |()| known.copies.again()) />
            <moving::Moving copying=known.copying restoring />
            <Row label="Backup" hint="Everything in one file, sealed with a passphrase, to be opened on this or another computer.">
                <Button label="Back up…" icon=Some(Icon::Lock) disabled=busy on_press=open(backing) test="back-up" />
            </Row>
            <Row label="Restore" hint="From a backup or a daily copy. What is here now is kept aside.">
                <Button label="Restore…" disabled=busy on_press=open(restoring) test="restore" />
            </Row>
            <Row label="Export" hint="Everything as JSON and CSV in one zip, for other programs. It is not sealed.">
                <Button label="Export…" disabled=busy on_press=open(exporting) test="export" />
            </Row>
            <files::Files copies=known.copies busy />
            <Daily saving copies=known.copies />
            <state::State copies=known.copies restoring exporting />
        </Group>
        <BackupDialog open=backing copies=known.copies />
        <RestoreDialog open=restoring />
        <ExportDialog open=exporting copies=known.copies />
    }
    .into_any()
}

fn kept(days: u32) -> String {
    if days == 0 { "None".into() } else { format::plural(days.into(), "day", "days") }
}

/// "The last one: Today, 14:02. 7 copies, 320 MB. The next: Thu 14:02." `moment` puts a time into words.
fn says(copies: &Copies, now: Timestamp, moment: impl Fn(Timestamp) -> String) -> String {
    let bytes: u64 = copies.daily.iter().map(|copy| copy.bytes).sum();
    let Some(last) = copies.daily.first() else {
        return match copies.next_daily_at {
            Some(at) if at > now => format!("None yet. The next try is {}.", moment(at)),
            Some(_) => "None yet. The first one is made within minutes.".into(),
            None => "None.".into(),
        };
    };
    let many = format::plural(copies.daily.len() as u64, "copy", "copies");
    let mut words = format!("The last one: {}. {many}, {}.", moment(last.made_at), format::bytes(bytes));
    match copies.next_daily_at {
        Some(at) if at > now => words.push_str(&format!(" The next: {}.", moment(at))),
        Some(_) => words.push_str(" The next one is made within minutes."),
        None => words.push_str(" No more are made."),
    }
    words
}

/// The daily copies: how long they stay, when the last one was made, and why it was not.
#[component]
fn Daily(saving: Saving, copies: Live<Copies>) -> impl IntoView {
    let clock = clock();
    let days = saving.read(|s| s.storage.daily_copies);
    let make = order::<MakeDailyCopy>(|()| ()).quiet();
    let words = move || {
        let now = clock.now();
        copies.with(|c| {
            c.map_or_else(String::new, |c| {
                says(c, now, |at| if at > now { format::moment(at, now) } else { when(at, now) })
            })
        })
    };
    let problem = Signal::derive(move || copies.with(|c| c.and_then(|c| c.daily_problem.clone())));
    let again = Callback::new(move |()| make.run(MakeDailyCopy {}));
    view! {
        <SelectRow
            name="daily-copies"
            label="Keep daily copies"
            hint="One of the database, beside it. Pictures and files are not copied again: a restored copy finds them where they are."
            options=[0, 3, 7, 14, 30].into_iter().map(|n| (n, kept(n))).collect()
            other=kept
            value=days
            change=Callback::new(move |n| saving.change("daily-copies", |s| s.storage.daily_copies = n))
            fresh=saving.fresh
        />
        <div class="setting copies-daily">
            <p class="row-hint figures" data-test="daily-says">{words}</p>
            <Button label="Copy now" small=true busy=make.busy on_press=again test="daily-now" />
        </div>
        <ProblemNote problem again test="daily-problem" />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{CopyFile, CopyKind, DAY, HOUR};

    #[test]
    fn the_last_copys_time_is_told_as_it_is() {
        let now = Timestamp(1_795_639_645_000);
        let mut copies = Copies { next_daily_at: Some(now.plus(-HOUR)), ..Copies::default() };
        let says = |copies: &Copies| says(copies, now, |at| format!("at {}", at.0));
        assert_eq!(says(&copies), "None yet. The first one is made within minutes.");
        copies.next_daily_at = None;
        assert_eq!(says(&copies), "None.");
        copies.daily = vec![CopyFile {
            kind: CopyKind::Daily,
            name: String::new(),
            bytes: 2_000_000,
            made_at: now.plus(-3 * DAY),
        }];
        let words = says(&copies);
        assert!(words.starts_with("The last one: at 17") && words.contains("1 copy"), "{words}");
        assert!(words.ends_with("No more are made."), "{words}");
    }
}
