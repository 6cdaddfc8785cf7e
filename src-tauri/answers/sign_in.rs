//! What a token reaches, kept for a moment until the person has picked; and sign-ins that wait for the person.
//! Tokens found this way never leave the engine.

mod returning;

use super::{Answer, Desk, accounts, accounts::SignedIn, problems::graph_problem};
use crate::{
    graph::{
        Found, Gift, Granted, Landing,
        login::{self, App, Asking},
    },
    model::{
        AccountId, Candidate, Code, ComeBack, Event, Login, MINUTE, Problem, Timestamp,
        call::{self, Discovery, KeptApp, MetaApp, SignInStarted, SignInState},
    },
    vault::Secret,
};
use returning::Returns;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long a discovery waits for the person.
const PATIENCE: i64 = 10 * MINUTE;
/// How long a sign-in does: an address may have to be registered at Meta meanwhile.
const SIGN_IN_PATIENCE: i64 = 30 * MINUTE;
/// Meta's last page for a window of a desktop app (graph-api a.3).
const LAST_PAGE: &str = "/connect/login_success.html";

/// Discoveries and sign-ins of this process.
#[derive(Default, Clone)]
pub struct Discoveries(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    found: HashMap<String, Waiting>,
    pending: HashMap<String, Pending>,
    sign_ins: HashMap<String, (SignInState, Timestamp)>,
}

#[derive(Clone)]
pub(super) struct Waiting {
    pub found: Arc<Found>,
    pub signed_in: Option<SignedIn>,
    until: Timestamp,
}

/// A sign-in that nobody has come back from. Taken out by the first return that bears its state: it works once.
#[derive(Clone)]
struct Pending {
    state: String,
    url: String,
    redirect: String,
    login: Login,
    signed_in: SignedIn,
    until: Timestamp,
    /// Closes the port that waits for it.
    done: CancellationToken,
}

impl Pending {
    /// Whether this return is its own.
    fn bears(&self, state: Option<&str>) -> bool {
        state.is_none_or(|state| state.as_bytes().ct_eq(self.state.as_bytes()).into())
    }
}

impl Discoveries {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, id: String, found: Found, signed_in: Option<SignedIn>, now: Timestamp) {
        let mut kept = self.lock();
        kept.found.retain(|_, w| now < w.until);
        kept.found.insert(id, Waiting { found: Arc::new(found), signed_in, until: now.plus(PATIENCE) });
    }

    pub(super) fn get(&self, id: &str, now: Timestamp) -> Option<Waiting> {
        self.lock().found.get(id).filter(|w| now < w.until).cloned()
    }

    pub(super) fn forget(&self, id: &str) {
        self.lock().found.remove(id);
    }

    fn note(&self, id: &str, state: SignInState, now: Timestamp) {
        let mut kept = self.lock();
        kept.sign_ins.retain(|_, (_, until)| now < *until);
        kept.sign_ins.insert(id.to_owned(), (state, now.plus(SIGN_IN_PATIENCE)));
    }

    /// Meta's page and last address of a sign-in that waits: what a window of its own shows and watches for.
    pub fn page(&self, sign_in: &str) -> Option<(Url, Url)> {
        let kept = self.lock();
        let pending = kept.pending.get(sign_in)?;
        Some((Url::parse(&pending.url).ok()?, Url::parse(&pending.redirect).ok()?))
    }

    /// Takes out the sign-in that `state` belongs to. A code without a state is only taken where a person brought it
    /// to this very sign-in.
    fn take(&self, id: &str, state: Option<&str>, now: Timestamp) -> Option<Pending> {
        let mut kept = self.lock();
        kept.pending.retain(|_, p| now < p.until);
        if !kept.pending.get(id)?.bears(state) {
            return None;
        }
        let taken = kept.pending.remove(id)?;
        taken.done.cancel();
        Some(taken)
    }
}

/// A name nobody can guess: 128 random bits.
fn secret_name() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

/// The app as it was typed, or what is missing of it.
fn app_of(app: &MetaApp) -> Result<App, Problem> {
    let (id, secret) = (app.id.trim(), app.secret.0.trim());
    if id.is_empty() || secret.is_empty() {
        return Err(Problem::new(Code::BadRequest, "Both the app id and the app secret are needed."));
    }
    Ok(App { id: id.to_owned(), secret: Secret::new(secret) })
}

