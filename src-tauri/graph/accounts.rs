//! What a token reaches: Pages with their Instagram accounts, one Instagram account, or the phone
//! numbers of WhatsApp (graph-api a.1, a.2, g.4). A list that may not be read is no reason to fail.

use super::{
    Error, Fate, Graph,
    client::{Call, Host},
    delivery::values::{Object, id, object, text},
    login::{App, Granted, Inspected, missing},
    reached::{BUSINESS, Found, Reached, named, reached},
    signature,
};
use crate::{
    model::{Channel, DAY, Login},
    vault::Secret,
};
use serde_json::{Map, Value};

/// What is asked about a Page.
const PAGE: &str = "id,name,access_token,tasks,picture{url},\
instagram_business_account{id,username,name,profile_picture_url}";

/// The token that looks around, and its proof.
struct Looking<'a> {
    token: &'a Secret,
    proof: Option<String>,
}

impl Graph {
    /// What `token` reaches. With `app` more is told about the token, and a short-lived one is traded
    /// for one that lasts.
    ///
    /// # Errors
    /// With fate `SignInAgain` when Meta does not accept the token.
    pub async fn discover(&self, login: Login, token: &Secret, app: Option<&App>) -> Result<Found, Error> {
        match login {
            Login::FacebookPage => self.pages_of(token, app).await,
            Login::InstagramLogin => self.instagram_of(self.lasting(token, app).await?, app).await,
            Login::WhatsAppCloud => self.whatsapp_of(token, app).await,
        }
    }

    /// The same with what a sign-in has just given, which is as fresh as it can be.
    ///
    /// # Errors
    /// As [`Graph::discover`].
    pub async fn discover_granted(&self, login: Login, granted: Granted, app: &App) -> Result<Found, Error> {
        match login {
            Login::InstagramLogin => self.instagram_of(granted, Some(app)).await,
            _ => self.discover(login, &granted.token, Some(app)).await,
        }
    }

    /// Looks at a token; what cannot be told is unknown, but a dead token is an error.
    async fn looked_at(&self, token: &Secret, app: Option<&App>) -> Result<Inspected, Error> {
        match self.debug(token, app).await {
            Err(e) if matches!(e.fate(), Fate::SignInAgain) && app.is_some() => {
                // The app may be the wrong one; the token itself decides.
                self.debug(token, None).await
            }
            Err(e) if matches!(e.fate(), Fate::GiveUp | Fate::UserAction) => {
                tracing::info!(error = %e, "the token could not be inspected");
                Ok(Inspected::default())
            }
            other => other,
        }
    }

    async fn pages_of(&self, token: &Secret, app: Option<&App>) -> Result<Found, Error> {
        let mut seen = self.looked_at(token, app).await?;
        let mut token = token.clone();
        // A Page token lasts when it is taken with a user token that lasts (graph-api a.2).
        let short = |seen: &Inspected| {
            let life =
                seen.expires_at.map(|end| seen.issued_at.unwrap_or_else(|| self.clock().now()).until(end));
            life.is_some_and(|ms| ms < 2 * DAY)
        };
        if let Some(app) = app.filter(|_| seen.kind.as_deref() == Some("USER") && short(&seen)) {
            match self.long_lived(Login::FacebookPage, app, &token).await {
                Ok(long) => {
                    token = long.token;
                    seen.expires_at = long.expires_at;
                    seen.issued_at = Some(self.clock().now());
                }
                Err(e) => tracing::info!(error = %e, "the token could not be made to last"),
            }
        }
        let proof = app.map(|app| signature::proof(&app.secret, &token));
        let looking = Looking { token: &token, proof };
        let is_page = seen.kind.as_deref() == Some("PAGE");
        let pages = if is_page { vec![self.me(&looking).await?] } else { self.pages(&looking).await? };
        let mut found = Found {
            scopes: seen.scopes.clone(),
            expires_at: seen.expires_at,
            data_access_expires_at: seen.data_access_expires_at,
            accounts: Vec::new(),
        };
        // The Page's own token has no end when the user's lasts.
        let expires_at = if is_page || short(&seen) { seen.expires_at } else { None };
        for page in &pages {
            found.accounts.extend(reached(page, &token, &seen, expires_at));
        }
        Ok(found)
    }

