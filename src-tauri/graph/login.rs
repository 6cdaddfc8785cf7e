//! Signing in with a person's own Meta app, and what a token says about itself (graph-api a.2 to a.6).
//! Codes and secrets travel in bodies and headers where Meta allows it, and are in no error.

use super::{
    Account, Doing, Error, Fate, Graph, Lane, Priority, Refusal,
    client::{Body, Call, Host},
    conversations::host_of,
    delivery::values::{Object, id_of, list, object, text, time, truth, whole},
    signature,
};
use crate::{
    config::Hosts,
    model::{Channel, Login, Timestamp},
    vault::Secret,
};
use serde_json::Value;
use url::Url;

/// A person's own app in Meta's dashboard. For Instagram Login this is the Instagram app id and secret.
#[derive(Debug, Clone)]
pub struct App {
    pub id: String,
    pub secret: Secret,
}

impl App {
    /// The app's own token (graph-api a.2).
    pub(super) fn token(&self) -> Secret {
        Secret::new(format!("{}|{}", self.id, self.secret.reveal()))
    }
}

/// How a token stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenState {
    /// `None` = no end that Meta tells.
    pub expires_at: Option<Timestamp>,
    pub data_access_expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    /// What this account needs and the token lacks; empty when Meta does not tell scopes.
    pub missing_scopes: Vec<String>,
    /// The app it was made for, where told.
    pub app_id: Option<String>,
    /// Meta told scopes and dates. Instagram Login has no call for it: keep what was known.
    pub told: bool,
}

/// Everything `debug_token` says that matters here.
#[derive(Debug, Clone, Default)]
pub(super) struct Inspected {
    pub app_id: Option<String>,
    /// The person or system user it was made by.
    pub user_id: Option<String>,
    /// `PAGE`, `USER`, `SYSTEM_USER`, …
    pub kind: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub data_access_expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    /// Objects a scope is granted for.
    pub targets: Vec<(String, Vec<String>)>,
}

/// A token that Meta just gave.
#[derive(Debug, Clone)]
pub struct Granted {
    pub token: Secret,
    /// `None` = not told.
    pub expires_at: Option<Timestamp>,
    /// What it may do; empty where Meta does not say.
    pub scopes: Vec<String>,
}

/// The scopes a sign-in asks for (graph-api a.6).
const fn asked(login: Login) -> &'static str {
    match login {
        Login::FacebookPage => {
            "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement,business_management,\
             instagram_basic,instagram_manage_messages"
        }
        Login::InstagramLogin => "instagram_business_basic,instagram_business_manage_messages",
        Login::WhatsAppCloud => {
            "business_management,whatsapp_business_management,whatsapp_business_messaging"
        }
    }
}

/// The scopes an account cannot do without (graph-api a.6).
#[must_use]
pub const fn needed(channel: Channel, login: Login) -> &'static [&'static str] {
    match (channel, login) {
        (_, Login::InstagramLogin) => &["instagram_business_basic", "instagram_business_manage_messages"],
        (Channel::WhatsApp, _) | (_, Login::WhatsAppCloud) => {
            &["whatsapp_business_messaging", "whatsapp_business_management"]
        }
        (Channel::Messenger, _) => &["pages_messaging", "pages_manage_metadata", "pages_read_engagement"],
        (Channel::Instagram, _) => &[
            "instagram_basic",
            "instagram_manage_messages",
            "pages_manage_metadata",
            "pages_read_engagement",
        ],
    }
}

/// Which of the needed scopes are not among `granted`; none when nothing is known.
#[must_use]
pub(super) fn missing(channel: Channel, login: Login, granted: &[String]) -> Vec<String> {
    if granted.is_empty() {
        return Vec::new();
    }
    let lacks = |scope: &&&str| !granted.iter().any(|g| g == **scope);
    needed(channel, login).iter().filter(lacks).map(|s| (*s).to_owned()).collect()
}

/// What is asked of the sign-in dialog.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub login: Login,
    pub app_id: &'a str,
    pub redirect: &'a str,
    /// What must come back.
    pub state: &'a str,
    /// The token itself comes back, as Meta describes it for a window of a desktop app (graph-api a.3).
    pub token: bool,
    /// What was declined before is asked for once more.
    pub again: bool,
}

/// Where the browser is sent to sign in.
#[must_use]
pub fn authorize_url(hosts: &Hosts, asking: Asking<'_>) -> String {
    let instagram = asking.login == Login::InstagramLogin;
    let base = if instagram {
        format!("{}/oauth/authorize", hosts.instagram_dialog)
    } else {
        format!("{}/{}/dialog/oauth", hosts.facebook_dialog, hosts.version)
    };
    let mut fields = vec![
        ("client_id", asking.app_id),
        ("redirect_uri", asking.redirect),
        ("response_type", if asking.token { "token" } else { "code" }),
        ("scope", asked(asking.login)),
        ("state", asking.state),
    ];
    if asking.token {
        fields.push(("display", "popup"));
    }
    if asking.again && !instagram {
        fields.push(("auth_type", "rerequest"));
    }
    Url::parse_with_params(&base, fields).map_or(base, String::from)
}

