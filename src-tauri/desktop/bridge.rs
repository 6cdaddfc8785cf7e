//! What the window may ask, and how it hears of changes. Five commands (a sixth stands in saving.rs), each with a
//! permission of its own; everything about the inbox goes through `call`.

use super::{
    Shell, begin,
    home::Given,
    opening::{Choice, Lock, Stage, forgetting, given},
    window,
};
use crate::{
    Engine,
    events::Listener,
    model::{Code, ConversationId, Event, Problem, call::Envelope},
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tauri::{AppHandle, Emitter, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use url::Url;

/// The name under which the window hears events.
const EVENT: &str = "heliograph";
/// Events of one moment are told together, each once.
const MOMENT: Duration = Duration::from_millis(12);

type Shared<'a> = State<'a, Arc<Shell>>;

/// Asks the engine. A call during the start waits for it.
#[tauri::command]
pub async fn call(app: AppHandle, shell: Shared<'_>, envelope: Envelope<Value>) -> Result<Value, Problem> {
    // The interface asks for the first time: it stands, so there is something to see.
    window::reveal(&app);
    let mut stage = shell.stage.subscribe();
    let settled = stage.wait_for(|stage| !matches!(stage, Stage::Opening)).await.map(|stage| stage.clone());
    match settled {
        Ok(Stage::Open(engine)) => engine.call(&envelope.call, envelope.with).await,
        _ => Err(Problem::new(Code::Locked, "The inbox is not open yet.")),
    }
}

/// What this window has on screen: no notification is needed about that.
#[tauri::command]
pub fn view(window: WebviewWindow, shell: Shared<'_>, conversation: Option<ConversationId>, visible: bool) {
    shell.sees(|sights| sights.shows(window.label(), conversation.filter(|_| visible)));
}

/// Opens a link of a message in the system's browser, mailer or telephone.
#[tauri::command]
pub async fn open_link(url: String) -> Result<(), Problem> {
    let refused = |why: &str| Problem::new(Code::NotAllowed, why);
    let url = allowed(&url).ok_or_else(|| refused("Only web, mail and telephone links are opened."))?;
    let opened = tauri::async_runtime::spawn_blocking(move || {
        tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
    });
    match opened.await {
        Ok(Ok(())) => Ok(()),
        _ => Err(refused("The system has no program that opens this link.")),
    }
}

/// The link, when its scheme may leave the app. What is opened is what was checked, not what was given.
fn allowed(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "https" | "http" | "mailto" | "tel").then_some(url)
}

/// Opens a conversation in a window of its own, or brings that window forward.
#[tauri::command]
pub async fn open_alone(app: AppHandle, conversation: ConversationId) -> Result<(), Problem> {
    window::open_alone(&app, conversation).map_err(|error| {
        tracing::error!(%error, "a further window could not be opened");
        Problem::new(Code::Internal, "The window could not be opened.")
    })
}

/// What the start page shows; `None` = the inbox is open or opening.
#[tauri::command]
pub fn start(app: AppHandle, shell: Shared<'_>) -> Option<Lock> {
    window::reveal(&app);
    match &*shell.stage.borrow() {
        Stage::Locked(lock) => Some(Lock::clone(lock)),
        Stage::Opening | Stage::Open(_) => None,
    }
}

/// Goes on with what the person chose. Answers the next page, or `None` when the window moves on.
#[tauri::command]
pub async fn unlock(app: AppHandle, shell: Shared<'_>, choice: Choice) -> Result<Option<Lock>, String> {
    if !matches!(&*shell.stage.borrow(), Stage::Locked(_)) {
        return Ok(None);
    }
    let given = match choice {
        Choice::Quit => {
            app.exit(0);
            return Ok(None);
        }
        Choice::OpenFolder => {
            let folder = shell.data.clone();
            let opened = tauri::async_runtime::spawn_blocking(move || {
                tauri_plugin_opener::open_path(folder, None::<&str>)
            });
            return match opened.await {
                Ok(Ok(())) => Err(String::new()),
                _ => Err(format!("The system opens no folders. It is {}.", shell.data.display())),
            };
        }
        Choice::ForgetSecrets => {
            let lock = Arc::new(forgetting());
            shell.stage.send_replace(Stage::Locked(Arc::clone(&lock)));
            return Ok(Some(Lock::clone(&lock)));
        }
        Choice::PickKeyFile => match pick(&app).await {
            Some(file) => Given::File(file),
            None => return Err(String::new()),
        },
        Choice::RestoreDaily => {
            super::copies::restore_newest(&shell.data).await?;
            Given::Nothing
        }
        other => given(other, &shell.data)?,
    };
    begin(app.clone(), given).await;
    Ok(match &*shell.stage.borrow() {
        Stage::Locked(lock) => Some(Lock::clone(lock)),
        Stage::Opening | Stage::Open(_) => None,
    })
}

/// The file the person picks; `None` when they thought better of it.
async fn pick(app: &AppHandle) -> Option<std::path::PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("The key file").pick_file(move |file| {
        let _ = tell.send(file);
    });
    told.await.ok().flatten()?.into_path().ok()
}

/// Tells the window what the engine tells, until the engine ends.
pub fn forward(app: &AppHandle, engine: &Engine) {
    let (app, heard) = (app.clone(), engine.clone());
    let mut events = engine.events();
    engine.tasks().once({
        let stop = engine.tasks().stopping();
        async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = pass_on(&app, &heard, &mut events) => {}
            }
        }
    });
}

/// A locked window hears of the lock alone.
async fn pass_on(app: &AppHandle, engine: &Engine, events: &mut Listener) {
    while let Some(first) = events.next().await {
        if !engine.may_hear(&first) {
            continue;
        }
        tell(app, &first);
        // The first of a moment is told at once, the others together.
        let mut more: Vec<Event> = Vec::new();
        let gather = async {
            while let Some(event) = events.next().await {
                if engine.may_hear(&event) && !more.contains(&event) {
                    more.push(event);
                }
            }
        };
        let _ = tokio::time::timeout(MOMENT, gather).await;
        for event in &more {
            tell(app, event);
        }
    }
}

fn tell(app: &AppHandle, event: &Event) {
    if let Err(error) = app.emit(EVENT, event) {
        tracing::debug!(%error, "an event did not reach the window");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_mail_and_telephone_leave_the_app() {
        for good in
            ["https://example.org/a?b#c", "http://example.org", "mailto:a@example.org", "tel:+4912345"]
        {
            assert!(allowed(good).is_some(), "{good}");
        }
        for bad in
            ["file:///etc/passwd", "javascript:alert(1)", "ssh://host", "", "no link", "media://localhost/x"]
        {
            assert!(allowed(bad).is_none(), "{bad}");
        }
    }
}