    /// The Page that a Page token stands for.
    async fn me(&self, looking: &Looking<'_>) -> Result<Map<String, Value>, Error> {
        let fields = "id,name,picture{url},instagram_business_account{id,username,name,profile_picture_url}";
        let call = Call::get(Host::Facebook, ["me"])
            .with("fields", fields)
            .maybe("appsecret_proof", looking.proof.as_deref());
        let answer = self.ask(call, Some(looking.token)).await?;
        Ok(answer.as_object().cloned().unwrap_or_default())
    }

    /// The Pages of a person or a system user, those owned through a business included.
    async fn pages(&self, looking: &Looking<'_>) -> Result<Vec<Map<String, Value>>, Error> {
        let proof = looking.proof.as_deref();
        let mut pages = match self.all(Host::Facebook, ["me", "accounts"], PAGE, looking.token, proof).await {
            Ok(pages) => pages,
            // "nonexisting field (accounts) on node type (Page)": it is a Page's token after all.
            Err(e) if e.is_field_refused() => return Ok(vec![self.me(looking).await?]),
            Err(e) => return Err(e),
        };
        for (business, name) in self.businesses(looking).await {
            for edge in ["owned_pages", "client_pages"] {
                match self.all(Host::Facebook, [business.as_str(), edge], PAGE, looking.token, proof).await {
                    Ok(more) => {
                        for mut page in more {
                            page.insert(BUSINESS.to_owned(), name.clone().into());
                            match pages.iter_mut().find(|known| id(known, "id") == id(&page, "id")) {
                                Some(known) => {
                                    known.entry(BUSINESS).or_insert_with(|| name.clone().into());
                                }
                                None => pages.push(page),
                            }
                        }
                    }
                    Err(e) => tracing::info!(error = %e, edge, "a business does not show its pages"),
                }
            }
        }
        Ok(pages)
    }

    /// The businesses a token sees, by id and name; often it may not look.
    async fn businesses(&self, looking: &Looking<'_>) -> Vec<(String, String)> {
        let asked = self.all(
            Host::Facebook,
            ["me", "businesses"],
            "id,name",
            looking.token,
            looking.proof.as_deref(),
        );
        match asked.await {
            Ok(all) => {
                all.iter().filter_map(|b| Some((id(b, "id")?, text(b, "name").unwrap_or_default()))).collect()
            }
            Err(e) => {
                tracing::info!(error = %e, "the token does not show businesses");
                Vec::new()
            }
        }
    }

    /// A pasted token of Instagram Login, made to last where possible: only a renewal tells when it ends, and one
    /// younger than a day cannot be renewed (graph-api a.4).
    async fn lasting(&self, token: &Secret, app: Option<&App>) -> Result<Granted, Error> {
        let as_it_is = Granted { token: token.clone(), expires_at: None, scopes: Vec::new() };
        match (self.refresh(token).await, app) {
            (Ok(renewed), _) => Ok(renewed),
            (Err(e), _) if e.fate() == Fate::Offline => Err(e),
            (Err(_), Some(app)) => {
                Ok(self.long_lived(Login::InstagramLogin, app, token).await.unwrap_or(as_it_is))
            }
            (Err(e), None) => {
                tracing::info!(error = %e, "the token cannot be renewed yet");
                Ok(as_it_is)
            }
        }
    }

