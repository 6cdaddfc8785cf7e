//! What a token reaches, kept for a moment until the person has picked; and sign-ins that wait for
//! the browser. Tokens found this way never leave the engine.

use super::{Answer, Desk, problems::graph_problem};
use crate::{
    graph::{Found, login},
    model::{
        AccountId, Candidate, Code, Event, Login, MINUTE, Problem, Timestamp,
        call::{self, Discovery, MetaApp, SignInStarted, SignInState},
    },
    vault::Secret,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use subtle::ConstantTimeEq;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// How long a discovery or a sign-in may wait for the person.
const PATIENCE: i64 = 10 * MINUTE;
/// Longest request line of the browser's return that is read, in bytes.
const RETURN_LIMIT: usize = 16 * 1024;

/// Discoveries and sign-ins of this process.
#[derive(Default, Clone)]
pub struct Discoveries(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    found: HashMap<String, Waiting>,
    sign_ins: HashMap<String, (SignInState, Timestamp)>,
}

#[derive(Clone)]
pub(super) struct Waiting {
    pub found: Arc<Found>,
    pub app_secret: Option<Secret>,
    until: Timestamp,
}

impl Discoveries {
    fn keep(&self, id: String, found: Found, app_secret: Option<Secret>, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.found.retain(|_, w| now < w.until);
        kept.found.insert(id, Waiting { found: Arc::new(found), app_secret, until: now.plus(PATIENCE) });
    }

    pub(super) fn get(&self, id: &str, now: Timestamp) -> Option<Waiting> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.found.get(id).filter(|w| now < w.until).cloned()
    }

    pub(super) fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).found.remove(id);
    }

    fn sign_in(&self, id: &str, state: SignInState, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sign_ins.retain(|_, (_, until)| now < *until);
        kept.sign_ins.insert(id.to_owned(), (state, now.plus(PATIENCE)));
    }
}

/// A name nobody can guess: 128 random bits.
fn secret_name() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

async fn discover(
    desk: &Desk,
    login: Login,
    token: &Secret,
    app: Option<&MetaApp>,
) -> Result<Discovery, Problem> {
    let app = app.map(|a| login::App { id: a.id.trim().to_owned(), secret: Secret::new(a.secret.0.trim()) });
    let graph = desk.access.graph(None).map_err(|e| graph_problem(&e))?;
    let found = graph.discover(login, token, app.as_ref()).await.map_err(|e| graph_problem(&e))?;
    let connected: HashMap<_, AccountId> =
        super::accounts::all(desk).await?.into_iter().map(|a| ((a.channel, a.meta_id), a.id)).collect();
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
                connected: connected.get(&(r.channel, r.meta_id.clone())).copied(),
                caution: r.caution(),
            })
            .collect(),
        scopes: found.scopes.clone(),
        token_expires_at: found.expires_at,
    };
    desk.discoveries.keep(discovery.id.clone(), found, app.map(|a| a.secret), desk.clock.now());
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
        discover(desk, self.login, &Secret::new(token), self.app.as_ref()).await
    }
}

impl Answer for call::StartSignIn {
    async fn answer(self, desk: &Desk) -> Result<SignInStarted, Problem> {
        if self.login == Login::WhatsAppCloud {
            return Err(Problem::new(
                Code::BadRequest,
                "WhatsApp is connected with a system-user token from Meta's Business settings: paste it instead.",
            ));
        }
        if self.app.id.trim().is_empty() || self.app.secret.0.trim().is_empty() {
            return Err(Problem::new(Code::BadRequest, "Both the app id and the app secret are needed."));
        }
        // Meta accepts http only on "localhost", and only while the app is in development mode (graph-api a.3).
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|e| {
            Problem::new(Code::Internal, format!("No local port is free for the browser to return to: {e}."))
        })?;
        let port = listener.local_addr().map_err(|e| Problem::new(Code::Internal, e.to_string()))?.port();
        let redirect = format!("http://localhost:{port}/signed-in");
        let (sign_in, state) = (secret_name(), secret_name());
        let url = login::authorize_url(&desk.config.hosts, self.login, self.app.id.trim(), &redirect, &state);
        desk.discoveries.sign_in(&sign_in, SignInState::Waiting, desk.clock.now());
        let wait =
            Return { listener, redirect, state, login: self.login, app: self.app, sign_in: sign_in.clone() };
        let here = desk.me.clone();
        desk.tasks.once(async move {
            if let Some(desk) = here.upgrade() {
                wait.answered(&desk).await;
            }
        });
        Ok(SignInStarted { sign_in, url })
    }
}

