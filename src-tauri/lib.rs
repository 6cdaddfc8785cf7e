//! The engine: opened once, called, listened to, stopped. It is complete without a window.
//!
//! The modules stand in the order in which they may use each other: each only uses those above it.

/// Now, or what a test says is now.
pub mod clock;
/// Where things are: data folder, Meta's hosts, limits.
pub mod config;
/// The broadcast of `model::Event`.
pub mod events;
/// What was logged lately, for the support bundle.
pub mod log;
/// Files and folders that only their owner may read.
pub mod private;
/// Named background tasks: restarted with backoff, stopped together.
pub mod tasks;
/// Secrets that never print, the master key, sealing and opening.
pub mod vault;

/// Meta's API in Meta's own words; knows no database and no policy.
pub mod graph;
/// What speaks for two contacts being one person.
pub mod kinship;
/// Files by content hash, fetched once and checked.
pub mod media;
/// SQLite: many readers, one writer with group commit; one file per noun.
pub mod store;

/// Each account's opened access to Meta: token, host, pacing.
pub mod access;
/// The single door in.
pub mod intake;
/// The single door out.
pub mod outbox;

/// Files of messages, fetched while their links live.
pub mod fetch;

/// How news reaches us: import, poll, each source's health.
pub mod sync;

/// Keeps sign-ins good: inspected daily, renewed weekly where that is possible, and told of before they end.
pub mod sign_ins;
/// Wakes what was snoozed when its time has come.
pub mod snooze;
/// Saved views, counted by what changed.
pub mod views;

/// What is done when nobody waits: the index of words, and what is past its time.
pub mod housekeeping;
/// Each account's templates, kept as Meta has them.
pub mod templates;
/// Tells when a reply window ends soon.
pub mod windows;

/// Texts without what is private: for the support bundle.
pub mod redact;

/// The app lock: words between whoever sits at the screen and the inbox.
pub mod lock;

/// What people type into the search box, understood.
pub mod search;

/// Copies of everything: backups, daily copies, restoring, the export, examining the database.
pub mod copies;

/// How the engine answers each call; errors become Problems here.
pub mod answers;

/// The engine, assembled.
mod engine;

/// HTTP: Meta's webhooks, and the same inbox in a browser.
pub mod server;

/// The window: the only place that names Tauri.
#[cfg(feature = "desktop")]
pub mod desktop;

pub use engine::{Engine, OpenError, Opening, forget_secrets};
pub use heliograph_model as model;
