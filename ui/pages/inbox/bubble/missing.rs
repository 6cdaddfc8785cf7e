//! A file that is not here: why, and what helps.

use super::shape::name_of;
use crate::{
    format,
    live::order,
    parts::{Button, Icon, IconView},
    route::{Route, router},
};
use heliograph_model::{Attachment, FileState, MessageId, call::FetchAgain};
use leptos::prelude::*;

/// Why it is not here, in one sentence.
#[must_use]
pub fn words(a: &Attachment) -> String {
    let what = name_of(a);
    let thing = what.to_lowercase();
    match a.state {
        FileState::Waiting => format!("{what}, being fetched"),
        FileState::Expired => format!("Meta’s link to this {thing} has ended."),
        FileState::Refused if a.fault.is_empty() => {
            format!("This {thing} was not kept: the file is not what it was said to be, or could do harm.")
        }
        FileState::Refused => format!("This {thing} was not kept. {}", a.fault),
        FileState::TooLarge => match a.bytes {
            Some(n) => format!("This {thing} is larger ({}) than is kept here.", format::bytes(n)),
            None => format!("This {thing} is larger than is kept here."),
        },
        FileState::Evicted => format!("This {thing} was kept, and was removed to save space."),
        FileState::None | FileState::Kept => format!("This {thing} is not kept here."),
    }
}

/// What a person can do about it, where nothing can be done here.
const fn help(a: &Attachment) -> &'static str {
    match a.state {
        _ if a.again => "",
        FileState::Expired | FileState::Evicted | FileState::None | FileState::Kept => {
            "It may still be in the app it was sent with; or ask for it again."
        }
        FileState::Refused | FileState::TooLarge => "It can be looked at in the app it was sent with.",
        FileState::Waiting => "",
    }
}

/// Why and what helps, in place of the file.
#[component]
pub fn Missing(message: MessageId, a: Attachment) -> impl IntoView {
    let fetch = order::<FetchAgain>(|()| ());
    let about_room = matches!(a.state, FileState::TooLarge | FileState::Evicted);
    let icon = match a.kind.as_str() {
        "image" | "sticker" => Icon::NoImage,
        "video" => Icon::Video,
        "audio" | "voice" => Icon::Voice,
        _ => Icon::File,
    };
    let name = (!a.name.is_empty()).then(|| view! { <bdi class="missing-name">{a.name.clone()}</bdi> });
    view! {
        <div class="missing" data-test="missing" data-state=a.state.key()>
            <IconView icon />
            <div>
                {name}
                <p>{words(&a)}</p>
                {Some(help(&a)).filter(|h| !h.is_empty()).map(|help| view! { <p class="quiet">{help}</p> })}
                <p class="missing-ways">
                    {a.again
                        .then(|| {
                            let press = Callback::new(move |()| fetch.run(FetchAgain { message }));
                            view! { <Button label="Fetch it again" small=true busy=fetch.busy on_press=press test="fetch-again" /> }
                        })}
                    {about_room
                        .then(|| {
                            view! {
                                <button type="button" class="link" on:click=move |_| router().go(Route::Settings)>
                                    "Change what is kept"
                                </button>
                            }
                        })}
                </p>
            </div>
        </div>
    }
    .into_any()
}