impl Answer for call::GetSignIn {
    async fn answer(self, desk: &Desk) -> Result<SignInState, Problem> {
        let (found, code) = {
            let kept = desk.discoveries.0.lock().unwrap_or_else(PoisonError::into_inner);
            (kept.sign_ins.get(&self.sign_in).map(|(s, _)| s.clone()), Code::NotFound)
        };
        found.ok_or_else(|| {
            Problem::new(code, "This sign-in took too long and was forgotten. Start it again.")
        })
    }
}

/// A sign-in whose browser has not come back yet.
struct Return {
    listener: TcpListener,
    redirect: String,
    state: String,
    login: Login,
    app: MetaApp,
    sign_in: String,
}

impl Return {
    /// Waits for the browser, exchanges the code and looks what the token reaches.
    async fn answered(self, desk: &Desk) {
        let state = tokio::select! {
            () = desk.tasks.stopping().cancelled_owned() => return,
            () = desk.clock.sleep(PATIENCE) => SignInState::Failed { problem: Problem::new(
                Code::BadRequest, "Nobody came back from the browser within ten minutes. Start the sign-in again.") },
            code = self.code() => match code {
                Ok(code) => match self.exchange(desk, &code).await {
                    Ok(discovery) => SignInState::Found { discovery },
                    Err(problem) => SignInState::Failed { problem },
                },
                Err(problem) => SignInState::Failed { problem },
            },
        };
        desk.discoveries.sign_in(&self.sign_in, state, desk.clock.now());
        desk.events.tell(Event::StatusChanged);
    }

    async fn exchange(&self, desk: &Desk, code: &Secret) -> Result<Discovery, Problem> {
        let app =
            login::App { id: self.app.id.trim().to_owned(), secret: Secret::new(self.app.secret.0.trim()) };
        let graph = desk.access.graph(None).map_err(|e| graph_problem(&e))?;
        let token = graph
            .exchange_code(self.login, &app, &self.redirect, code)
            .await
            .map_err(|e| graph_problem(&e))?;
        discover(desk, self.login, &token, Some(&self.app)).await
    }

    /// The code of the first return that carries our state. Anything else gets a refusal and is not
    /// the end: a browser also asks for an icon.
    async fn code(&self) -> Result<Secret, Problem> {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                continue;
            };
            let Some(target) = request_target(&mut stream).await else {
                say(&mut stream, "400 Bad Request", "That could not be read.").await;
                continue;
            };
            let Ok(url) = url::Url::parse(&format!("http://localhost{target}")) else {
                continue;
            };
            let field = |name: &str| url.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned());
            let state = field("state").unwrap_or_default();
            if url.path() != "/signed-in" || !bool::from(state.as_bytes().ct_eq(self.state.as_bytes())) {
                say(&mut stream, "404 Not Found", "This address only takes the return of a sign-in.").await;
                continue;
            }
            if let Some(code) = field("code") {
                say(&mut stream, "200 OK", "Signed in. Go back to Heliograph and pick your accounts.").await;
                return Ok(Secret::new(code));
            }
            say(&mut stream, "200 OK", "Nothing was connected. You can close this page.").await;
            let reason = field("error_description").or(field("error_reason")).unwrap_or_default();
            let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(Problem::new(Code::NotAllowed, format!("Meta did not sign in: {reason}")));
        }
    }
}

/// The target of the request line; the rest of the request does not matter.
async fn request_target(stream: &mut TcpStream) -> Option<String> {
    let read = async {
        let mut text = Vec::new();
        let mut chunk = [0; 2048];
        while !text.windows(4).any(|w| w == b"\r\n\r\n") && text.len() < RETURN_LIMIT {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(n) => text.extend_from_slice(&chunk[..n]),
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut words = text.lines().next()?.split(' ');
        (words.next()? == "GET").then(|| words.next().map(str::to_owned)).flatten()
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), read).await.ok().flatten()
}

async fn say(stream: &mut TcpStream, status: &str, words: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>Heliograph</title><p>{words}</p>");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nReferrer-Policy: \
         no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // The person reads it or not; the sign-in goes on either way.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
