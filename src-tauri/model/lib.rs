//! What every part of Heliograph talks about: ids, nouns, requests and their replies, events and
//! problems. Serde only; compiles to wasm, so the interface and the engine share every word.

/// Ours are integers, Meta's are text.
pub mod id;
/// Milliseconds since 1970, UTC.
pub mod time;
/// Text that is never printed.
pub mod secret;
/// An Instagram, Messenger or WhatsApp account, how it signed in, and how it is doing.
pub mod account;
/// The person on the other side.
pub mod contact;
/// A thread with one person on one account, as the list shows it.
pub mod conversation;
/// One message, where it came from and what became of it.
pub mod message;
/// A file or card that travels with a message.
pub mod attachment;
/// Finding messages and people.
pub mod search;
/// What the person at the desk chose.
pub mod settings;
/// The engine's own state: version, storage, the webhook door, sources.
pub mod status;
/// Small facts with ids: what changed.
pub mod event;
/// What went wrong, in words, with the button that helps.
pub mod problem;
/// Every request, its reply, and what makes its answer stale.
pub mod call;

pub use account::*;
pub use attachment::*;
pub use call::{Query, Request};
pub use contact::*;
pub use conversation::*;
pub use event::*;
pub use id::*;
pub use message::*;
pub use problem::*;
pub use search::*;
pub use secret::*;
pub use settings::*;
pub use status::*;
pub use time::*;
