//! Who hears of what: webhook fields per account, and the app's one URL, which must prove itself first
//! (graph-api d.1, d.2).

use crate::Shared;
use crate::accounts::require;
use crate::behaviour::WebhookTarget;
use crate::call::{Call, Reply};
use crate::door::Answer;
use crate::error::GraphError;
use crate::seed::fields;
use crate::tokens::{Holder, Token};
use crate::world::{Channel, World};
use axum::http::Method;
use serde_json::{Value, json};

/// `/{account}/subscribed_apps`.
pub(crate) fn of_account(
    world: &mut World,
    call: &Call,
    token: &Token,
    account: usize,
) -> Result<Reply, GraphError> {
    let channel = world.accounts[account].channel;
    match channel {
        Channel::Messenger => require(token, "pages_manage_metadata")?,
        Channel::WhatsApp => require(token, "whatsapp_business_management")?,
        Channel::Instagram => require(token, "instagram_business_basic")?,
    }
    let known = fields(channel);
    match call.method {
        Method::GET => Ok(list(world, account).into()),
        Method::DELETE => {
            world.accounts[account].subscribed.clear();
            Ok(Reply::success())
        }
        _ => {
            let wanted: Vec<String> = match call.param("subscribed_fields") {
                Some(asked) => {
                    asked.split(',').map(|f| f.trim().to_owned()).filter(|f| !f.is_empty()).collect()
                }
                None if channel == Channel::WhatsApp => known.iter().map(|f| (*f).to_owned()).collect(),
                None => return Err(GraphError::param("The parameter subscribed_fields is required")),
            };
            if let Some(unknown) =
                wanted.iter().find(|f| !known.contains(&f.as_str()) && !UNUSED.contains(&f.as_str()))
            {
                return Err(GraphError::param(format!(
                    "Param subscribed_fields must be one of {known:?} - got \"{unknown}\"."
                )));
            }
            world.accounts[account].subscribed = wanted;
            Ok(Reply::success())
        }
    }
}

/// What an app subscribes of a channel.
pub(crate) const fn object(channel: Channel) -> &'static str {
    match channel {
        Channel::Instagram => "instagram",
        Channel::Messenger => "page",
        Channel::WhatsApp => "whatsapp_business_account",
    }
}

/// Fields that exist and never come from here.
const UNUSED: [&str; 7] =
    ["messaging_referrals", "feed", "mention", "mentions", "comments", "live_comments", "story_insights"];

fn list(world: &World, account: usize) -> Value {
    let a = &world.accounts[account];
    if a.subscribed.is_empty() {
        return json!({ "data": [] });
    }
    let link = format!("https://www.facebook.com/games/?app_id={}", world.app.id);
    if a.channel == Channel::WhatsApp {
        let app = json!({ "id": world.app.id, "name": world.app.name, "link": link });
        return json!({ "data": [{ "whatsapp_business_api_data": app }] });
    }
    json!({ "data": [{
        "category": "Business", "link": link, "name": world.app.name, "id": world.app.id, "subscribed_fields": a.subscribed,
    }] })
}

/// A webhook that must give back the challenge before it is set.
#[derive(Debug)]
pub(crate) struct Handshake {
    url: String,
    verify_token: String,
    secret: String,
    object: String,
    fields: Vec<String>,
}

impl Handshake {
    /// Asks the URL and sets it as the app's webhook.
    pub async fn finish(self, shared: &Shared) -> Reply {
        let post = shared.world().post.clone();
        if post.handshake(&self.url, &self.verify_token).await {
            post.set_target(Some(WebhookTarget { url: self.url, secret: self.secret }));
            shared.world().app_fields.insert(self.object, self.fields);
            return Reply::success();
        }
        let error = GraphError::new(
            2200,
            "(#2200) Callback verification failed with the following errors: HTTP Status Code = 400; HTTP Message = \
             the challenge was not returned",
        );
        let trace = shared.world().trace();
        Reply::Json(error.status, error.body(&trace))
    }
}

/// `/{app}/subscriptions`.
pub(crate) fn of_app(world: &mut World, call: &Call, token: &Token) -> Result<Answer, GraphError> {
    if token.holder != Holder::App {
        return Err(GraphError::new(15, "(#15) This method must be called with an app access_token."));
    }
    match call.method {
        Method::GET => {
            let Some(target) = world.post.target() else {
                return Ok(json!({ "data": [] }).into());
            };
            let one = |channel| {
                let object = object(channel);
                let all = || fields(channel).iter().map(|f| (*f).to_owned()).collect();
                let sent: Vec<String> = world.app_fields.get(object).cloned().unwrap_or_else(all);
                let fields: Vec<Value> =
                    sent.iter().map(|f| json!({ "name": f, "version": "v26.0" })).collect();
                (!fields.is_empty()).then(
                    || json!({ "object": object, "callback_url": target.url, "active": true, "fields": fields }),
                )
            };
            let all: Vec<Value> = [Channel::Instagram, Channel::Messenger, Channel::WhatsApp]
                .into_iter()
                .filter_map(one)
                .collect();
            Ok(json!({ "data": all }).into())
        }
        Method::DELETE => {
            match call.param("object") {
                Some(object) => {
                    world.app_fields.insert(object.to_owned(), Vec::new());
                }
                None => world.post.set_target(None),
            }
            Ok(Reply::success().into())
        }
        _ => {
            let object = call.need("object")?;
            if !["page", "instagram", "whatsapp_business_account", "user", "permissions"].contains(&object) {
                return Err(GraphError::param(
                    "Param object must be one of {page, instagram, whatsapp_business_account, …}",
                ));
            }
            let handshake = Handshake {
                url: call.need("callback_url")?.to_owned(),
                verify_token: call.need("verify_token")?.to_owned(),
                secret: world.app.secret.clone(),
                object: object.to_owned(),
                fields: call
                    .param("fields")
                    .unwrap_or_default()
                    .split(',')
                    .map(str::trim)
                    .filter(|f| !f.is_empty())
                    .map(str::to_owned)
                    .collect(),
            };
            let mut answer: Answer = Reply::success().into();
            answer.handshake = Some(handshake);
            Ok(answer)
        }
    }
}
