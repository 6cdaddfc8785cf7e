//! What Meta tells of an account by webhook, and where to: a field comes if the account's app is told of it and the
//! app has an address for it (graph-api d.2).

use serde::{Deserialize, Serialize};

/// Both levels, as Meta tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    /// Apps that are told of this account, by name.
    pub apps: Vec<String>,
    /// What the app is told of this account; `None` where Meta names no fields (WhatsApp: all or nothing).
    pub account: Option<Fields>,
    pub address: AppAddress,
}

/// The fields of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Fields {
    pub has: Vec<String>,
    /// Needed here and not among them.
    pub lacks: Vec<String>,
}

/// Where Meta sends the webhooks of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "address", rename_all = "snake_case")]
pub enum AppAddress {
    /// Only the app itself can tell, and it is not known here.
    NotKnown,
    Nowhere,
    To {
        url: String,
        /// `false` = Meta has switched it off after failures.
        active: bool,
        fields: Fields,
    },
}

impl Subscriptions {
    /// Whether everything needed is told, as far as Meta says.
    #[must_use]
    pub fn complete(&self) -> bool {
        let account = !self.apps.is_empty() && self.account.as_ref().is_none_or(|f| f.lacks.is_empty());
        account
            && match &self.address {
                AppAddress::NotKnown => true,
                AppAddress::Nowhere => false,
                AppAddress::To { active, fields, .. } => *active && fields.lacks.is_empty(),
            }
    }
}
