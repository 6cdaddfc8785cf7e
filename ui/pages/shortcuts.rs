//! The sheet of every shortcut, made from the table that the keys obey.

use crate::{
    ipc,
    keys::{ALL, Command, Group, Shortcut, keys_of, pretty},
    parts::Dialog,
};
use leptos::prelude::*;

/// A line of the sheet: what it does, and the ways to press it. Each way is steps, each step caps.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    says: String,
    ways: Vec<Vec<Vec<String>>>,
}

fn steps(keys: &str, mac: bool) -> Vec<Vec<String>> {
    if keys == "+" {
        return vec![vec!["+".to_owned()]];
    }
    keys.split(' ').map(|step| step.split('+').map(|cap| pretty(cap, mac)).collect()).collect()
}

fn line(shortcut: &Shortcut, mac: bool) -> Line {
    Line {
        says: shortcut.says.to_owned(),
        ways: keys_of(shortcut).iter().map(|keys| steps(keys, mac)).collect(),
    }
}

/// The lines of a group. The nine accounts are one line.
fn lines(group: Group, mac: bool) -> Vec<Line> {
    let of_group = || ALL.iter().filter(|s| s.group == group);
    let mut all: Vec<Line> =
        of_group().filter(|s| !matches!(s.command, Command::Account(1..=9))).map(|s| line(s, mac)).collect();
    let accounts: Vec<&Shortcut> =
        of_group().filter(|s| matches!(s.command, Command::Account(1..=9))).collect();
    if let (Some(first), Some(last)) = (accounts.first(), accounts.last()) {
        let key = |s: &Shortcut| keys_of(s).first().map(|keys| steps(keys, mac)).unwrap_or_default();
        let mut way = key(first);
        if let (Some(step), Some(end)) = (way.last_mut(), key(last).pop().and_then(|mut s| s.pop())) {
            let begin = step.pop().unwrap_or_default();
            step.push(format!("{begin}–{end}"));
        }
        all.push(Line { says: "One account".into(), ways: vec![way] });
    }
    all
}

/// The sheet, shown while `open`.
#[component]
pub fn ShortcutSheet(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Shortcuts" class="wide shortcut-sheet" test="shortcuts">
            <Sheet />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Sheet() -> impl IntoView {
    crate::keys::bind(Command::Sheet, crate::parts::close_front_dialog);
    let mac = ipc::on_mac();
    let group = |group: &Group| {
        let rows = lines(*group, mac).into_iter().map(|line| view! { <LineView line /> }).collect_view();
        view! { <section><h3>{group.name()}</h3><dl>{rows}</dl></section> }.into_any()
    };
    view! {
        <div class="shortcut-groups">{Group::ALL.iter().map(group).collect_view()}</div>
        <p class="shortcut-note quiet">
            "Single letters work while nothing is being typed; each key can be changed in the settings. "
            <kbd>{Command::Palette.label()}</kbd>
            " finds everything else, and prints its key."
        </p>
    }
    .into_any()
}

#[component]
fn LineView(line: Line) -> impl IntoView {
    let cap = |c: &String| view! { <kbd>{c.clone()}</kbd> };
    let step = |(i, caps): (usize, &Vec<String>)| {
        view! {
            {(i > 0).then(|| view! { <span class="key-then">"then"</span> })}
            {caps.iter().map(cap).collect_view()}
        }
    };
    let ways = line
        .ways
        .iter()
        .enumerate()
        .map(|(i, steps)| {
            view! {
                {(i > 0).then(|| view! { <span class="key-then">"or"</span> })}
                {steps.iter().enumerate().map(step).collect_view()}
            }
        })
        .collect_view();
    view! {
        <div class="shortcut-line">
            <dt>{line.says.clone()}</dt>
            <dd>{ways}</dd>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_steps_and_a_chord_is_caps() {
        assert_eq!(steps("g i", false), [["G"], ["I"]]);
        assert_eq!(steps("mod+shift+p", false), [["Ctrl", "Shift", "P"]]);
        assert_eq!(steps("mod+k", true), [["⌘", "K"]]);
    }

    #[test]
    fn every_shortcut_is_on_the_sheet_and_the_accounts_are_one_line() {
        let said: Vec<String> = Group::ALL.iter().flat_map(|g| lines(*g, false)).map(|l| l.says).collect();
        for shortcut in ALL {
            if !matches!(shortcut.command, Command::Account(1..=9)) {
                assert!(said.iter().any(|s| s == shortcut.says), "{}", shortcut.says);
            }
        }
        let accounts: Vec<Line> =
            lines(Group::List, false).into_iter().filter(|l| l.says == "One account").collect();
        assert_eq!(accounts.len(), 1);
        assert_eq!(accounts[0].ways, [[["Ctrl", "1–9"]]]);
    }
}
