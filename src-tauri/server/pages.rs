//! The few pages that are not the interface: plain HTML, readable in the dark, and without a script but for one.

use super::gate::TurnedAway;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the page at a return address may do: its own script, which asks nobody.
const RETURN_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// The page at the return address of a sign-in (graph-api a.3). One file without secrets, which any https host can serve
/// as well; what Meta wrote into its address never reaches this program's log or memory.
pub async fn signed_in() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, RETURN_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(include_str!("signed_in.html"))).into_response()
}

/// `body` is ours: nothing of a visitor's ever stands in it.
fn page(status: StatusCode, head: &str, title: &str, body: &str) -> Response {
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
{head}
<title>{title} · Heliograph</title>
<style>
body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 1.35rem; font-weight: 600; margin: 0 0 .5rem; }}
p {{ margin: 0 0 .75rem; }}
code {{ font: .9em ui-monospace, monospace; background: color-mix(in srgb, currentColor 10%, transparent); padding: .15em .4em; border-radius: 4px; }}
</style>
<h1>{title}</h1>
{body}
"#
    );
    (status, [(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}

/// Why the inbox does not open here.
pub fn turned_away(why: TurnedAway) -> Response {
    match why {
        TurnedAway::Unknown => page(
            StatusCode::UNAUTHORIZED,
            "",
            "This browser is not signed in",
            "<p>Each link that <code>heliograph-server</code> prints opens one browser, once. This one was used, or \
             belongs to an earlier start.</p>\
             <p>For a new one, run on the computer where it stands:</p>\
             <p><code>heliograph-server link --data FOLDER</code></p>",
        ),
        TurnedAway::WrongHost => page(
            StatusCode::MISDIRECTED_REQUEST,
            "",
            "Heliograph does not answer to this name",
            "<p>It answers on this computer as <code>127.0.0.1</code> or <code>localhost</code>. If a proxy of yours \
             leads here, start the server with <code>--name</code> and the proxy's host name.</p>",
        ),
        TurnedAway::OtherSite => page(
            StatusCode::FORBIDDEN,
            "",
            "Another site asked",
            "<p>A page of another site tried to use this inbox. Nothing was done.</p>",
        ),
    }
}

/// The interface was not built into this program.
pub fn no_interface() -> Response {
    page(
        StatusCode::SERVICE_UNAVAILABLE,
        "",
        "The interface has not been built",
        "<p>The engine runs, and <code>POST /call</code> answers. To see the inbox, build the interface and start the \
         server again:</p><p><code>cargo xtask ui</code></p>",
    )
}

/// Goes on to the inbox from a page of our own.
pub fn onward() -> Response {
    page(
        StatusCode::OK,
        r#"<meta http-equiv="refresh" content="0;url=/">"#,
        "Opening the inbox",
        r#"<p><a href="/">Open the inbox</a></p>"#,
    )
}
