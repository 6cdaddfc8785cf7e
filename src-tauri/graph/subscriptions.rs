//! Which webhooks an account sends: asked for from here, shown from here (graph-api d.2).

use super::{
    Account, Doing, Error, Lane, Priority,
    client::{Body, Call, Host},
    delivery::values::{id_of, list, object, text, truth},
    login::App,
    messaging::succeeded,
};
use crate::model::{Channel, Login};
use serde_json::Value;

/// What a Page should tell about Messenger and its Instagram account.
const PAGE: &str = "messages,message_echoes,message_edits,message_reactions,message_deliveries,message_reads,\
messaging_postbacks,messaging_referrals,messaging_optins,messaging_handovers,standby,messaging_policy_enforcement";

/// The same for an Instagram account with its own login.
const INSTAGRAM: &str = "messages,message_echoes,message_edit,message_reactions,messaging_postbacks,messaging_seen,\
messaging_referral,messaging_optins,messaging_handover,standby,messaging_policy_enforcement";

/// What the app of a WhatsApp account should be told.
const OF_WHATSAPP: &str = "messages,message_template_status_update,message_template_quality_update,\
phone_number_quality_update,account_update,account_alerts";

/// What of `wanted` is not among `has`.
fn lacking(wanted: &'static str, has: &[String]) -> Vec<&'static str> {
    wanted.split(',').filter(|field| !field.is_empty() && !has.iter().any(|f| f == field)).collect()
}

/// Meta's object for a channel, and what is wanted of it at an app.
const fn object_of(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::Instagram => ("instagram", INSTAGRAM),
        Channel::Messenger => ("page", PAGE),
        Channel::WhatsApp => ("whatsapp_business_account", OF_WHATSAPP),
    }
}

/// An app that receives an account's webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The app's name, where told.
    pub app: String,
    /// The fields it receives; WhatsApp tells none here.
    pub fields: Vec<String>,
}

impl Subscription {
    /// What this account should tell and does not; empty where Meta tells no fields.
    #[must_use]
    pub fn lacks(&self, channel: Channel, login: Login) -> Vec<&'static str> {
        let wanted = match (login, channel) {
            (_, Channel::WhatsApp) => "",
            (Login::InstagramLogin, _) => INSTAGRAM,
            _ => PAGE,
        };
        if self.fields.is_empty() { Vec::new() } else { lacking(wanted, &self.fields) }
    }

    /// Whether people's messages are among them.
    #[must_use]
    pub fn brings_messages(&self) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|f| f == MESSAGES)
    }
}

/// Where Meta sends the webhooks of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    pub url: String,
    pub active: bool,
    /// What of the account's channel is sent there.
    pub fields: Vec<String>,
    /// What should be and is not.
    pub lacks: Vec<&'static str>,
}

impl Callback {
    /// New messages are among what is sent there.
    #[must_use]
    pub fn brings_messages(&self) -> bool {
        self.fields.iter().any(|f| f == MESSAGES)
    }
}

/// The field of people's messages, on every channel.
const MESSAGES: &str = "messages";

impl Account {
    /// Where Meta sends the webhooks of this account's app for its channel: `None` = nowhere.
    ///
    /// # Errors
    /// [`Error::NoSuchCall`] when the app's id or secret is not known; else as any call.
    pub async fn callback(&self) -> Result<Option<Callback>, Error> {
        let app = self.app().await?;
        let call = Call::get(Host::Facebook, [app.id.as_str(), "subscriptions"]);
        let answer = self.graph().exchange(call, Some(&app.token())).await.0?;
        let (object, wanted) = object_of(self.channel());
        let all = answer.as_object().map(|a| list(a, "data")).unwrap_or_default();
        let ours =
            all.iter().filter_map(Value::as_object).find(|s| text(s, "object").as_deref() == Some(object));
        Ok(ours.map(|s| {
            let fields: Vec<String> = list(s, "fields").iter().filter_map(field).collect();
            Callback {
                url: text(s, "callback_url").unwrap_or_default(),
                active: truth(s, "active") || !s.contains_key("active"),
                lacks: lacking(wanted, &fields),
                fields,
            }
        }))
    }

