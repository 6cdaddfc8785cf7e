//! What every part of Heliograph talks about: ids, nouns, requests and their replies, events and
//! problems. Serde only; compiles to wasm, so the interface and the engine share every word.

/// An Instagram, Messenger or WhatsApp account, how it signed in, and how it is doing.
pub mod account;
/// What happened in a conversation without being said.
pub mod activity;
/// A file or card that travels with a message.
pub mod attachment;
/// The blanks of a template.
pub mod blank;
/// Every request, its reply, and what makes its answer stale.
pub mod call;
/// The person on the other side.
pub mod contact;
/// A thread with one person on one account, as the list shows it.
pub mod conversation;
/// Backups, daily copies, the export, and the state of the database.
pub mod copies;
/// "Why do I receive nothing?", link by link.
pub mod diagnosis;
/// How the program itself is doing.
pub mod diagnostics;
/// Leaving: how much there is, what ends at Meta's side, what became of it.
pub mod disconnect;
/// Small facts with ids: what changed.
pub mod event;
/// Ours are integers, Meta's are text.
pub mod id;
/// The app lock: words between whoever sits at the screen and the inbox.
pub mod lock;
/// One message, where it came from and what became of it.
pub mod message;
/// What went wrong, in words, with the button that helps.
pub mod problem;
/// Finding messages and people.
pub mod search;
/// Text that is never printed.
pub mod secret;
/// How a reply leaves besides its words, and what waits to leave.
pub mod sending;
/// What the person at the desk chose.
pub mod settings;
/// Signing in, and why a sign-in is good no longer.
pub mod sign_in;
mod stale;
/// The engine's own state: version, storage, the webhook door, sources.
pub mod status;
/// What Meta tells of an account by webhook, and where to.
pub mod subscription;
/// Messages that Meta has approved beforehand.
pub mod template;
/// Milliseconds since 1970, UTC.
pub mod time;
/// Files about to be sent, and what each channel takes.
pub mod upload;
/// How long a reply may leave, and what may leave after that.
pub mod window;
/// Working the inbox: states, acts, labels, colleagues, views.
pub mod work;

pub use account::*;
pub use activity::*;
pub use attachment::*;
pub use blank::*;
pub use call::{Query, Request};
pub use contact::*;
pub use conversation::*;
pub use copies::*;
pub use diagnosis::*;
pub use diagnostics::*;
pub use disconnect::*;
pub use event::*;
pub use id::*;
pub use lock::*;
pub use message::*;
pub use problem::*;
pub use search::*;
pub use secret::*;
pub use sending::*;
pub use settings::*;
pub use sign_in::*;
pub use status::*;
pub use subscription::*;
pub use template::*;
pub use time::*;
pub use upload::*;
pub use window::*;
pub use work::*;
