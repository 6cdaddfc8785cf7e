//! Meta's API in Meta's own words: what a delivery means, and every call we make. It knows no
//! database and no policy; what an error leads to is its *fate*, what a person is told its problem.

mod accounts;
mod client;
pub mod codes;
mod conversations;
pub mod delivery;
mod error;
mod files;
pub mod landing;
mod leaving;
pub mod login;
mod media;
mod messaging;
mod moderation;
mod pace;
mod paging;
mod past;
mod profiles;
mod reached;
mod refusal;
pub mod signature;
mod subscriptions;
mod templates;
mod usage;
mod whatsapp;

#[cfg(test)]
mod tests;

pub use client::{Access, Account, Graph};
pub use conversations::{Still, Thread, WITH_DETAILS};
pub use error::{Doing, Error, Fate};
pub use files::{FileSend, Progress, UploadFile};
pub use landing::{Gift, Landing};
pub use leaving::Signer;
pub use login::{Granted, TokenState};
pub use media::{LINK_LIFE, MediaLink};
pub use messaging::{SentAs, Words};
pub use pace::Priority;
pub use paging::Page;
pub use past::{PastMessage, SentThere, reread};
pub use profiles::Profile;
pub use reached::{Found, Reached};
pub use refusal::Refusal;
pub use subscriptions::{Callback, Subscription};
pub use templates::{TemplateSend, TemplateTold};
pub use usage::Usage;

use pace::{Lane, Pace};
