//! From a closed door to the first delivery, step by step.

use crate::{
    ipc,
    parts::{CopyLine, Icon, IconView},
};
use leptos::prelude::*;

/// The command that brings the internet to `listen`; any tunnel does.
fn tunnel(listen: &str) -> String {
    format!("cloudflared tunnel --url http://{}", super::reached_at(listen))
}

/// The steps, folded away until wanted.
#[component]
pub fn HowTo(
    #[prop(into)] local: Signal<String>,
    #[prop(into)] path: Signal<String>,
    listen: RwSignal<String>,
) -> impl IntoView {
    let command = Signal::derive(move || listen.with(|l| tunnel(l)));
    let callback = Signal::derive(move || format!("https://<name of your tunnel>{}", path.get()));
    let dashboard = move |e: web_sys::MouseEvent| {
        e.prevent_default();
        ipc::open_link("https://developers.facebook.com/apps/");
    };
    view! {
        <details class="how-to">
            <summary><IconView icon=Icon::Forward />"How to set it up, step by step"</summary>
            <ol class="steps">
                <li>
                    <strong>"Open the door"</strong>
                    <p>"With the switch above. It then answers at " <code>{move || local.get()}</code>"."</p>
                </li>
                <li>
                    <strong>"Bring the internet to it"</strong>
                    <p>"Meta needs an https address. A tunnel gives one without touching your router; any will do, for instance:"</p>
                    <CopyLine what="the command" text=command />
                </li>
                <li>
                    <strong>"Give the app secret"</strong>
                    <p>"App settings, Basic, App secret in Meta’s dashboard; for Instagram Login the Instagram app secret. Add it above."</p>
                </li>
                <li>
                    <strong>"Tell Meta where to call"</strong>
                    <p>
                        "In "
                        <a class="out-link" href="https://developers.facebook.com/apps/" target="_blank" rel="noreferrer" on:click=dashboard>
                            "your app"<IconView icon=Icon::External />
                        </a>
                        " under Webhooks choose Page, Instagram or WhatsApp Business Account. Callback URL:"
                    </p>
                    <CopyLine what="the callback URL" text=callback />
                    <p>"Paste the verify token from above and press Verify and save. Meta knocks at once; a tick there proves that it reaches you."</p>
                </li>
                <li>
                    <strong>"Subscribe"</strong>
                    <p>
                        "Switch on " <code>"messages"</code> " everywhere; for Pages also " <code>"message_echoes"</code> ", "
                        <code>"message_deliveries"</code> " and " <code>"message_reads"</code> "; for Instagram also " <code>"messaging_seen"</code> "."
                    </p>
                </li>
                <li>
                    <strong>"Switch the app to Live"</strong>
                    <p>"In development mode Meta sends only the dashboard’s own test messages."</p>
                </li>
                <li>
                    <strong>"Write to yourself"</strong>
                    <p>"Send a message from another account. Accepted goes up by one and the message is in the inbox."</p>
                </li>
            </ol>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tunnel_leads_to_where_the_door_listens() {
        assert_eq!(tunnel("0.0.0.0:9000"), "cloudflared tunnel --url http://127.0.0.1:9000");
        assert_eq!(tunnel(" 127.0.0.1:9000 "), "cloudflared tunnel --url http://127.0.0.1:9000");
    }
}
