//! The rules of notifications, proved without a desktop: the file they stand in names no Tauri.

#[path = "../src-tauri/desktop/grouping.rs"]
#[allow(dead_code, reason = "the desktop uses all of it")]
mod grouping;
