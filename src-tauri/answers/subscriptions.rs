//! What Meta tells of an account by webhook and where to: shown, asked for, and taken back, from here.

use super::{
    Answer, Desk, accounts,
    problems::{access, graph_problem},
};
use crate::{
    graph,
    model::{AccountId, Action, AppAddress, Code, Fields, Problem, Subscriptions, call},
};
use std::sync::Arc;
use url::Url;

async fn opened(desk: &Desk, account: AccountId) -> Result<Arc<graph::Account>, Problem> {
    accounts::one(desk, account).await?;
    desk.access.of(account).await.map_err(|e| access(&e))
}

/// What a refusal of the app's own calls means to a person.
fn app_problem(error: &graph::Error) -> Problem {
    match error {
        graph::Error::NoSuchCall => Problem::new(
            Code::NotAllowed,
            "Heliograph does not know this account's app well enough to set its address. It stands in the app's \
             dashboard at Meta, under Webhooks.",
        ),
        e if e.code() == Some(NOT_PROVED) => Problem::new(
            Code::NotAllowed,
            "Meta asked the address and did not get the right answer. It must lead to the webhook door of this \
             computer, with its path, and the door must be open.",
        )
        .with(Action::OpenSettings),
        e => graph_problem(e),
    }
}

/// The address did not give back Meta's challenge.
const NOT_PROVED: i64 = 2200;

fn words(fields: &[&'static str]) -> Vec<String> {
    fields.iter().map(|f| (*f).to_owned()).collect()
}

impl Answer for call::GetSubscriptions {
    async fn answer(self, desk: &Desk) -> Result<Subscriptions, Problem> {
        let opened = opened(desk, self.account).await?;
        let all = opened.subscriptions().await.map_err(|e| graph_problem(&e))?;
        let known = |s: &graph::Subscription| Fields {
            has: s.fields.clone(),
            lacks: words(&s.lacks(opened.channel(), opened.access().login)),
        };
        let address = match opened.callback().await {
            Ok(Some(to)) => AppAddress::To {
                url: to.url,
                active: to.active,
                fields: Fields { has: to.fields, lacks: words(&to.lacks) },
            },
            Ok(None) => AppAddress::Nowhere,
            Err(graph::Error::NoSuchCall) => AppAddress::NotKnown,
            Err(e) => {
                tracing::info!(account = self.account.0, error = %e, "the app does not tell its address");
                AppAddress::NotKnown
            }
        };
        // The app that is told most is the one that counts.
        let best = all.iter().max_by_key(|s| s.fields.len()).filter(|s| !s.fields.is_empty());
        Ok(Subscriptions {
            account: best.map(known),
            apps: all.into_iter().map(|s| s.app).collect(),
            address,
        })
    }
}

impl Answer for call::Subscribe {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        opened(desk, self.account).await?.subscribe().await.map_err(|e| graph_problem(&e))
    }
}

impl Answer for call::Unsubscribe {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        opened(desk, self.account).await?.unsubscribe().await.map_err(|e| graph_problem(&e))
    }
}

impl Answer for call::SubscribeApp {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        let address = self.address.trim();
        let stands_in = desk.config.hosts.facebook.starts_with("http://");
        let good = Url::parse(address)
            .is_ok_and(|url| url.scheme() == "https" || (stands_in && url.scheme() == "http"));
        if !good {
            return Err(Problem::new(
                Code::BadRequest,
                "Write the public address of the webhook door as https://… with its path.",
            ));
        }
        let verify_token = desk.door.view().verify_token;
        let opened = opened(desk, self.account).await?;
        opened.call_back_at(address, &verify_token).await.map_err(|e| app_problem(&e))
    }
}

impl Answer for call::UnsubscribeApp {
    async fn answer(self, desk: &Desk) -> Result<(), Problem> {
        opened(desk, self.account).await?.call_back_nowhere().await.map_err(|e| app_problem(&e))
    }
}
