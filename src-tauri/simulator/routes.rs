//! What each path of the Graph API means: the node, whether the token reaches it, and the edge.

use crate::call::{Call, Reply};
use crate::door::Answer;
use crate::error::GraphError;
use crate::tokens::{Holder, Token};
use crate::world::{Channel, World};
use crate::{
    accounts, conversations, inspect, messages, moderation, oauth, profiles, send, subscriptions, templates,
    uploads, whatsapp,
};
use axum::http::Method;

/// Parameters that Meta removed (graph-api 0).
const REMOVED: [&str; 4] = ["pretty", "debug", "date_format", "ids"];

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    User,
    System,
    Business,
    App,
    Account(usize),
    Waba(usize),
    Thread(usize),
    Message(usize, usize),
    Person(usize),
    Media(usize, usize),
}

impl World {
    /// What `id` names; `me` depends on the token.
    pub fn node(&self, id: &str, token: &Token) -> Option<Node> {
        if id == "me" {
            return Some(match token.holder {
                Holder::User => Node::User,
                Holder::System => Node::System,
                Holder::App => Node::App,
                Holder::Page(account) | Holder::Instagram(account) => Node::Account(account),
            });
        }
        if id == accounts::USER_ID {
            return Some(Node::User);
        }
        if id == accounts::SYSTEM_ID {
            return Some(Node::System);
        }
        if id == accounts::BUSINESS_ID || self.businesses.iter().any(|b| b.id == id) {
            return Some(Node::Business);
        }
        if id == self.app.id || id == self.instagram_app.id || id == "app" {
            return Some(Node::App);
        }
        if id == accounts::INSTAGRAM_SCOPED_ID {
            return Some(Node::Account(self.account_of(Channel::Instagram)));
        }
        for (account, a) in self.accounts.iter().enumerate() {
            if a.id == id {
                return Some(Node::Account(account));
            }
            if a.waba.as_deref() == Some(id) {
                return Some(Node::Waba(account));
            }
            if a.channel != Channel::WhatsApp
                && let Some(thread) = a.people.get(id)
            {
                return Some(Node::Person(*thread as usize));
            }
        }
        self.find_thread(id)
            .map(Node::Thread)
            .or_else(|| self.find_message(id).map(|(t, i)| Node::Message(t, i)))
            .or_else(|| self.find_media(id).map(|(t, i)| Node::Media(t, i)))
    }

    /// Whether the token reaches the account's data.
    pub fn reaches(&self, token: &Token, account: usize) -> bool {
        let channel = self.accounts[account].channel;
        match token.holder {
            Holder::Page(page) => page == account || channel == Channel::Instagram,
            Holder::Instagram(own) => own == account,
            Holder::User => true,
            Holder::System => channel == Channel::WhatsApp,
            Holder::App => false,
        }
    }

    fn sees(&self, token: &Token, node: Node) -> bool {
        let whatsapp = |t: usize| self.accounts[self.threads[t].account].channel == Channel::WhatsApp;
        match node {
            Node::User => matches!(token.holder, Holder::User | Holder::Page(_) | Holder::App),
            Node::System => token.holder == Holder::System,
            Node::Business => matches!(token.holder, Holder::User | Holder::System),
            Node::App => true,
            Node::Account(account) | Node::Waba(account) => self.reaches(token, account),
            Node::Media(thread, _) => whatsapp(thread) && self.reaches(token, self.threads[thread].account),
            Node::Thread(thread) | Node::Message(thread, _) | Node::Person(thread) => {
                matches!(token.holder, Holder::Page(_) | Holder::Instagram(_))
                    && self.reaches(token, self.threads[thread].account)
                    && !whatsapp(thread)
            }
        }
    }

    /// The account a call is about, for usage headers and faults.
    pub fn account_touched(&self, call: &Call) -> Option<usize> {
        let token = self.token(call.token()).ok();
        let instagram = call.param("platform") == Some("instagram");
        let named = call.path.iter().find_map(|part| match self.node(part, token.as_ref()?)? {
            Node::Account(a) | Node::Waba(a) => Some(a),
            Node::Thread(t) | Node::Message(t, _) | Node::Person(t) | Node::Media(t, _) => {
                Some(self.threads[t].account)
            }
            Node::User | Node::System | Node::Business | Node::App => None,
        });
        match named {
            Some(account) if instagram && self.accounts[account].channel == Channel::Messenger => {
                Some(self.account_of(Channel::Instagram))
            }
            named => named,
        }
    }
}

