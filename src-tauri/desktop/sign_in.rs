//! Meta's sign-in in a window of its own: shown, watched where it is led, closed at Meta's last page (graph-api a.3).
//! The window may ask the engine nothing, keeps no cookies, and names in its title whose page it shows.

use super::Shell;
use crate::{
    Engine,
    model::{Code, Problem, SecretText, call},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tauri::{
    AppHandle, Manager, State, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent,
    webview::{NewWindowResponse, PageLoadEvent},
};

const LABEL: &str = "sign-in";

/// Shows Meta's page of a sign-in that waits; what the window is led to at the end goes to the engine. The interface
/// names the sign-in only: which page is shown is the engine's to say.
#[tauri::command]
pub async fn open_sign_in(
    app: AppHandle,
    shell: State<'_, Arc<Shell>>,
    sign_in: String,
) -> Result<(), Problem> {
    let engine = shell.engine().ok_or_else(|| Problem::new(Code::Locked, "The inbox is not open yet."))?;
    let Some((page, last)) = engine.sign_in_page(&sign_in) else {
        return Err(Problem::new(Code::NotFound, "This sign-in is over. Start it again."));
    };
    if let Some(window) = app.get_webview_window(LABEL) {
        // Of this sign-in or an earlier one, whose end is not this one's.
        let _ = window.destroy();
    }
    show(&app, Watch { engine, sign_in, last, over: Arc::default() }, page).map_err(|error| {
        tracing::error!(%error, "the sign-in's window could not be opened");
        Problem::new(Code::Internal, "The window could not be opened. Sign in with the browser instead.")
    })
}

/// Waits for the window's end.
#[derive(Clone)]
struct Watch {
    engine: Engine,
    sign_in: String,
    /// Meta's last page.
    last: Url,
    /// It was reached.
    over: Arc<AtomicBool>,
}

fn show(app: &AppHandle, watch: Watch, page: Url) -> tauri::Result<()> {
    let (going, loaded, closed) = (watch.clone(), watch.clone(), watch);
    let (here, home) = (app.clone(), page.clone());
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(page))
        .title("Sign in at Meta")
        .inner_size(520.0, 720.0)
        .min_inner_size(360.0, 480.0)
        .incognito(true)
        .on_navigation(move |url| {
            if going.reached(url) {
                going.finish(&here, url);
                return false;
            }
            may_go(url, &home)
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(move |window, load| {
            // Where a redirect is not told beforehand.
            if loaded.reached(load.url()) {
                loaded.finish(window.app_handle(), load.url());
            } else if load.event() == PageLoadEvent::Finished
                && let Some(host) = load.url().host_str()
            {
                let _ = window.set_title(&format!("{host} \u{b7} Sign in at Meta"));
            }
        })
        .build()?;
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            closed.give_up();
        }
    });
    Ok(())
}

/// Secure pages, since a sign-in may lead over several of Meta's hosts; and the host that stands in for Meta.
fn may_go(url: &Url, page: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "about" => url.as_str() == "about:blank",
        "http" => page.scheme() == "http" && url.origin() == page.origin(),
        _ => false,
    }
}

impl Watch {
    fn reached(&self, url: &Url) -> bool {
        url.origin() == self.last.origin() && url.path() == self.last.path()
    }

    /// Hands over what Meta wrote into the address, and closes the window. Once.
    fn finish(&self, app: &AppHandle, url: &Url) {
        if self.over.swap(true, Ordering::SeqCst) {
            return;
        }
        let (watch, app) = (self.clone(), app.clone());
        let landed = SecretText(url.as_str().to_owned());
        tauri::async_runtime::spawn(async move {
            if let Some(window) = app.get_webview_window(LABEL) {
                let _ = window.destroy();
            }
            super::window::bring(&app);
            let finish = call::FinishSignIn { sign_in: watch.sign_in.clone(), landed };
            if let Err(problem) = watch.engine.ask(finish).await {
                tracing::warn!(%problem, "a sign-in ended at Meta's last page without a token");
                watch.cancel().await;
            }
        });
    }

    /// The person closed the window.
    fn give_up(&self) {
        if !self.over.load(Ordering::SeqCst) {
            let watch = self.clone();
            tauri::async_runtime::spawn(async move { watch.cancel().await });
        }
    }

    async fn cancel(&self) {
        let cancel = call::CancelSignIn { sign_in: self.sign_in.clone() };
        if let Err(problem) = self.engine.ask(cancel).await {
            tracing::debug!(%problem, "a sign-in could not be given up");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_secure_pages_and_with_whoever_stands_in_for_meta() {
        let may = |url: &str, page: &str| may_go(&Url::parse(url).unwrap(), &Url::parse(page).unwrap());
        let meta = "https://www.facebook.com/v26.0/dialog/oauth";
        assert!(
            may("https://www.facebook.com/login.php", meta)
                && may("https://m.facebook.com/checkpoint/", meta)
        );
        assert!(may("http://127.0.0.1:9/dialog/oauth", "http://127.0.0.1:9/v26.0/dialog/oauth"));
        for abroad in [
            "http://www.facebook.com/",
            "http://127.0.0.1:9/",
            "file:///etc/passwd",
            "tauri://localhost/",
            "data:text/html,x",
        ] {
            assert!(!may(abroad, meta), "{abroad}");
        }
    }
}
