//! The rules of notifications, proved without a desktop: the files they stand in name no Tauri.

#[path = "../src-tauri/desktop/grouping.rs"]
#[allow(dead_code, reason = "the desktop uses all of it")]
mod grouping;

#[path = "../src-tauri/desktop/sights.rs"]
#[allow(dead_code, reason = "the desktop uses all of it")]
mod sights;

#[path = "../src-tauri/desktop/account_news.rs"]
#[allow(dead_code, reason = "the desktop uses all of it")]
mod account_news;
