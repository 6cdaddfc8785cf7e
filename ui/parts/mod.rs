//! The pieces every page is made of. Each has hover, focus-visible, active, disabled and busy states.

mod avatar;
mod badge;
mod button;
mod channel;
mod copy;
mod dialog;
mod empty;
mod field;
mod focus;
mod icon;
mod menu;
mod note;
mod secret_field;
mod tooltip;
mod virtual_list;

pub use avatar::*;
pub use badge::*;
pub use button::*;
pub use channel::*;
pub use copy::*;
pub use dialog::*;
pub use empty::*;
pub use field::*;
pub use focus::*;
pub use icon::*;
pub use menu::*;
pub use note::*;
pub use secret_field::*;
pub use tooltip::*;
pub use virtual_list::*;
