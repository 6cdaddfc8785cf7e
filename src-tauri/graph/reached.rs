//! What one reached account is, read from Meta's words about it.

use super::{
    delivery::values::{Object, id, list, object, text},
    login::{Inspected, missing},
};
use crate::{
    model::{Channel, Login, MetaAccountId, Timestamp},
    vault::Secret,
};
use serde_json::Value;

/// Under this key a Page bears the name of the business that it was found through. Not a field of Meta's.
pub(super) const BUSINESS: &str = "found through";

/// An account that a token reaches.
#[derive(Debug, Clone)]
pub struct Reached {
    pub channel: Channel,
    pub login: Login,
    pub meta_id: MetaAccountId,
    /// The Page an Instagram account hangs on.
    pub page_id: Option<String>,
    pub waba_id: Option<String>,
    /// The business it was reached through, by name; `None` = the person's own.
    pub business: Option<String>,
    pub name: String,
    /// "@jaspersmarket", "+1 555 078 3881"; empty when there is none.
    pub handle: String,
    /// The token to call it with: the Page's own, not the one that found it.
    pub token: Secret,
    pub picture_url: Option<String>,
    /// What the person may do on the Page; empty when Meta does not tell.
    pub tasks: Vec<String>,
    pub scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    /// `None` = no end that Meta tells.
    pub expires_at: Option<Timestamp>,
    pub data_access_expires_at: Option<Timestamp>,
}

impl Reached {
    /// Why it would not work fully, in words.
    #[must_use]
    pub fn caution(&self) -> Option<String> {
        if !self.tasks.is_empty()
            && !self.tasks.iter().any(|t| t.contains("MESSAGING") || t.contains("FULL_CONTROL"))
        {
            return Some(
                "You may not write messages on this Page: ask an admin for the task \"Messages\".".into(),
            );
        }
        (!self.missing_scopes.is_empty())
            .then(|| format!("The token lacks the permission {}.", self.missing_scopes.join(", ")))
    }
}

/// Everything that one token reaches.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub accounts: Vec<Reached>,
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
    pub data_access_expires_at: Option<Timestamp>,
}

/// An account of which only the names are known.
pub(super) fn named(meta_id: String, told: &Object, token: &Secret) -> Reached {
    let handle = text(told, "username").map(|u| format!("@{u}")).unwrap_or_default();
    let name = text(told, "name").or_else(|| text(told, "username")).unwrap_or_else(|| meta_id.clone());
    Reached {
        channel: Channel::Messenger,
        login: Login::FacebookPage,
        meta_id: MetaAccountId(meta_id),
        page_id: None,
        waba_id: None,
        business: None,
        name,
        handle,
        token: token.clone(),
        picture_url: None,
        tasks: Vec::new(),
        scopes: Vec::new(),
        missing_scopes: Vec::new(),
        expires_at: None,
        data_access_expires_at: None,
    }
}

/// A Page and the Instagram account linked to it.
pub(super) fn reached(
    page: &Object,
    token: &Secret,
    seen: &Inspected,
    expires_at: Option<Timestamp>,
) -> Vec<Reached> {
    let Some(page_id) = id(page, "id") else {
        return Vec::new();
    };
    let own = text(page, "access_token").map_or_else(|| token.clone(), Secret::new);
    let picture = object(page, "picture");
    let with = |channel, about: Reached| Reached {
        channel,
        business: text(page, BUSINESS),
        tasks: list(page, "tasks").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        scopes: seen.scopes.clone(),
        missing_scopes: missing(channel, Login::FacebookPage, &seen.scopes),
        expires_at,
        data_access_expires_at: seen.data_access_expires_at,
        ..about
    };
    let about = Reached {
        // The picture is an edge, with or without its "data".
        picture_url: picture.map(|p| object(p, "data").unwrap_or(p)).and_then(|p| text(p, "url")),
        ..named(page_id.clone(), page, &own)
    };
    let mut both = vec![with(Channel::Messenger, about)];
    if let Some(linked) = object(page, "instagram_business_account")
        && let Some(instagram) = id(linked, "id")
    {
        let about = Reached {
            page_id: Some(page_id),
            picture_url: text(linked, "profile_picture_url"),
            ..named(instagram, linked, &own)
        };
        both.push(with(Channel::Instagram, about));
    }
    both
}
