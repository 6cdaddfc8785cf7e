//! HTTP, embedded in the desktop or headless: Meta's webhooks, and the same inbox in a browser.

mod copies;
mod demo;
mod door;
mod files;
/// Who may see the inbox over HTTP.
pub mod gate;
/// The master key where no keychain gives it: environment, file, passphrase.
pub mod key;
/// One way to listen, with limits and a soft stop.
pub mod listen;
/// Files of the media store over HTTP.
pub mod media;
mod pages;
/// The inbox in a browser.
pub mod web;
/// Meta's deliveries.
pub mod webhook;

pub use demo::Demo;
pub use door::run_door;
pub use files::interface;

pub use crate::private;
