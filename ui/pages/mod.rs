//! One module per page, and the two sheets that lie above all of them.

pub mod accounts;
pub mod diagnostics;
pub mod first_start;
pub mod inbox;
pub mod link_used;
pub mod lock;
pub mod palette;
pub mod search;
pub mod settings;
pub mod shortcuts;
