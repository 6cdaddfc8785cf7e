//! Signing in: the dialogs of Facebook and Instagram and the exchange of what they give (graph-api a.2 to a.5).

use crate::call::{Call, Reply};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::error::GraphError;
use crate::ids;
use crate::page;
use crate::random::mix2;
use crate::tokens::{Holder, INSTAGRAM_SCOPES, USER_SCOPES};
use crate::world::{Channel, World};
use axum::http::Method;
use serde_json::json;
use std::collections::HashMap;
use url::Url;

/// Sixty days, in the seconds that Meta prints.
const LONG_LIVED_S: i64 = 5_183_944;

/// Where the window of a desktop app is led to (graph-api a.3).
pub(crate) const LAST_PAGE: &str = "/connect/login_success.html";

/// What the person at the dialog does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Shows the page and waits for a click.
    #[default]
    Ask,
    /// Agrees without a page.
    Continue,
    /// Declines without a page.
    Cancel,
}

#[derive(Debug)]
struct Code {
    instagram: bool,
    redirect_uri: String,
    scopes: Vec<String>,
    until: i64,
}

/// Sign-ins under way.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    codes: HashMap<String, Code>,
    pub consent: Consent,
    pub minted: u32,
    /// Where sign-ins may return to; empty = anywhere that Meta takes at all.
    pub registered: Vec<String>,
}

/// `/dialog/oauth` and `/oauth/authorize`: the page, or where it leads.
pub(crate) fn dialog(world: &mut World, call: &Call) -> Reply {
    let instagram = call.path[0] == "oauth";
    let app = if instagram { &world.instagram_app } else { &world.app };
    if call.param("client_id") != Some(&app.id) {
        return page::trouble("App not found", "The client_id is not the id of this app.");
    }
    let Some(target) = call.param("redirect_uri").and_then(|uri| Url::parse(uri).ok()) else {
        return page::trouble(
            "Invalid redirect_uri",
            "The parameter redirect_uri must be an absolute address.",
        );
    };
    // Meta's own last page, here where Meta is.
    let own = !instagram && call.param("redirect_uri") == Some(&format!("{}{LAST_PAGE}", world.origin));
    if let Err(why) = may_return_to(&target, instagram)
        && !own
    {
        return page::trouble("URL blocked", why);
    }
    let registered = &world.logins.registered;
    if !registered.is_empty() && !registered.iter().any(|r| call.param("redirect_uri") == Some(r)) {
        return page::trouble(
            "Invalid redirect_uri",
            "Redirect URI not found. Make sure that it is registered in the app, letter for letter.",
        );
    }
    let decision = match (call.param("decision"), world.logins.consent) {
        (Some("continue"), _) | (None, Consent::Continue) => Consent::Continue,
        (Some("cancel"), _) | (None, Consent::Cancel) => Consent::Cancel,
        _ => Consent::Ask,
    };
    match decision {
        Consent::Ask => page::dialog(world, call, instagram, &scopes(call, instagram)),
        Consent::Continue => agree(world, call, instagram, target),
        Consent::Cancel => decline(call, target),
    }
}

/// `http://localhost` in development mode, https anywhere, nothing else (graph-api a.3).
fn may_return_to(target: &Url, instagram: bool) -> Result<(), &'static str> {
    match (target.scheme(), target.host_str()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some("localhost")) if !instagram => Ok(()),
        ("http", _) if instagram => {
            Err("Instagram Login returns to https addresses only, exactly as registered.")
        }
        ("http", Some("127.0.0.1" | "[::1]")) => Err(
            "Facebook returns to http://localhost while the app is in development mode, and not to an IP address.",
        ),
        _ => Err("This address is not allowed by the app's settings: it must be https."),
    }
}

fn scopes(call: &Call, instagram: bool) -> Vec<String> {
    let known: &[&str] = if instagram { &INSTAGRAM_SCOPES } else { &USER_SCOPES };
    match call.param("scope") {
        Some(asked) => asked.split([',', ' ']).filter(|s| known.contains(s)).map(str::to_owned).collect(),
        None => known.iter().map(|s| (*s).to_owned()).collect(),
    }
}

fn agree(world: &mut World, call: &Call, instagram: bool, mut target: Url) -> Reply {
    let now = world.now();
    let scopes = scopes(call, instagram);
    if !instagram && call.param("response_type") == Some("token") {
        let value = mint(world, Holder::User, &scopes, Some(now + LONG_LIVED_S * 1000));
        let until = (now + 90 * DAY) / 1000;
        let state = call.param("state").unwrap_or_default();
        target.set_fragment(Some(&format!(
            "access_token={value}&expires_in={LONG_LIVED_S}&data_access_expiration_time={until}&state={state}"
        )));
        return Reply::Redirect(target.into());
    }
    world.logins.minted += 1;
    let prefix = if instagram { "AQBx" } else { "AQDf" };
    let code =
        format!("{prefix}{}", ids::seal(mix2(world.seed, 0xc0de), &ids::pair(world.logins.minted, 0), 90));
    let redirect_uri = call.param("redirect_uri").unwrap_or_default().to_owned();
    let until = now + if instagram { HOUR } else { 10 * MINUTE };
    world.logins.codes.insert(code.clone(), Code { instagram, redirect_uri, scopes, until });
    target.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = call.param("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    if instagram {
        target.set_fragment(Some("_"));
    }
    Reply::Redirect(target.into())
}