    async fn instagram_of(&self, granted: Granted, app: Option<&App>) -> Result<Found, Error> {
        let Granted { token, expires_at, scopes } = granted;
        let call = Call::get(Host::Instagram, ["me"])
            .with("fields", "id,user_id,username,name,account_type,profile_picture_url")
            .maybe("appsecret_proof", app.map(|a| signature::proof(&a.secret, &token)));
        let answer = self.ask(call, Some(&token)).await?;
        let me = answer.as_object().cloned().unwrap_or_default();
        let mut found = Found { expires_at, scopes: scopes.clone(), ..Found::default() };
        // Webhooks name the professional id, which is `user_id` here (graph-api a.4).
        if let Some(meta_id) = id(&me, "user_id").or_else(|| id(&me, "id")) {
            found.accounts.push(Reached {
                channel: Channel::Instagram,
                login: Login::InstagramLogin,
                picture_url: text(&me, "profile_picture_url"),
                expires_at,
                missing_scopes: missing(Channel::Instagram, Login::InstagramLogin, &scopes),
                scopes,
                ..named(meta_id, &me, &token)
            });
        }
        Ok(found)
    }

    async fn whatsapp_of(&self, token: &Secret, app: Option<&App>) -> Result<Found, Error> {
        let seen = self.looked_at(token, app).await?;
        let looking = Looking { token, proof: app.map(|app| signature::proof(&app.secret, token)) };
        let mut wabas: Vec<String> = Vec::new();
        for (scope, targets) in &seen.targets {
            if scope == "whatsapp_business_management" {
                wabas.extend(targets.iter().cloned());
            }
        }
        if wabas.is_empty() {
            for (business, _) in self.businesses(&looking).await {
                for edge in ["owned_whatsapp_business_accounts", "client_whatsapp_business_accounts"] {
                    let path = [business.as_str(), edge];
                    match self.all(Host::Facebook, path, "id,name", token, looking.proof.as_deref()).await {
                        Ok(all) => wabas.extend(all.iter().filter_map(|w| id(w, "id"))),
                        Err(e) => {
                            tracing::info!(error = %e, edge, "a business does not show its WhatsApp accounts")
                        }
                    }
                }
            }
        }
        let mut found = Found {
            scopes: seen.scopes.clone(),
            expires_at: seen.expires_at,
            data_access_expires_at: seen.data_access_expires_at,
            accounts: Vec::new(),
        };
        let mut refused = None;
        for waba in &wabas {
            let business = self.owner_of(waba, &looking).await;
            match self.numbers(waba, token, looking.proof.as_deref()).await {
                Ok(numbers) => found.accounts.extend(numbers.into_iter().map(|number| {
                    let shown = number.shown.unwrap_or_default();
                    let plus = if shown.starts_with(|c: char| c.is_ascii_digit()) { "+" } else { "" };
                    let handle = format!("{plus}{shown}");
                    Reached {
                        channel: Channel::WhatsApp,
                        login: Login::WhatsAppCloud,
                        waba_id: Some(waba.clone()),
                        business: business.clone(),
                        name: number.name.unwrap_or_else(|| handle.clone()),
                        handle,
                        scopes: seen.scopes.clone(),
                        missing_scopes: missing(Channel::WhatsApp, Login::WhatsAppCloud, &seen.scopes),
                        expires_at: seen.expires_at,
                        data_access_expires_at: seen.data_access_expires_at,
                        ..named(number.id, &Object::new(), token)
                    }
                })),
                Err(e) => refused = Some(e),
            }
        }
        match refused {
            Some(e) if found.accounts.is_empty() => Err(e),
            _ => Ok(found),
        }
    }

    /// The business that a WhatsApp account belongs to, or the account's own name; a word to tell many apart.
    async fn owner_of(&self, waba: &str, looking: &Looking<'_>) -> Option<String> {
        let call = Call::get(Host::Facebook, [waba])
            .with("fields", "name,owner_business_info")
            .maybe("appsecret_proof", looking.proof.as_deref());
        let told = self.ask(call, Some(looking.token)).await.ok()?;
        let told = told.as_object()?;
        object(told, "owner_business_info").and_then(|b| text(b, "name")).or_else(|| text(told, "name"))
    }
}
