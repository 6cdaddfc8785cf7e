//! Files of ours on their way to Meta: how far each is, and a way to stop it.

use crate::live::{on_event, tell_engine};
use heliograph_model::{ConversationId, Event, MessageId, call::DiscardMessage};
use leptos::prelude::*;

/// The bars.
#[component]
pub fn Leaving(conversation: ConversationId) -> impl IntoView {
    let bars = RwSignal::new(Vec::<(MessageId, u8)>::new());
    on_event(move |event| match event {
        Event::SendProgress { conversation: c, message, percent } if *c == conversation => {
            let (message, percent) = (*message, *percent);
            let _ = bars.try_update(|all| {
                all.retain(|(m, _)| *m != message);
                if percent < 100 {
                    all.push((message, percent));
                }
            });
        }
        Event::SendSettled { message, .. } => {
            let message = *message;
            let _ = bars.try_update(|all| all.retain(|(m, _)| *m != message));
        }
        _ => {}
    });
    let one = move |(message, percent): (MessageId, u8)| {
        let stop = move |_| {
            bars.update(|all| all.retain(|(m, _)| *m != message));
            tell_engine(DiscardMessage { message });
        };
        view! {
            <div class="leaving" data-test="leaving">
                <progress max="100" value=percent.to_string() aria-label="Sending a file"></progress>
                <span class="figures">{format!("Sending a file, {percent} %")}</span>
                <button type="button" class="button quiet small" on:click=stop>"Cancel"</button>
            </div>
        }
        .into_any()
    };
    move || bars.get().into_iter().map(one).collect_view()
}
