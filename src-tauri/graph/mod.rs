//! Meta's API in Meta's own words: what a delivery means, and every call we make. It knows no
//! database and no policy; what an error leads to is its *fate*, what a person is told its problem.

/// The one table of Meta's codes.
pub mod codes;
/// What a webhook body means.
pub mod delivery;
/// Errors with a fate.
pub mod error;

pub use error::{Doing, Error, Fate, Refusal};