impl Graph {
    /// Turns the code of a sign-in into a token of about 60 days.
    ///
    /// # Errors
    /// When the code was used, is too old, or the redirect differs.
    pub async fn exchange_code(
        &self,
        login: Login,
        app: &App,
        redirect: &str,
        code: &Secret,
    ) -> Result<Granted, Error> {
        // Instagram appends "#_" to its codes (graph-api a.4).
        let code = code.reveal().trim_end_matches("#_").to_owned();
        let form = vec![
            ("client_id", app.id.clone()),
            ("client_secret", app.secret.reveal().to_owned()),
            ("grant_type", "authorization_code".to_owned()),
            ("redirect_uri", redirect.to_owned()),
            ("code", code),
        ];
        let host = if login == Login::InstagramLogin { Host::InstagramApi } else { Host::Facebook };
        let call = Call::post(host, ["oauth", "access_token"], Body::Form(form), Doing::Asking);
        let short = self.granted(&self.ask(call, None).await?)?;
        match self.long_lived(login, app, &short.token).await {
            // Which scopes were granted is told with the first token only.
            Ok(long) => Ok(Granted { scopes: short.scopes, ..long }),
            Err(e) => {
                tracing::warn!(error = %e, "the sign-in's token could not be made to last; it ends soon");
                Ok(short)
            }
        }
    }

    /// Trades a short-lived token for one of about 60 days.
    pub(super) async fn long_lived(&self, login: Login, app: &App, short: &Secret) -> Result<Granted, Error> {
        let secret = app.secret.reveal();
        let call = if login == Login::InstagramLogin {
            Call::get(Host::Instagram, ["access_token"])
                .with("grant_type", "ig_exchange_token")
                .with("client_secret", secret)
                .with("access_token", short.reveal())
        } else {
            let form = vec![
                ("grant_type", "fb_exchange_token".to_owned()),
                ("client_id", app.id.clone()),
                ("client_secret", secret.to_owned()),
                ("fb_exchange_token", short.reveal().to_owned()),
            ];
            Call::post(Host::Facebook, ["oauth", "access_token"], Body::Form(form), Doing::Asking)
        };
        self.granted(&self.ask(call, None).await?)
    }

    /// Renews a token of Instagram Login: at least a day old, not expired (graph-api a.4).
    ///
    /// # Errors
    /// When it is too young or no longer good.
    pub async fn refresh(&self, token: &Secret) -> Result<Granted, Error> {
        let call = Call::get(Host::Instagram, ["refresh_access_token"])
            .with("grant_type", "ig_refresh_token")
            .with("access_token", token.reveal());
        self.granted(&self.ask(call, Some(token)).await?)
    }

    /// Reads the token of an answer, when it ends and what it may do.
    fn granted(&self, answer: &Value) -> Result<Granted, Error> {
        let (token, seconds, scopes) = token_of(answer)?;
        let expires_at = seconds.and_then(|s| s.checked_mul(1000)).map(|ms| self.clock().now().plus(ms));
        Ok(Granted { token, expires_at, scopes })
    }

    /// What Meta says about `token`: asked as its app where that is known, else as the token itself.
    pub(super) async fn debug(&self, token: &Secret, app: Option<&App>) -> Result<Inspected, Error> {
        let asker = app.map_or_else(|| token.clone(), App::token);
        let call = Call::get(Host::Facebook, ["debug_token"]).with("input_token", token.reveal());
        let answer = self.ask(call, Some(&asker)).await?;
        let nothing = Object::new();
        let data = answer.as_object().and_then(|a| object(a, "data")).unwrap_or(&nothing);
        if data.get("is_valid").is_some() && !truth(data, "is_valid") {
            let inner = Value::Object(data.clone());
            let refusal = Refusal::of(&inner).filter(|r| r.code > 0).unwrap_or_else(Refusal::of_a_dead_token);
            return Err(Error::Refused { refusal: Box::new(refusal), doing: Doing::Asking, wait: None });
        }
        let words = |key| list(data, key).iter().filter_map(id_of).collect();
        let targets = |g: &Object| {
            (text(g, "scope").unwrap_or_default(), list(g, "target_ids").iter().filter_map(id_of).collect())
        };
        Ok(Inspected {
            app_id: data.get("app_id").and_then(id_of),
            user_id: data.get("user_id").and_then(id_of),
            kind: text(data, "type"),
            issued_at: time(data, "issued_at"),
            // 0 = no end, which reads as no time.
            expires_at: time(data, "expires_at"),
            data_access_expires_at: time(data, "data_access_expires_at"),
            scopes: words("scopes"),
            targets: list(data, "granular_scopes").iter().filter_map(Value::as_object).map(targets).collect(),
        })
    }
}

