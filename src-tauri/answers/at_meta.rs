//! What ends at Meta's side when an account is disconnected: its webhooks, and the permission of whoever signed in.
//! Neither ends while another connected account needs it.

use super::{Desk, problems::graph_problem};
use crate::{
    access::AccessError,
    graph::{self, Fate, Signer},
    model::{AtMeta, Channel, Login, MetaFate, MetaPart, Problem},
    store::accounts::StoredAccount,
};
use std::{sync::Arc, time::Duration};

/// How long Meta is waited for: the disconnecting itself does not depend on it.
const PATIENCE: Duration = Duration::from_secs(12);

/// Where a person takes the permission back.
const BY_HAND: &str = "You can remove the app yourself: on Facebook, Settings, Business integrations.";

/// A part and what is to be done about it.
pub(super) struct Part {
    pub told: AtMeta,
    todo: Todo,
}

enum Todo {
    Nothing,
    Unsubscribe,
    Revoke(Signer),
}

fn part(part: MetaPart, fate: MetaFate, words: impl Into<String>, todo: Todo) -> Part {
    Part { told: AtMeta { part, fate, words: words.into() }, todo }
}

/// Looks what would end with `account`, while `others` stay connected.
pub(super) async fn look(desk: &Desk, account: &StoredAccount, others: &[StoredAccount]) -> Vec<Part> {
    vec![webhooks(account, others), permission(desk, account, others).await]
}

/// Ends what is to end; each part says afterwards what became of it.
pub(super) async fn end(desk: &Desk, account: &StoredAccount, parts: Vec<Part>) -> Vec<AtMeta> {
    let mut told = Vec::with_capacity(parts.len());
    for Part { told: mut at, todo } in parts {
        let done = match &todo {
            Todo::Nothing => Ok(()),
            Todo::Unsubscribe => ask(desk, account, async |access| access.unsubscribe().await).await,
            Todo::Revoke(signer) => ask(desk, account, async |access| access.revoke(signer).await).await,
        };
        match (done, at.part) {
            (Ok(()), MetaPart::Webhooks) if at.fate == MetaFate::Ends => {
                at.words = "Meta sends no more webhooks of this account to your app.".into();
            }
            (Ok(()), MetaPart::Permission) if at.fate == MetaFate::Ends => {
                at.words = "The permission is taken back at Meta.".into();
            }
            (Ok(()), _) => {}
            (Err(trouble), MetaPart::Webhooks) => {
                at.fate = MetaFate::Refused;
                at.words = format!("Meta did not end the webhooks: {trouble}");
            }
            (Err(trouble), MetaPart::Permission) => {
                at.fate = MetaFate::Refused;
                at.words = format!("Meta did not take the permission back: {trouble} {BY_HAND}");
            }
        }
        told.push(at);
    }
    told
}

/// The same parts when the person wants Meta's side left as it is.
pub(super) fn leave_alone(parts: Vec<Part>) -> Vec<AtMeta> {
    let stays = |at: AtMeta| match (at.fate, at.part) {
        (MetaFate::Ends, MetaPart::Webhooks) => {
            AtMeta { fate: MetaFate::Stays, words: "Webhooks go on at Meta, as you wished.".into(), ..at }
        }
        (MetaFate::Ends, MetaPart::Permission) => AtMeta {
            fate: MetaFate::Stays,
            words: "The permission stays at Meta, as you wished.".into(),
            ..at
        },
        _ => at,
    };
    parts.into_iter().map(|part| stays(part.told)).collect()
}

/// Whose webhooks Meta sends: a Page's serve its Instagram account as well, a business account's all its numbers.
fn subscriber(account: &StoredAccount) -> &str {
    match account.account.channel {
        Channel::WhatsApp if !account.waba_id.is_empty() => &account.waba_id,
        _ if !account.page_id.is_empty() => &account.page_id,
        _ => account.account.meta_id.as_str(),
    }
}