/// Keeps what was found until the person has picked.
async fn offer(desk: &Desk, found: Found, signed_in: Option<SignedIn>) -> Result<Discovery, Problem> {
    let connected: HashMap<_, AccountId> =
        accounts::all(desk).await?.into_iter().map(|a| ((a.channel, a.meta_id), a.id)).collect();
    let discovery = Discovery {
        id: secret_name(),
        candidates: found
            .accounts
            .iter()
            .map(|r| Candidate {
                channel: r.channel,
                login: r.login,
                meta_id: r.meta_id.clone(),
                name: r.name.clone(),
                handle: r.handle.clone(),
                business: r.business.clone().filter(|name| !name.is_empty()),
                connected: connected.get(&(r.channel, r.meta_id.clone())).copied(),
                caution: r.caution(),
            })
            .collect(),
        scopes: found.scopes.clone(),
        token_expires_at: found.expires_at,
    };
    desk.discoveries.keep(discovery.id.clone(), found, signed_in, desk.clock.now());
    Ok(discovery)
}

impl Answer for call::DiscoverAccounts {
    async fn answer(self, desk: &Desk) -> Result<Discovery, Problem> {
        let token = self.token.0.trim();
        if token.is_empty()
            || token.len() > 4096
            || token.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Err(Problem::new(
                Code::BadRequest,
                "This does not look like a token: it should be one long word.",
            ));
        }
        let app = self.app.as_ref().map(app_of).transpose()?;
        let graph = desk.access.graph(None).map_err(|e| graph_problem(&e))?;
        let found = graph.discover(self.login, &Secret::new(token), app.as_ref()).await;
        let found = found.map_err(|e| graph_problem(&e))?;
        offer(desk, found, app.map(|app| SignedIn { app, back: None })).await
    }
}

impl Answer for call::StartSignIn {
    async fn answer(self, desk: &Desk) -> Result<SignInStarted, Problem> {
        let refused = |why: &str| Err(Problem::new(Code::BadRequest, why));
        if self.login == Login::WhatsAppCloud {
            return refused(
                "WhatsApp is connected with a system-user token from Meta's Business settings: paste it instead.",
            );
        }
        if self.login == Login::InstagramLogin && !matches!(self.back, ComeBack::Address { .. }) {
            return refused(
                "Instagram leads back to an https address registered in the app, and nowhere else.",
            );
        }
        let app = match (&self.app, self.account) {
            (Some(app), _) => app_of(app)?,
            (None, Some(account)) => match accounts::kept_app(desk, account).await? {
                Some(kept) => kept.app,
                None => return refused("This account's app is not kept here. Give its id and secret."),
            },
            (None, None) => return refused("Both the app id and the app secret are needed."),
        };
        let returns = match &self.back {
            ComeBack::Window => None,
            ComeBack::Loopback => Some(Returns::open().await?),
            // Only a convenience there: without a port the person brings the address.
            ComeBack::Address { .. } => Returns::open().await.ok(),
        };
        let redirect = match (&self.back, &returns) {
            (ComeBack::Address { address }, _) => address_of(address)?,
            (ComeBack::Loopback, Some(returns)) => returns.address(),
            _ => format!("{}{LAST_PAGE}", desk.config.hosts.facebook_dialog),
        };
        let sign_in = secret_name();
        // The page at the address hands the return over to this port.
        let state = match (&self.back, &returns) {
            (ComeBack::Address { .. }, Some(returns)) => format!("{}.{}", secret_name(), returns.port),
            _ => secret_name(),
        };
        let asking = Asking {
            login: self.login,
            app_id: &app.id,
            redirect: &redirect,
            state: &state,
            token: self.back == ComeBack::Window,
            again: self.account.is_some(),
        };
        let url = login::authorize_url(&desk.config.hosts, asking);
        let now = desk.clock.now();
        let pending = Pending {
            state,
            url: url.clone(),
            redirect: redirect.clone(),
            login: self.login,
            signed_in: SignedIn { app, back: Some(self.back) },
            until: now.plus(SIGN_IN_PATIENCE),
            done: CancellationToken::new(),
        };
        let done = pending.done.clone();
        desk.discoveries.note(&sign_in, SignInState::Waiting, now);
        desk.discoveries.lock().pending.insert(sign_in.clone(), pending);
        let (here, waits) = (desk.me.clone(), sign_in.clone());
        desk.tasks.once(async move {
            if let Some(desk) = here.upgrade() {
                wait(&desk, &waits, returns, done).await;
            }
        });
        Ok(SignInStarted { sign_in, url, redirect })
    }
}

/// An https address as Meta takes it, which must be registered there letter for letter.
fn address_of(address: &str) -> Result<String, Problem> {
    let address = address.trim();
    let good = Url::parse(address)
        .is_ok_and(|url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none());
    if good {
        return Ok(address.to_owned());
    }
    Err(Problem::new(
        Code::BadRequest,
        "The return address must begin with https:// and have nothing after a ? or #.",
    ))
}

