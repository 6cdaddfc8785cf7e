//! The sheet of every shortcut, made from the table that the keys obey.

use crate::{
    keys::{ALL, Group, pretty},
    parts::Dialog,
};
use leptos::prelude::*;

/// The sheet, shown while `open`.
#[component]
pub fn ShortcutSheet(open: RwSignal<bool>) -> impl IntoView {
    let groups = || {
        Group::ALL
            .iter()
            .map(|group| {
                let rows = ALL.iter().filter(|s| s.group == *group).map(|s| {
                    view! { <dt>{s.says}</dt><dd><kbd>{pretty(s.keys[0], crate::ipc::on_mac())}</kbd></dd> }.into_any()
                });
                view! { <section><h3>{group.name()}</h3><dl>{rows.collect_view()}</dl></section> }.into_any()
            })
            .collect_view()
    };
    view! { <Dialog open title="Shortcuts" class="wide"><div class="shortcuts">{groups()}</div></Dialog> }
        .into_any()
}