    /// Gives the account's app an address for webhooks of this channel, which Meta proves at once with
    /// `verify_token`. Fields that are sent there already stay.
    ///
    /// # Errors
    /// As [`Account::callback`], or when Meta does not reach the address.
    pub async fn call_back_at(&self, address: &str, verify_token: &str) -> Result<(), Error> {
        let app = self.app().await?;
        let before = self.callback().await?.map(|c| c.fields).unwrap_or_default();
        let (object, wanted) = object_of(self.channel());
        let mut fields: Vec<&str> = before.iter().map(String::as_str).collect();
        fields.extend(lacking(wanted, &before));
        let form = vec![
            ("object", object.to_owned()),
            ("callback_url", address.to_owned()),
            ("verify_token", verify_token.to_owned()),
            ("fields", fields.join(",")),
            ("include_values", "true".to_owned()),
        ];
        let path = [app.id.as_str(), "subscriptions"];
        let call = Call::post(Host::Facebook, path, Body::Form(form), Doing::Asking);
        accepted(&self.graph().exchange(call, Some(&app.token())).await.0?)
    }

    /// Takes the app's address for this channel away: for all accounts that the app serves.
    ///
    /// # Errors
    /// As [`Account::callback`].
    pub async fn call_back_nowhere(&self) -> Result<(), Error> {
        let app = self.app().await?;
        let call = Call::delete(Host::Facebook, [app.id.as_str(), "subscriptions"])
            .with("object", object_of(self.channel()).0);
        accepted(&self.graph().exchange(call, Some(&app.token())).await.0?)
    }

    /// The account's own app. That of Instagram Login has no such calls of its own (graph-api a.1).
    async fn app(&self) -> Result<App, Error> {
        let access = self.access();
        let (Some(secret), false) = (&access.app_secret, access.login == Login::InstagramLogin) else {
            return Err(Error::NoSuchCall);
        };
        let id = match &access.app_id {
            Some(id) => id.clone(),
            None => self.inspect().await?.app_id.ok_or(Error::NoSuchCall)?,
        };
        Ok(App { id, secret: secret.clone() })
    }

    /// Asks Meta to send this account's webhooks no longer.
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn unsubscribe(&self) -> Result<(), Error> {
        let call = Call::delete(self.host(), [self.subscriber(), "subscribed_apps"]);
        accepted(&self.call(call, Lane::Others, Priority::Interactive).await?)
    }

    /// Asks Meta to send this account's webhooks to the app of the token.
    ///
    /// # Errors
    /// As any call; harmless to repeat.
    pub async fn subscribe(&self) -> Result<(), Error> {
        let fields = match (self.access().login, self.channel()) {
            (Login::InstagramLogin, _) => Some(INSTAGRAM),
            (_, Channel::WhatsApp) => None,
            _ => Some(PAGE),
        };
        let call = Call::post(self.host(), [self.subscriber(), "subscribed_apps"], Body::None, Doing::Asking)
            .maybe("subscribed_fields", fields);
        let answer = self.call(call, Lane::Others, Priority::Interactive).await?;
        accepted(&answer)
    }

    /// The apps that receive this account's webhooks.
    ///
    /// # Errors
    /// As any call.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        let call = Call::get(self.host(), [self.subscriber(), "subscribed_apps"]);
        let answer = self.call(call, Lane::Others, Priority::Interactive).await?;
        let data = answer.as_object().map(|a| list(a, "data")).unwrap_or_default();
        Ok(data
            .iter()
            .filter_map(Value::as_object)
            .map(|one| {
                // WhatsApp wraps the app once more.
                let app = object(one, "whatsapp_business_api_data").unwrap_or(one);
                Subscription {
                    app: text(app, "name").or_else(|| text(app, "id")).unwrap_or_default(),
                    fields: list(one, "subscribed_fields").iter().filter_map(field).collect(),
                }
            })
            .collect())
    }

    /// Whose webhooks: the Page, the Instagram account, or the business account of the number.
    fn subscriber(&self) -> &str {
        match &self.access().waba_id {
            Some(waba) if self.channel() == Channel::WhatsApp => waba,
            _ => self.node(),
        }
    }
}

fn accepted(answer: &Value) -> Result<(), Error> {
    if succeeded(answer) { Ok(()) } else { Err(Error::Unreadable { doing: Doing::Asking }) }
}

/// A field is a word, or an object with its name.
fn field(of: &Value) -> Option<String> {
    id_of(of).or_else(|| of.as_object().and_then(|f| text(f, "name")))
}