fn webhooks(account: &StoredAccount, others: &[StoredAccount]) -> Part {
    let shared: Vec<&StoredAccount> =
        others.iter().filter(|other| subscriber(other) == subscriber(account)).collect();
    if shared.is_empty() {
        let words = "Meta stops sending this account’s webhooks to your app.";
        return part(MetaPart::Webhooks, MetaFate::Ends, words, Todo::Unsubscribe);
    }
    let words = format!("Webhooks go on, since they also serve {}.", names(&shared));
    part(MetaPart::Webhooks, MetaFate::Stays, words, Todo::Nothing)
}

async fn permission(desk: &Desk, account: &StoredAccount, others: &[StoredAccount]) -> Part {
    let say = |fate, words: String, todo| part(MetaPart::Permission, fate, words, todo);
    if account.account.login == Login::InstagramLogin {
        let words = "Instagram has no call that takes the permission back. You can remove the app yourself: on \
                     Instagram, Settings, Website permissions, Apps and websites.";
        return say(MetaFate::ByHand, words.into(), Todo::Nothing);
    }
    let signer = match signer(desk, account).await {
        Ok(Some(signer)) => signer,
        Ok(None) => {
            return say(
                MetaFate::ByHand,
                format!("Meta does not tell who signed in. {BY_HAND}"),
                Todo::Nothing,
            );
        }
        Err(trouble) => {
            let words = format!("Meta could not be asked who signed in: {trouble} {BY_HAND}");
            return say(MetaFate::Refused, words, Todo::Nothing);
        }
    };
    if signer.system {
        let words = "The token is a system user’s, which is not taken back from here. You can remove it yourself: in \
                     Meta’s Business settings, System users.";
        return say(MetaFate::ByHand, words.into(), Todo::Nothing);
    }
    let mut shared = Vec::new();
    for other in others.iter().filter(|o| o.account.login != Login::InstagramLogin) {
        match self::signer(desk, other).await {
            Ok(theirs) if theirs.as_ref() == Some(&signer) => shared.push(other),
            Ok(_) | Err(Silence::Dead) => {}
            Err(Silence::Because(_)) => {
                let words = format!(
                    "The permission stays: it could not be told whether {} was connected by the same sign-in.",
                    names(&[other])
                );
                return say(MetaFate::Stays, words, Todo::Nothing);
            }
        }
    }
    if !shared.is_empty() {
        let words =
            format!("The permission stays, since {} was connected by the same sign-in.", names(&shared));
        return say(MetaFate::Stays, words, Todo::Nothing);
    }
    let words = "Your app’s permission to act for whoever signed in is taken back.";
    say(MetaFate::Ends, words.into(), Todo::Revoke(signer))
}

/// "Jasper's Market on Messenger and @jasper on Instagram".
fn names(accounts: &[&StoredAccount]) -> String {
    let name = |a: &&StoredAccount| format!("{} on {}", a.account.name, a.account.channel.name());
    accounts.iter().map(name).collect::<Vec<_>>().join(" and ")
}

/// Why Meta does not tell.
enum Silence {
    /// The token works no longer.
    Dead,
    Because(Problem),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dead => f.write_str("the account’s token no longer works."),
            Self::Because(problem) => f.write_str(&problem.message),
        }
    }
}

async fn signer(desk: &Desk, account: &StoredAccount) -> Result<Option<Signer>, Silence> {
    ask(desk, account, async |access| access.signer().await).await
}

/// Asks in the account's name, and not for ever.
async fn ask<T>(
    desk: &Desk,
    account: &StoredAccount,
    what: impl AsyncFnOnce(Arc<graph::Account>) -> Result<T, graph::Error>,
) -> Result<T, Silence> {
    let access = desk.access.of(account.account.id).await.map_err(|e| match e {
        AccessError::Gone => Silence::Dead,
        other => Silence::Because(super::problems::access(&other)),
    })?;
    match tokio::time::timeout(PATIENCE, what(access)).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.fate() == Fate::SignInAgain => Err(Silence::Dead),
        Ok(Err(error)) => Err(Silence::Because(graph_problem(&error))),
        Err(_) => {
            Err(Silence::Because(Problem::new(crate::model::Code::Offline, "Meta did not answer in time.")))
        }
    }
}
