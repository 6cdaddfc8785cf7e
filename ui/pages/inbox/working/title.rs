//! The name of the list, and behind it every other list: where conversations stand, saved views, labels, people.

use super::working;
use crate::{
    desk::desk,
    format,
    pages::inbox::{filters::tally, inbox},
    parts::{Icon, IconView, Menu, MenuItem},
};
use heliograph_model::{Filter, Show};
use leptos::prelude::*;

/// The lists beyond the tabs, with their words and icons.
pub const LISTS: [(Show, &str, Icon); 8] = [
    (Show::All, "Inbox", Icon::Inbox),
    (Show::Mine, "Mine", Icon::Person),
    (Show::Unassigned, "Unassigned", Icon::Assign),
    (Show::Requests, "Message requests", Icon::Person),
    (Show::Pending, "Pending", Icon::Pause),
    (Show::Snoozed, "Snoozed", Icon::Snooze),
    (Show::Resolved, "Resolved", Icon::Check),
    (Show::Spam, "Spam", Icon::Spam),
];

/// The words of a list.
#[must_use]
pub fn named(filter: &Filter) -> String {
    let desk = desk();
    if let Some(label) = filter.label.and_then(|l| desk.label(l)) {
        return label.name;
    }
    if let Some(assignee) = filter.assignee {
        return desk.called(assignee);
    }
    if let Some((_, words, _)) =
        LISTS.iter().find(|(show, ..)| *show == filter.show && filter.show != Show::All)
    {
        return (*words).to_owned();
    }
    filter.account.and_then(|a| desk.account(a)).map_or_else(|| "Inbox".to_owned(), |a| a.name)
}

/// The heading of the list pane.
#[component]
pub fn ListTitle() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let name = Memo::new(move |_| {
        let (filter, sort) = (inbox.filter.get(), inbox.sort.get());
        let view = desk.views.with(|all| all?.iter().find(|v| v.filter == filter && v.sort == sort).cloned());
        // A saved view has its own name, unless it is the plain inbox.
        match view {
            Some(view) if filter != Filter::default() => view.name,
            _ => named(&filter),
        }
    });
    let items = move |()| {
        let now = inbox.filter.get_untracked();
        let figure = |show: Show| {
            let n = desk.counts.with_untracked(|c| c.map_or(0, |c| tally(c, &now).of(show)));
            if n == 0 { String::new() } else { format::badge(n) }
        };
        let plain = now.label.is_none() && now.assignee.is_none();
        let mut all: Vec<MenuItem> = LISTS
            .into_iter()
            .map(|(show, words, icon)| {
                let go = move || {
                    inbox.narrow_to(|f| {
                        f.show = show;
                        f.label = None;
                        f.assignee = None;
                    })
                };
                let item = MenuItem::new(words, go).icon(icon).aside(figure(show));
                if plain && now.show == show { item.chosen(true) } else { item }
            })
            .collect();
        let views = desk.views.peek().unwrap_or_default();
        let save = MenuItem::new("Save or edit views…", move || working().views.set(true)).icon(Icon::Plus);
        let save = if views.is_empty() { save.head("Views") } else { save };
        all.extend(views.into_iter().enumerate().map(|(n, view)| {
            let aside =
                if view.conversations == 0 { String::new() } else { format::badge(view.conversations) };
            let (filter, sort) = (view.filter, view.sort);
            let item = MenuItem::new(view.name, move || inbox.look_at(filter.clone(), sort))
                .icon(Icon::Bookmark)
                .aside(aside);
            if n == 0 { item.head("Views") } else { item }
        }));
        all.push(save);
        let labels = desk.labels.peek().unwrap_or_default();
        all.extend(labels.into_iter().enumerate().map(|(n, label)| {
            let id = label.id;
            let aside =
                if label.conversations == 0 { String::new() } else { format::badge(label.conversations) };
            let item = MenuItem::new(label.name, move || {
                inbox.narrow_to(|f| {
                    f.label = Some(id);
                    f.show = Show::All;
                })
            })
            .icon(Icon::Label)
            .aside(aside);
            let item = if now.label == Some(id) { item.chosen(true) } else { item };
            if n == 0 { item.head("Labels") } else { item }
        }));
        let colleagues = desk.colleagues.peek().unwrap_or_default();
        all.extend(colleagues.into_iter().skip(1).enumerate().map(|(n, colleague)| {
            let id = colleague.id;
            let item = MenuItem::new(colleague.name, move || {
                inbox.narrow_to(|f| {
                    f.assignee = Some(id);
                    f.show = Show::All;
                })
            })
            .icon(Icon::Person);
            let item = if now.assignee == Some(id) { item.chosen(true) } else { item };
            if n == 0 { item.head("Colleagues") } else { item }
        }));
        all
    };
    view! {
        <h1 class="list-name" dir="auto">
            <Menu label="Choose a list" items=Callback::new(items) class="list-name-button" test="lists">
                <span class="list-name-words">{move || name.get()}</span>
                <IconView icon=Icon::Down />
            </Menu>
        </h1>
    }
    .into_any()
}
