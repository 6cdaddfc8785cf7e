//! The window: the only place that names Tauri. It shows the interface, opens the engine beside it,
//! and gives it a tray, notifications and the system's keychain.

mod account_news;
mod asleep;
mod bridge;
mod copies;
mod files;
mod grouping;
mod home;
mod keychain;
mod launcher;
mod notifier;
mod opening;
#[cfg_attr(not(target_os = "linux"), path = "popups_elsewhere.rs")]
mod popups;
mod saving;
mod sights;
mod sign_in;
mod transfer;
mod tray;
mod window;
mod wishes;

use crate::{
    Engine,
    model::{Settings, call},
    server::{Demo, run_door},
};
use grouping::View;
use home::Given;
use opening::Stage;
use sha2::{Digest, Sha256};
use sights::Sights;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tauri::{AppHandle, Manager, RunEvent};
use tokio::sync::watch;

/// How the app was started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The demo world, in a folder of its own.
    pub demo: bool,
    /// Another data folder than the usual one.
    pub data: Option<PathBuf>,
    /// Where Meta's hosts are reached instead: a proxy, or a simulator.
    pub meta: Option<url::Url>,
    /// Without showing the window.
    pub hidden: bool,
    /// By the system, when the person signed in.
    pub at_login: bool,
}

/// What all parts of the desktop share.
struct Shell {
    options: Options,
    data: PathBuf,
    demo: Arc<Demo>,
    stage: watch::Sender<Stage>,
    /// What each window shows.
    sights: Mutex<Sights>,
    /// What the person has in front of them, of all that.
    view: watch::Sender<View>,
    /// The settings as last read; `None` until the engine is open.
    settings: watch::Sender<Option<Settings>>,
    /// The window may show itself: it has something to show.
    revealed: AtomicBool,
    /// A tray is there to come back from.
    tray: AtomicBool,
}

impl Shell {
    fn new(options: Options, data: PathBuf) -> Self {
        Self {
            options,
            data,
            demo: Arc::new(Demo::new(1)),
            stage: watch::channel(Stage::Opening).0,
            sights: Mutex::default(),
            view: watch::channel(View::default()).0,
            settings: watch::channel(None).0,
            revealed: AtomicBool::new(false),
            tray: AtomicBool::new(false),
        }
    }

    /// A window shows something else, or its focus changed.
    fn sees(&self, change: impl FnOnce(&mut Sights)) {
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut sights);
        let now = sights.view();
        self.view.send_if_modified(|view| std::mem::replace(view, now) != now);
    }

    /// The engine, once it is open.
    fn engine(&self) -> Option<Engine> {
        match &*self.stage.borrow() {
            Stage::Open(engine) => Some(engine.clone()),
            Stage::Opening | Stage::Locked(_) => None,
        }
    }
}

/// Runs the app until the person quits.
///
/// # Errors
/// When the system gives no window.
pub fn run(options: Options) -> Result<(), tauri::Error> {
    let mut context = tauri::generate_context!(assets = files::Interface);
    if let Some(suffix) = identity(&options) {
        // Another folder is another app: its own window, its own first instance.
        context.config_mut().identifier.push_str(&suffix);
    }
    let app = tauri::Builder::default()
        // First, so that a second start ends before it touches anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|a| a == "--hidden" || a == "--at-login") {
                window::bring(app);
            }
        }))
        .plugin(window::remembered())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_autostart::Builder::new().arg("--at-login").build())
        .register_asynchronous_uri_scheme_protocol("media", files::media)
        .register_uri_scheme_protocol("start", |_, request| files::start_page(request.uri().path()))
        .invoke_handler(tauri::generate_handler![
            bridge::call,
            bridge::view,
            bridge::open_link,
            bridge::open_alone,
            bridge::start,
            bridge::unlock,
            saving::save_file,
            sign_in::open_sign_in,
            saving::save_bundle,
            copies::choose_place,
            copies::choose_backup,
            transfer::upload
        ])
        .on_window_event(window::happened)
        .setup(move |app| {
            set_up(app.handle(), options)?;
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| match event {
        RunEvent::Exit => stop(app),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::bring(app),
        _ => {}
    });
    Ok(())
}

/// What tells this start's data apart from the usual one.
fn identity(options: &Options) -> Option<String> {
    match (&options.data, options.demo) {
        (None, false) => None,
        (None, true) => Some(".demo".into()),
        (Some(data), _) => {
            let whole = std::path::absolute(data).unwrap_or_else(|_| data.clone());
            let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
            Some(format!(".at{}", hex::encode(&digest[..6])))
        }
    }
}

fn set_up(app: &AppHandle, options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let data = match &options.data {
        Some(data) => data.clone(),
        None => app.path().app_data_dir()?.join("inbox"),
    };
    let shell = Arc::new(Shell::new(options, data));
    app.manage(Arc::clone(&shell));
    // The engine opens while the webview loads.
    tauri::async_runtime::spawn(begin(app.clone(), Given::Nothing));
    window::create(app)?;
    shell.tray.store(tray::create(app), Ordering::SeqCst);
    tauri::async_runtime::spawn(window::follow_signals(app.clone()));
    Ok(())
}

/// Opens the engine and, when it is open, everything that lives on it.
async fn begin(app: AppHandle, given: Given) {
    let shell = app.state::<Arc<Shell>>().inner().clone();
    shell.stage.send_replace(Stage::Opening);
    let stage = opening::open(&shell, given).await;
    match &stage {
        Stage::Open(engine) => {
            // Each listens before the window is answered, so that it misses nothing.
            bridge::forward(&app, engine);
            wishes::follow(&app, engine).await;
            notifier::start(&app, engine);
            tray::follow(&app, engine);
            asleep::follow(engine);
            copies::open_again_when_restored(&app, engine);
            engine.tasks().keep("webhook door", {
                let engine = engine.clone();
                move |stop| run_door(engine.clone(), stop)
            });
            shell.stage.send_replace(stage.clone());
            window::show_inbox(&app);
            // It begins by itself where it ran before.
            let runs = engine.ask(call::GetStatus {}).await.is_ok_and(|status| status.demo);
            if shell.options.demo
                && !runs
                && let Err(problem) = engine.ask(call::StartDemo {}).await
            {
                tracing::error!(%problem, "the demo world did not start");
            }
        }
        Stage::Locked(_) | Stage::Opening => {
            shell.stage.send_replace(stage);
            window::show_start_page(&app);
        }
    }
}

/// Stops the engine softly before the process ends.
fn stop(app: &AppHandle) {
    window::hide(app);
    let shell = app.state::<Arc<Shell>>().inner().clone();
    if let Some(engine) = shell.engine() {
        tauri::async_runtime::block_on(engine.stop());
    }
}
