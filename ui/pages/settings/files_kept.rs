//! How long files stay: by kind and by account, with what each of them takes up.

use super::{rows::SelectRow, saving::Saving};
use crate::{
    desk::desk,
    format,
    parts::{Icon, IconView},
};
use heliograph_model::{Account, AccountId, FileKind, MediaFigure};
use leptos::prelude::*;

/// Days that are offered; 0 = for ever.
const DAYS: [u32; 6] = [7, 30, 90, 180, 365, 0];

fn days(n: u32) -> String {
    if n == 0 { "For ever".into() } else { format::plural(n.into(), "day", "days") }
}

/// Several of a kind.
const fn plural(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Picture => "Pictures",
        FileKind::Video => "Films",
        FileKind::Sound => "Sounds and voice messages",
        FileKind::File => "Other files",
    }
}

/// The name of a row.
const fn row_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Picture => "keep-picture",
        FileKind::Video => "keep-video",
        FileKind::Sound => "keep-sound",
        FileKind::File => "keep-file",
    }
}

/// "212 files, 48 MB"; "none yet".
fn sum<'a>(figures: impl Iterator<Item = &'a MediaFigure>) -> String {
    let (files, bytes) = figures.fold((0, 0), |(f, b), one| (f + one.files, b + one.bytes));
    if files == 0 {
        return "none yet".into();
    }
    format!("{}, {}", format::plural(files, "file", "files"), format::bytes(bytes))
}

/// The rows.
#[component]
pub fn FilesKept(saving: Saving, #[prop(into)] figures: Signal<Vec<MediaFigure>>) -> impl IntoView {
    let kinds = FileKind::ALL.into_iter().map(|kind| by_kind(saving, figures, kind)).collect_view();
    let accounts = move || {
        desk()
            .accounts
            .get()
            .unwrap_or_default()
            .iter()
            .map(|a| by_account(saving, figures, a))
            .collect_view()
    };
    view! {
        {kinds}
        {accounts}
        <p class="row-hint files-kept-about">
            "Only the file itself goes: the message, its words and a small copy of a picture stay. What was on screen within the last hour is never taken away. Files older than the shorter of the two times go within the hour."
        </p>
    }
    .into_any()
}

fn by_kind(saving: Saving, figures: Signal<Vec<MediaFigure>>, kind: FileKind) -> AnyView {
    let value = saving.read(move |s| s.storage.kind_days.get(&kind).copied().unwrap_or(0));
    let hint = move || figures.with(|all| sum(all.iter().filter(|f| f.kind == kind)));
    let change = Callback::new(move |n: u32| {
        saving.change(row_name(kind), |s| {
            if n == 0 {
                s.storage.kind_days.remove(&kind);
            } else {
                s.storage.kind_days.insert(kind, n);
            }
        });
    });
    let rows = move || {
        view! {
            <SelectRow
                name=row_name(kind)
                label=format!("Keep {}", plural(kind).to_lowercase())
                hint=hint()
                options=DAYS.into_iter().map(|n| (n, days(n))).collect()
                other=days
                value
                change
                fresh=saving.fresh
            />
        }
        .into_any()
    };
    rows.into_any()
}

fn by_account(saving: Saving, figures: Signal<Vec<MediaFigure>>, account: &Account) -> AnyView {
    let id: AccountId = account.id;
    let name = if account.handle.is_empty() { account.name.clone() } else { account.handle.clone() };
    let value = saving.read(move |s| s.storage.account_days.get(&id).copied().unwrap_or(0));
    let change = move |n: u32| {
        saving.change("keep-accounts", |s| {
            if n == 0 {
                s.storage.account_days.remove(&id);
            } else {
                s.storage.account_days.insert(id, n);
            }
        });
    };
    let channel = account.channel.name();
    let hint = move || figures.with(|all| sum(all.iter().filter(|f| f.account == id)));
    let field = format!("keep-account-{id}");
    let options = move || {
        let now = value.get();
        let offered = DAYS.into_iter().chain((!DAYS.contains(&now)).then_some(now));
        offered
            .map(|n| {
                let words = if n == 0 { "As above".into() } else { days(n) };
                view! { <option value=n.to_string() prop:selected=n == now>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="setting">
            <div class="row-words">
                <label class="row-label" for=field.clone()>{format!("Files of {name}")}</label>
                <p class="row-hint">{move || format!("{channel} · {}", hint())}</p>
            </div>
            <div class="row-control">
                <span class="select">
                    <select
                        id=field
                        data-test="keep-account"
                        on:change=move |e| {
                            if let Ok(n) = event_target_value(&e).parse() {
                                change(n);
                            }
                        }
                    >
                        {options}
                    </select>
                    <IconView icon=Icon::Down />
                </span>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_summed_and_days_are_words() {
        let one = |kind, files, bytes| MediaFigure { account: AccountId(1), kind, files, bytes };
        let all = [one(FileKind::Picture, 2, 3_000_000), one(FileKind::File, 1, 1_000_000)];
        assert_eq!(sum(all.iter()), "3 files, 4.0 MB");
        assert_eq!(sum([].iter()), "none yet");
        assert_eq!((days(0), days(1), days(30)), ("For ever".into(), "1 day".into(), "30 days".into()));
    }
}