/// Answers one call; `Err` is told as Meta's error object.
pub(crate) fn route(world: &mut World, call: &Call) -> Result<Answer, GraphError> {
    if let Some(removed) = REMOVED.into_iter().find(|name| call.param(name).is_some()) {
        return Err(GraphError::param(format!("The parameter {removed} is no longer supported")));
    }
    let path = call.parts();
    match path.as_slice() {
        ["oauth", "access_token"] => return Ok(oauth::access_token(world, call)?.into()),
        ["access_token"] => return Ok(oauth::instagram_long_lived(world, call)?.into()),
        ["refresh_access_token"] => return Ok(oauth::instagram_refresh(world, call)?.into()),
        ["debug_token"] => return Ok(inspect::debug_token(world, call)?.into()),
        [] => return Err(GraphError::new(100, "(#100) The parameter path is required")),
        _ => {}
    }
    let token = world.token(call.token())?;
    check_host(call, &token)?;
    check_proof(world, call, &token)?;
    let method = call.method.as_str();
    let id = path[0];
    let node = world.node(id, &token).ok_or_else(|| GraphError::missing(method, id))?;
    if !world.sees(&token, node) {
        return Err(GraphError::missing(method, id));
    }
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    let delete = call.method == Method::DELETE;
    match (node, &path[1..]) {
        (node, []) if get => match node {
            Node::Thread(thread) => conversations::thread(world, call, &token, thread).map(Answer::from),
            Node::Message(thread, index) => {
                messages::message(world, call, &token, thread, index).map(Answer::from)
            }
            Node::Person(thread) => profiles::profile(world, call, thread).map(Answer::from),
            Node::Media(thread, index) => Ok(world.whatsapp_media(thread, index)?.into()),
            node => accounts::node(world, call, &token, node).map(Answer::from),
        },
        (Node::User, ["accounts"]) if get => accounts::pages(world, call, &token).map(Answer::from),
        (Node::User | Node::System, ["businesses"]) if get => {
            accounts::businesses(world, call, &token).map(Answer::from)
        }
        (Node::User | Node::System, ["permissions"]) if get => Ok(inspect::permissions(&token).into()),
        (Node::User, ["permissions", ..]) if delete => {
            inspect::revoke(world, path.get(2).copied());
            Ok(Reply::success().into())
        }
        (Node::Business, [edge]) if get => accounts::owned(world, call, &token, edge).map(Answer::from),
        (Node::Waba(account), ["phone_numbers"]) if get => {
            whatsapp::phone_numbers(world, call, &token, account).map(Answer::from)
        }
        (Node::Waba(account) | Node::Account(account), ["message_templates"]) if get => {
            templates::list(world, call, account).map(Answer::from)
        }
        (Node::Account(account), ["conversations"]) if get => {
            conversations::list(world, call, &token, account).map(Answer::from)
        }
        (Node::Thread(thread), ["messages"]) if get => {
            conversations::messages_of(world, call, &token, thread).map(Answer::from)
        }
        (Node::Account(account), ["messages"]) if post => match world.accounts[account].channel {
            Channel::WhatsApp => whatsapp::send(world, call, &token, account),
            Channel::Instagram | Channel::Messenger => send::send(world, call, &token, account),
        },
        (Node::Account(account), ["message_attachments"]) if post => {
            uploads::attachment(world, call, &token, account).map(Answer::from)
        }
        (Node::Account(account), ["media"])
            if post && world.accounts[account].channel == Channel::WhatsApp =>
        {
            uploads::media(world, call, &token, account).map(Answer::from)
        }
        (Node::Account(account) | Node::Waba(account), ["subscribed_apps"]) => {
            subscriptions::of_account(world, call, &token, account).map(Answer::from)
        }
        (Node::Account(account), ["moderate_conversations"]) if post => {
            moderation::moderate(world, call, &token, account).map(Answer::from)
        }
        (Node::Account(account), ["block_users"]) if post || delete => {
            moderation::block_users(world, call, &token, account).map(Answer::from)
        }
        (Node::App, ["subscriptions"]) => subscriptions::of_app(world, call, &token),
        _ if !(get || post || delete) => Err(GraphError::missing(method, id)),
        (_, rest) => Err(GraphError::unknown_path(&rest.join("/"))),
    }
}

/// A token works on its own host only (graph-api a.1).
fn check_host(call: &Call, token: &Token) -> Result<(), GraphError> {
    let instagram = matches!(token.holder, Holder::Instagram(_));
    let refused = match call.host {
        Some("graph.instagram.com") => !instagram,
        Some("graph.facebook.com") => instagram,
        _ => false,
    };
    if refused {
        return Err(GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"));
    }
    Ok(())
}

/// `appsecret_proof`, when given or required (graph-api a.2).
fn check_proof(world: &mut World, call: &Call, token: &Token) -> Result<(), GraphError> {
    let app = match token.holder {
        Holder::Instagram(_) => &world.instagram_app,
        _ => &world.app,
    };
    let right = hex::encode(crate::signature::digest(app.secret.as_bytes(), token.value.as_bytes()));
    match call.param("appsecret_proof") {
        Some(proof) if proof == right => Ok(()),
        Some(_) => Err(GraphError::new(104, "Invalid appsecret_proof provided in the API argument")),
        None if world.faults.strike("", |k| k == crate::faults::Kind::RequireProof).is_some() => {
            Err(GraphError::new(104, "API calls from the server require an appsecret_proof argument"))
        }
        None => Ok(()),
    }
}
