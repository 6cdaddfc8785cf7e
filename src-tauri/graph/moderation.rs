//! Keeping a person from writing to an account (graph-api b `moderate_conversations`, g.4 `block_users`).

use super::{
    Account, Doing, Error, Lane, Priority,
    client::{Body, Call},
    delivery::values::{list, object},
};
use crate::model::{Channel, MetaPersonId};
use reqwest::Method;
use serde_json::{Value, json};

impl Account {
    /// Blocks `person` or lets them write again; `false` = Meta took the call and did not do it.
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn block(&self, person: &MetaPersonId, on: bool) -> Result<bool, Error> {
        let call = if self.channel() == Channel::WhatsApp {
            let body = json!({"messaging_product": "whatsapp", "block_users": [{"user": person.as_str()}]});
            let call = Call::post(self.host(), [self.node(), "block_users"], Body::Json(body), Doing::Asking);
            if on { call } else { Call { method: Method::DELETE, ..call } }
        } else {
            let action = if on { "BLOCK_USER" } else { "UNBLOCK_USER" };
            let body = json!({"user_ids": [{"id": person.as_str()}], "actions": [action]});
            // An Instagram account is named by its own id here, also where it is reached through a Page.
            let node = self.access().meta_id.as_str();
            Call::post(self.host(), [node, "moderate_conversations"], Body::Json(body), Doing::Asking)
        };
        let answer = self.call(call, Lane::Others, Priority::Interactive).await?;
        Ok(done(&answer))
    }
}

/// WhatsApp answers with those for whom it failed; the shape of a success is not relied upon.
fn done(answer: &Value) -> bool {
    let failed = answer.as_object().and_then(|answer| object(answer, "block_users"));
    failed.is_none_or(|users| list(users, "failed_users").is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_among_the_failed_is_not_blocked() {
        assert!(done(&json!({"success": true})));
        assert!(done(&json!({"block_users": {"added_users": [{"input": "1"}]}})));
        assert!(!done(&json!({"block_users": {"added_users": [], "failed_users": [{"input": "1"}]}})));
    }
}
