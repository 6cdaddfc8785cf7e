//! The shop keeps a person from writing (graph-api b, g.4).

use crate::accounts::require;
use crate::call::{Call, Reply};
use crate::error::GraphError;
use crate::simulator::{Simulator, known};
use crate::tokens::Token;
use crate::world::{Channel, World};
use axum::http::Method;
use serde_json::{Value, json};

impl Simulator {
    /// Whether the shop keeps this person from writing.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn is_shut_out(&self, account: &str, person: &str) -> bool {
        let world = self.shared.world();
        let account = known(&world, account);
        world.thread_of(account, person).is_some_and(|thread| world.threads[thread].shut_out)
    }

    /// Keeps a thread of Messenger among the message requests until the shop writes. Nothing where nobody wrote.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn keep_as_request(&self, account: &str, person: &str) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        if let Some(thread) = world.thread_of(account, person) {
            world.threads[thread].request = true;
        }
    }
}

/// `POST /{account}/moderate_conversations`.
pub(crate) fn moderate(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Reply, GraphError> {
    match world.accounts[account].channel {
        Channel::WhatsApp => return Err(GraphError::unknown_path("moderate_conversations")),
        Channel::Messenger => require(token, "pages_messaging")?,
        Channel::Instagram => require(token, "instagram_business_manage_messages")?,
    }
    let on = match actions(call).as_slice() {
        ["BLOCK_USER"] | ["BAN_USER"] => true,
        ["UNBLOCK_USER"] | ["UNBAN_USER"] => false,
        ["MOVE_TO_SPAM"] => return Ok(Reply::success()),
        _ => return Err(GraphError::param("Param actions must be one of the known actions")),
    };
    for user in called(call, "user_ids", "id")? {
        let thread = world.thread_of(account, &user).ok_or_else(|| GraphError::param("No such user"))?;
        world.threads[thread].shut_out = on;
    }
    Ok(Reply::success())
}

/// `POST` and `DELETE /{number}/block_users`.
pub(crate) fn block_users(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Reply, GraphError> {
    require(token, "whatsapp_business_messaging")?;
    let on = call.method == Method::POST;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for user in called(call, "block_users", "user")? {
        match world.thread_of(account, &user) {
            Some(thread) => {
                world.threads[thread].shut_out = on;
                done.push(json!({"input": user, "wa_id": user}));
            }
            None => failed.push(json!({"input": user})),
        }
    }
    let key = if on { "added_users" } else { "removed_users" };
    let mut users = json!({ key: done });
    if !failed.is_empty() {
        users["failed_users"] = Value::Array(failed);
    }
    Ok(json!({"messaging_product": "whatsapp", "block_users": users}).into())
}

fn actions(call: &Call) -> Vec<&'static str> {
    const KNOWN: [&str; 5] = ["BLOCK_USER", "UNBLOCK_USER", "BAN_USER", "UNBAN_USER", "MOVE_TO_SPAM"];
    let asked = call.value("actions");
    let asked = asked.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    asked.iter().filter_map(|a| KNOWN.into_iter().find(|k| a.as_str() == Some(k))).collect()
}

fn called(call: &Call, list: &str, field: &str) -> Result<Vec<String>, GraphError> {
    let value = call.value(list);
    let users = value.as_ref().and_then(Value::as_array);
    let users = users.ok_or_else(|| GraphError::param(format!("The parameter {list} is required")))?;
    Ok(users.iter().filter_map(|u| u.get(field)?.as_str().map(str::to_owned)).collect())
}