impl Account {
    /// How this account's token stands.
    ///
    /// # Errors
    /// With fate `SignInAgain` when it is no longer good.
    pub async fn inspect(&self) -> Result<TokenState, Error> {
        let access = self.access();
        if access.login == Login::InstagramLogin {
            let call = Call::get(host_of(access.login), ["me"]).with("fields", "id,user_id,username");
            self.call(call, Lane::Others, Priority::Interactive).await?;
            return Ok(TokenState::default());
        }
        let app = access.app_id.clone().zip(access.app_secret.clone()).map(|(id, secret)| App { id, secret });
        // The app is told more of a dead token than the token itself; another app than the token's is told nothing.
        let seen = match self.graph().debug(&access.token, app.as_ref()).await {
            Err(e) if app.is_some() && matches!(e.fate(), Fate::GiveUp | Fate::UserAction) => {
                self.graph().debug(&access.token, None).await?
            }
            other => other?,
        };
        Ok(TokenState {
            expires_at: seen.expires_at,
            data_access_expires_at: seen.data_access_expires_at,
            missing_scopes: missing(access.channel, access.login, &seen.scopes),
            told: true,
            app_id: seen.app_id,
            scopes: seen.scopes,
        })
    }

    /// A fresh token of Instagram Login in place of this one, which stays good (graph-api a.4).
    ///
    /// # Errors
    /// When it is younger than a day or no longer good.
    pub async fn renew(&self) -> Result<Granted, Error> {
        if self.access().login != Login::InstagramLogin {
            return Err(Error::NoSuchCall);
        }
        self.graph().refresh(&self.access().token).await
    }

    /// `appsecret_proof` for calls outside this account's own.
    #[must_use]
    pub fn proof(&self) -> Option<String> {
        let access = self.access();
        access.app_secret.as_ref().map(|secret| signature::proof(secret, &access.token))
    }
}

/// The token of an answer, its life in seconds and its scopes; Instagram wraps it in a list or not, and writes
/// scopes as a list or as words (graph-api a.4).
fn token_of(answer: &Value) -> Result<(Secret, Option<i64>, Vec<String>), Error> {
    let unreadable = Error::Unreadable { doing: Doing::Asking };
    let Some(answer) = answer.as_object() else {
        return Err(unreadable);
    };
    let wrapped = list(answer, "data").first().and_then(Value::as_object);
    let told = wrapped.unwrap_or(answer);
    let mut scopes: Vec<String> = list(told, "permissions").iter().filter_map(id_of).collect();
    if let Some(words) = text(told, "permissions") {
        scopes.extend(words.split([',', ' ']).filter(|w| !w.is_empty()).map(str::to_owned));
    }
    match text(told, "access_token") {
        Some(token) => Ok((Secret::new(token), whole(told, "expires_in"), scopes)),
        None => Err(unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_are_read_flat_and_wrapped() {
        for answer in [
            json!({"access_token": "IGAA1", "user_id": "1", "permissions": ["a"]}),
            json!({"data": [{"access_token": "IGAA1", "user_id": 1, "permissions": "a,b"}]}),
        ] {
            let (token, _, scopes) = token_of(&answer).unwrap();
            assert_eq!(token.reveal(), "IGAA1");
            assert_eq!(scopes[0], "a");
        }
        assert_eq!(
            token_of(&json!({"access_token": "E", "expires_in": 5_183_944})).unwrap().1,
            Some(5_183_944)
        );
        assert!(token_of(&json!({"error_message": "x"})).is_err());
    }

    #[test]
    fn the_dialogs_are_asked_for_the_right_scopes() {
        let hosts = Hosts::default();
        let asking = Asking {
            login: Login::FacebookPage,
            app_id: "15",
            redirect: "http://localhost:1/x",
            state: "s&t",
            token: false,
            again: false,
        };
        let facebook = authorize_url(&hosts, asking);
        assert!(facebook.starts_with(
            "https://www.facebook.com/v26.0/dialog/oauth?client_id=15&redirect_uri=http%3A%2F%2F"
        ));
        assert!(facebook.contains("pages_messaging") && facebook.ends_with("state=s%26t"), "{facebook}");
        let window = authorize_url(&hosts, Asking { token: true, again: true, ..asking });
        assert!(window.contains("response_type=token") && window.contains("auth_type=rerequest"), "{window}");
        let instagram = authorize_url(&hosts, Asking { login: Login::InstagramLogin, ..asking });
        assert!(instagram.starts_with("https://www.instagram.com/oauth/authorize?"), "{instagram}");
    }

    #[test]
    fn unknown_scopes_are_not_missing_scopes() {
        assert!(missing(Channel::Messenger, Login::FacebookPage, &[]).is_empty());
        let granted = ["pages_messaging".to_owned(), "pages_read_engagement".to_owned()];
        assert_eq!(missing(Channel::Messenger, Login::FacebookPage, &granted), ["pages_manage_metadata"]);
    }
}
