//! What a token is: `debug_token`, `/me/permissions`, and taking permissions back (graph-api a.2).

use crate::accounts::{SYSTEM_ID, USER_ID};
use crate::call::Call;
use crate::error::GraphError;
use crate::simulator::{Simulator, known};
use crate::tokens::{Holder, Token, USER_SCOPES};
use crate::world::{Channel, World};
use serde_json::{Value, json};

/// `/debug_token?input_token=`: asked by the app, by the token itself, or by the owner's token.
pub(crate) fn debug_token(world: &World, call: &Call) -> Result<Value, GraphError> {
    let input = call.need("input_token")?;
    // A token may look at itself even when it is dead.
    let asker = if call.token() == Some(input) { None } else { Some(world.token(call.token())?) };
    if let Some(asker) = asker
        && !matches!(asker.holder, Holder::App | Holder::User)
    {
        return Err(GraphError::param(
            "You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let Some(token) = world.tokens.get(input).filter(|t| !matches!(t.holder, Holder::Instagram(_))) else {
        let message = "Invalid OAuth access token - Cannot parse access token";
        if call.token() == Some(input) {
            return Err(GraphError::new(190, message));
        }
        return Ok(
            json!({ "data": { "is_valid": false, "scopes": [], "error": { "code": 190, "message": message } } }),
        );
    };
    let mut data = json!({
        "app_id": world.app.id,
        "application": world.app.name,
        "expires_at": token.expires_at.map_or(0, |end| end / 1000),
        "data_access_expires_at": if token.holder == Holder::System { 0 } else { token.data_access_until / 1000 },
        "issued_at": token.issued_at / 1000,
        "is_valid": true,
        "scopes": token.scopes,
        "granular_scopes": granular(world, token),
    });
    match token.holder {
        Holder::Page(page) => {
            data["type"] = json!("PAGE");
            data["profile_id"] = json!(world.accounts[page].id);
            data["user_id"] = json!(USER_ID);
        }
        Holder::System => {
            data["type"] = json!("SYSTEM_USER");
            data["user_id"] = json!(SYSTEM_ID);
        }
        _ => {
            data["type"] = json!("USER");
            data["user_id"] = json!(USER_ID);
        }
    }
    if let Some(flaw) = token.flaw(world.now()) {
        data["is_valid"] = json!(false);
        data["error"] = json!({ "code": flaw.code, "message": flaw.message, "subcode": flaw.subcode });
    }
    Ok(json!({ "data": data }))
}

/// Which assets each scope covers.
fn granular(world: &World, token: &Token) -> Vec<Value> {
    let id = |channel| {
        let account = &world.accounts[world.account_of(channel)];
        account.waba.clone().unwrap_or_else(|| account.id.clone())
    };
    token
        .scopes
        .iter()
        .filter_map(|scope| {
            let target = match scope.as_str() {
                s if s.starts_with("pages_") => id(Channel::Messenger),
                s if s.starts_with("instagram_") => id(Channel::Instagram),
                s if s.starts_with("whatsapp_") => id(Channel::WhatsApp),
                _ => return None,
            };
            Some(json!({ "scope": scope, "target_ids": [target] }))
        })
        .collect()
}

/// `/me/permissions`.
pub(crate) fn permissions(token: &Token) -> Value {
    let all = USER_SCOPES.iter().filter(|s| token.holder == Holder::User || token.may(s));
    let rows: Vec<Value> = all
        .map(|s| json!({ "permission": s, "status": if token.may(s) { "granted" } else { "declined" } }))
        .collect();
    json!({ "data": rows })
}

/// `DELETE /me/permissions`: one, or all, which removes the app.
pub(crate) fn revoke(world: &mut World, scope: Option<&str>) {
    for token in world.tokens.of_the_owner() {
        match scope {
            Some(scope) => token.scopes.retain(|s| s != scope),
            None => token.dead = Some(458),
        }
    }
}

impl Simulator {
    /// The webhook fields that an account tells the app; none = not subscribed.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn subscribed(&self, account: &str) -> Vec<String> {
        let world = self.shared.world();
        world.accounts[known(&world, account)].subscribed.clone()
    }

    /// Whether the owner still lets the app act.
    #[must_use]
    pub fn is_permitted(&self) -> bool {
        self.shared.world().tokens.of_the_owner().any(|t| t.dead.is_none())
    }
}