fn decline(call: &Call, mut target: Url) -> Reply {
    target
        .query_pairs_mut()
        .append_pair("error", "access_denied")
        .append_pair("error_code", "200")
        .append_pair("error_description", "Permissions error")
        .append_pair("error_reason", "user_denied");
    if let Some(state) = call.param("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Reply::Redirect(target.into())
}

fn mint(world: &mut World, holder: Holder, scopes: &[String], until: Option<i64>) -> String {
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let now = world.now();
    world.tokens.mint(world.seed, holder, &scopes, now, until)
}

/// `/oauth/access_token`: Instagram's by POST of its own app, Facebook's otherwise.
pub(crate) fn access_token(world: &mut World, call: &Call) -> Result<Reply, GraphError> {
    if call.method == Method::POST && call.param("client_id") == Some(&world.instagram_app.id) {
        return Ok(instagram_code(world, call));
    }
    if call.need("client_id")? != world.app.id {
        return Err(GraphError::new(
            101,
            "Error validating application. Cannot get application info due to a system error.",
        ));
    }
    if call.need("client_secret")? != world.app.secret {
        return Err(GraphError::new(1, "Error validating client secret.").status(400).transient(false));
    }
    let until = Some(world.now() + LONG_LIVED_S * 1000);
    let scopes = match call.param("grant_type") {
        Some("client_credentials") => {
            return Ok(json!({ "access_token": world.app_token(), "token_type": "bearer" }).into());
        }
        Some("fb_exchange_token") => {
            let short = world.token(Some(call.need("fb_exchange_token")?))?;
            if short.holder != Holder::User {
                return Err(GraphError::param("fb_exchange_token must be a user access token"));
            }
            short.scopes
        }
        Some("authorization_code") | None => facebook_code(world, call)?,
        Some(other) => return Err(GraphError::param(format!("Invalid grant_type: {other}"))),
    };
    // The Page token taken with a long-lived token has no end (graph-api a.2).
    let page = world.account_of(Channel::Messenger);
    let of_page: Vec<String> =
        scopes.iter().filter(|s| USER_SCOPES[..7].contains(&s.as_str())).cloned().collect();
    mint(world, Holder::Page(page), &of_page, None);
    let value = mint(world, Holder::User, &scopes, until);
    Ok(json!({ "access_token": value, "token_type": "bearer", "expires_in": LONG_LIVED_S }).into())
}

fn facebook_code(world: &mut World, call: &Call) -> Result<Vec<String>, GraphError> {
    let refused = |message: &str, subcode| GraphError::new(100, message).sub(subcode);
    let now = world.now();
    let code = world.logins.codes.remove(call.need("code")?).filter(|c| !c.instagram);
    let Some(code) = code else {
        return Err(refused("This authorization code has been used.", 36009));
    };
    if code.until < now {
        return Err(refused("This authorization code has expired.", 36007));
    }
    if call.param("redirect_uri") != Some(&code.redirect_uri) {
        return Err(refused(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used \
             in the OAuth dialog request",
            36008,
        ));
    }
    Ok(code.scopes)
}

/// Instagram's answer has a shape of its own, also when it refuses (graph-api a.4).
fn instagram_code(world: &mut World, call: &Call) -> Reply {
    let refuse = |message: &str| {
        Reply::Json(400, json!({ "error_type": "OAuthException", "code": 400, "error_message": message }))
    };
    if call.param("client_secret") != Some(&world.instagram_app.secret) {
        return refuse("Error validating client secret");
    }
    if call.param("grant_type") != Some("authorization_code") {
        return refuse("Invalid grant_type");
    }
    let code = call.param("code").unwrap_or_default().trim_end_matches("#_");
    let now = world.now();
    let Some(code) = world.logins.codes.remove(code).filter(|c| c.instagram && c.until > now) else {
        return refuse("Invalid authorization code");
    };
    if call.param("redirect_uri") != Some(&code.redirect_uri) {
        return refuse(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used \
             in the OAuth dialog request",
        );
    }
    let account = world.account_of(Channel::Instagram);
    let value = mint(world, Holder::Instagram(account), &code.scopes, Some(now + HOUR));
    json!({ "data": [{
        "access_token": value, "user_id": crate::accounts::INSTAGRAM_SCOPED_ID, "permissions": code.scopes.join(","),
    }] })
    .into()
}

/// `/access_token`: one hour becomes sixty days.
pub(crate) fn instagram_long_lived(world: &mut World, call: &Call) -> Result<Reply, GraphError> {
    if call.need("grant_type")? != "ig_exchange_token" {
        return Err(GraphError::param("Invalid grant_type"));
    }
    if call.need("client_secret")? != world.instagram_app.secret {
        return Err(GraphError::new(101, "Error validating application. Invalid application secret."));
    }
    let token = world.token(call.token())?;
    renew(world, token, "Session key invalid. This could be because the token is not a short-lived one")
}

/// `/refresh_access_token`: a living token of more than a day gets another sixty (graph-api a.4).
pub(crate) fn instagram_refresh(world: &mut World, call: &Call) -> Result<Reply, GraphError> {
    if call.need("grant_type")? != "ig_refresh_token" {
        return Err(GraphError::param("Invalid grant_type"));
    }
    let token = world.token(call.token())?;
    if world.now() - token.issued_at < DAY {
        return Err(GraphError::param("The access token must be at least 24 hours old to be refreshed"));
    }
    if !token.may("instagram_business_basic") {
        return Err(GraphError::new(10, "(#10) Application does not have permission for this action"));
    }
    renew(world, token, "Invalid access token")
}

fn renew(world: &mut World, token: crate::tokens::Token, refusal: &str) -> Result<Reply, GraphError> {
    if !matches!(token.holder, Holder::Instagram(_)) {
        return Err(GraphError::new(190, refusal));
    }
    let until = world.now() + LONG_LIVED_S * 1000;
    let value = mint(world, token.holder, &token.scopes, Some(until));
    Ok(json!({ "access_token": value, "token_type": "bearer", "expires_in": LONG_LIVED_S }).into())
}
