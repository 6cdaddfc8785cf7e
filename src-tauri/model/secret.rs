//! Secrets on their way in: a pasted token, an app secret.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Text that must not be printed. It serialises, since the window hands it to the engine; no reply carries one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}
