//! Names and pictures of the people who write. Not being told is normal and no error (graph-api b).

use super::{
    Account, Error, Lane, Priority,
    client::Call,
    codes::Class,
    delivery::values::{Object, text},
};
use crate::model::{Channel, MetaPersonId};

/// What Meta shares about a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    pub name: Option<String>,
    /// "@sheena.n".
    pub handle: Option<String>,
    /// Expires within days: fetch it now.
    pub picture_url: Option<String>,
}

impl Account {
    /// The profile of somebody who wrote; `None` = not shared.
    ///
    /// # Errors
    /// As any call; consent and permission refusals are no errors.
    pub async fn profile(&self, person: &MetaPersonId, priority: Priority) -> Result<Option<Profile>, Error> {
        let fields = match self.channel() {
            Channel::Messenger => "first_name,last_name,name,profile_pic",
            Channel::Instagram => "name,username,profile_pic",
            // A name comes with each message, and there is no call for more.
            Channel::WhatsApp => return Ok(None),
        };
        let call = Call::get(self.host(), [person.as_str()]).with("fields", fields);
        match self.call(call, Lane::Others, priority).await {
            Ok(answer) => Ok(answer.as_object().and_then(read)),
            // A profile is a feature of its own: without it the account works all the same.
            Err(e) if matches!(e.class(), Some(Class::NotShared | Class::Missing | Class::Setup)) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

fn read(p: &Object) -> Option<Profile> {
    let whole = || {
        let parts: Vec<String> = ["first_name", "last_name"].iter().filter_map(|key| text(p, key)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    let profile = Profile {
        name: text(p, "name").or_else(whole).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        handle: text(p, "username").map(|u| format!("@{}", u.trim_start_matches('@'))),
        picture_url: text(p, "profile_pic"),
    };
    (profile != Profile::default()).then_some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_empty_profile_is_not_shared_and_names_are_put_together() {
        let of = |json: serde_json::Value| read(json.as_object().unwrap());
        assert_eq!(of(json!({"id": "1"})), None);
        let named = of(json!({"first_name": "Ana", "last_name": "Lima", "id": "1"})).unwrap();
        assert_eq!(named.name.as_deref(), Some("Ana Lima"));
        let instagram = of(json!({"username": "ana", "profile_pic": "https://x.fbcdn.net/1"})).unwrap();
        assert_eq!(instagram.handle.as_deref(), Some("@ana"));
    }
}
