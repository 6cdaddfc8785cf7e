//! Calls against a scripted Meta on loopback: what is asked, and what each answer leads to.

mod answers;
mod conversations;
mod reached;
mod script;
mod simulated;

use super::{Access, Account, Graph};
use crate::{
    config::Hosts,
    model::{Channel, Login, MetaAccountId},
    vault::Secret,
};
use script::Script;

/// An account at `script`: a Page, its Instagram account, an Instagram login, or a number.
fn account(script: &Script, channel: Channel, login: Login) -> Account {
    let access = Access {
        channel,
        login,
        meta_id: MetaAccountId("17".into()),
        page_id: (login == Login::FacebookPage).then(|| "68".into()),
        waba_id: (login == Login::WhatsAppCloud).then(|| "10".into()),
        own_ids: Vec::new(),
        token: Secret::new("EAAB-token"),
        app_secret: Some(Secret::new("app-secret")),
        app_id: None,
    };
    graph(script).as_account(access)
}

fn graph(script: &Script) -> Graph {
    Graph::new(Hosts::all_at(&script.origin)).unwrap()
}

fn messenger(script: &Script) -> Account {
    account(script, Channel::Messenger, Login::FacebookPage)
}
