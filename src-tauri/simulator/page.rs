//! The few pages a person sees: the front, the sign-in dialog, and what is wrong with a sign-in.

use crate::accounts::USER_NAME;
use crate::call::{Call, Reply};
use crate::seed::SHOP;
use crate::world::World;

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #eef1f5; --card: #fff; --ink: #1c2733; --soft: #5b6b7b; --line: #d9e0e8; --act: #0a66d6 }
@media (prefers-color-scheme: dark) { :root { --ground: #12171d; --card: #1c232b; --ink: #e6ebf0; --soft: #97a5b3; --line: #303a45; --act: #5aa2ff } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; padding: 24px }
main { background: var(--card); border: 1px solid var(--line); border-radius: 16px; padding: 32px; max-width: 560px; width: 100% }
h1 { font-size: 22px; margin: 0 0 8px } p { margin: 0 0 16px; color: var(--soft) } small { color: var(--soft) }
ul { list-style: none; margin: 0 0 24px; padding: 0; border: 1px solid var(--line); border-radius: 12px }
li { padding: 8px 14px; border-top: 1px solid var(--line); display: flex; justify-content: space-between; gap: 0 16px;
  align-items: baseline; flex-wrap: wrap } li:first-child { border: 0 }
li b { font-weight: 500; font-size: 15px } li span { color: var(--soft); font-size: 12px }
form { display: flex; gap: 12px } button { flex: 1; font: inherit; padding: 12px; border-radius: 10px; border: 1px solid var(--line);
  background: none; color: inherit; cursor: pointer } button.main { background: var(--act); border-color: var(--act); color: #fff; font-weight: 600 }
button:focus-visible { outline: 3px solid var(--act); outline-offset: 2px } code { font-size: 13px; white-space: nowrap }";

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
}

/// `text` as HTML.
fn shown(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What a scope means, in words.
fn meaning(scope: &str) -> &str {
    match scope {
        "pages_show_list" => "See the Pages you manage",
        "business_management" => "See your business",
        "pages_messaging" => "Read and answer messages to your Page",
        "pages_manage_metadata" => "Tell the app of new messages",
        "pages_read_engagement" => "Read what your Page shows",
        "instagram_basic" | "instagram_business_basic" => "See your Instagram profile",
        "instagram_manage_messages" | "instagram_business_manage_messages" => {
            "Read and answer Instagram messages"
        }
        "whatsapp_business_management" => "See your WhatsApp accounts",
        "whatsapp_business_messaging" => "Send WhatsApp messages",
        "email" => "See your e-mail address",
        _ => "See your name and picture",
    }
}

/// The sign-in dialog: what is asked for, and two buttons.
pub(crate) fn dialog(world: &World, call: &Call, instagram: bool, scopes: &[String]) -> Reply {
    let app = if instagram { &world.instagram_app } else { &world.app };
    let (network, who) = if instagram {
        let account = &world.accounts[world.account_of(crate::world::Channel::Instagram)];
        ("Instagram", format!("@{}", account.handle))
    } else {
        ("Facebook", USER_NAME.to_owned())
    };
    let asked: String =
        scopes.iter().map(|s| format!("<li><b>{}</b><span>{}</span></li>", meaning(s), shown(s))).collect();
    let kept: String = call
        .params
        .iter()
        .filter(|(name, _)| *name != "decision")
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", shown(name), shown(value))
        })
        .collect();
    let body = format!(
        "<h1>Continue as {}?</h1><p><b>{}</b> asks to work with {SHOP} on {network}:</p><ul>{asked}</ul>\
         <form method=\"post\">{kept}<button name=\"decision\" value=\"cancel\">Cancel</button>\
         <button class=\"main\" name=\"decision\" value=\"continue\" autofocus>Continue</button></form>\
         <p style=\"margin:16px 0 0\"><small>This is Heliograph's simulator, not {network}. Nothing leaves this computer.</small></p>",
        shown(&who),
        shown(app.name),
    );
    Reply::html(200, &page(&format!("Log in with {network}"), &body))
}

/// Why a sign-in cannot go on.
pub(crate) fn trouble(title: &str, why: &str) -> Reply {
    let body = format!("<h1>{}</h1><p style=\"margin:0\">{}</p>", shown(title), shown(why));
    Reply::html(400, &page(title, &body))
}

/// The front page: what this is and how to talk to it.
pub(crate) fn front(world: &World) -> Reply {
    let accounts: String = world
        .accounts
        .iter()
        .map(|a| {
            let held: usize = a.people.len();
            format!(
                "<li><b>{} · {}</b><span>{} · {held} conversations</span></li>",
                shown(&a.name),
                a.channel.word(),
                shown(&a.id)
            )
        })
        .collect();
    let body = format!(
        "<h1>A Meta to practise against</h1><p>This is Heliograph's simulator. It answers as Meta's Graph API does for \
         one small shop:</p><ul>{accounts}</ul><p style=\"margin:0\">Tokens: <code>/_sim/accounts</code> · somebody writes: \
         <code>POST /_sim/say</code> · something fails: <code>POST /_sim/faults</code> · everything else: <code>/_sim</code></p>"
    );
    Reply::html(200, &page("Heliograph simulator", &body))
}