/// Waits until somebody comes back by the port, in another way, or not at all.
async fn wait(desk: &Desk, sign_in: &str, returns: Option<Returns>, done: CancellationToken) {
    let came = async {
        match &returns {
            Some(returns) => {
                returns
                    .next(|state| {
                        let kept = desk.discoveries.lock();
                        kept.pending.get(sign_in).is_some_and(|p| p.bears(Some(state)))
                    })
                    .await
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = desk.tasks.stopping().cancelled_owned() => {}
        () = done.cancelled() => {}
        () = desk.clock.sleep(SIGN_IN_PATIENCE) => {
            desk.discoveries.lock().pending.remove(sign_in);
            let problem = Problem::new(Code::BadRequest, "Nobody came back within half an hour. Start the sign-in again.");
            settle(desk, sign_in, SignInState::Failed { problem });
        }
        landing = came => {
            if let Err(problem) = finish(desk, sign_in, landing).await {
                settle(desk, sign_in, SignInState::Failed { problem });
            }
        }
    }
}

fn settle(desk: &Desk, sign_in: &str, state: SignInState) {
    desk.discoveries.note(sign_in, state, desk.clock.now());
    desk.events.tell(Event::StatusChanged);
}

/// Takes what somebody came back with, exchanges it and looks what it reaches. A sign-in is over with it.
async fn finish(desk: &Desk, sign_in: &str, landing: Landing) -> Result<SignInState, Problem> {
    let Some(pending) = desk.discoveries.take(sign_in, landing.state.as_deref(), desk.clock.now()) else {
        return Err(Problem::new(
            Code::NotAllowed,
            "This address belongs to another sign-in, or to one that is over. Start again.",
        ));
    };
    let state = match reach(desk, &pending, landing.gift).await {
        Ok(discovery) => SignInState::Found { discovery },
        Err(problem) => SignInState::Failed { problem },
    };
    settle(desk, sign_in, state.clone());
    Ok(state)
}

async fn reach(desk: &Desk, pending: &Pending, gift: Gift) -> Result<Discovery, Problem> {
    let app = &pending.signed_in.app;
    let graph = desk.access.graph(None).map_err(|e| graph_problem(&e))?;
    let granted = match gift {
        Gift::Code(code) => graph
            .exchange_code(pending.login, app, &pending.redirect, &code)
            .await
            .map_err(|e| graph_problem(&e))?,
        Gift::Token(token) => Granted { token, expires_at: None, scopes: Vec::new() },
        Gift::Refused(why) => {
            return Err(Problem::new(Code::NotAllowed, format!("Meta did not sign in: {why}")));
        }
    };
    let found = graph.discover_granted(pending.login, granted, app).await.map_err(|e| graph_problem(&e))?;
    offer(desk, found, Some(pending.signed_in.clone())).await
}

impl Answer for call::GetSignIn {
    async fn answer(self, desk: &Desk) -> Result<SignInState, Problem> {
        let found = desk.discoveries.lock().sign_ins.get(&self.sign_in).map(|(state, _)| state.clone());
        found.ok_or_else(|| {
            Problem::new(Code::NotFound, "This sign-in took too long and was forgotten. Start it again.")
        })
    }
}

impl Answer for call::FinishSignIn {
    async fn answer(self, desk: &Desk) -> Result<SignInState, Problem> {
        let Some(landing) = Landing::read(&self.landed.0) else {
            return Err(Problem::new(
                Code::BadRequest,
                "There is no code in this. Copy the whole address from the browser's address bar, from https:// to its \
                 end.",
            ));
        };
        // A slip of the hand must not end the sign-in: what belongs to another is refused and this one waits on.
        let foreign = {
            let kept = desk.discoveries.lock();
            kept.pending.get(&self.sign_in).is_some_and(|p| !p.bears(landing.state.as_deref()))
        };
        if foreign {
            return Err(Problem::new(
                Code::NotAllowed,
                "This address belongs to another sign-in. Copy it from the page that was opened last.",
            ));
        }
        finish(desk, &self.sign_in, landing).await
    }
}

impl Answer for call::CancelSignIn {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let taken = desk.discoveries.lock().pending.remove(&self.sign_in);
        if let Some(pending) = taken {
            pending.done.cancel();
            let problem = Problem::new(Code::NotAllowed, "The sign-in was given up. Nothing was connected.");
            settle(desk, &self.sign_in, SignInState::Failed { problem });
        }
        Ok(())
    }
}

impl Answer for call::GetKeptApp {
    async fn answer(self, desk: &Desk) -> Result<Option<KeptApp>, Problem> {
        let kept = accounts::kept_app(desk, self.account).await?;
        Ok(kept.map(|kept| KeptApp { id: kept.app.id, back: kept.back.unwrap_or_default() }))
    }
}
