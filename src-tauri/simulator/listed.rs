//! The accounts as they are handed to whoever starts the simulator: with the tokens of the start.

use crate::world::{Channel, World};
use serde::Serialize;

/// An account with the tokens that reach it.
#[derive(Debug, Clone, Serialize)]
pub struct SimAccount {
    /// "instagram", "messenger" or "whatsapp".
    pub channel: &'static str,
    /// "instagram_login", "facebook_page" or "whats_app_cloud": what `token` is.
    pub login: &'static str,
    /// Professional account, Page or phone number id: what webhooks say.
    pub meta_id: String,
    pub name: String,
    /// User name, or the displayed number.
    pub handle: String,
    pub token: String,
    /// WhatsApp: the business account.
    pub waba: Option<String>,
    /// The Page: itself, or the one an Instagram account is linked to.
    pub page_id: Option<String>,
    /// The Page's token, which also reaches its Instagram account.
    pub page_token: Option<String>,
    /// The owner's token: `/me/accounts` lists the Page.
    pub user_token: Option<String>,
}

impl World {
    /// The accounts with the tokens of the start.
    pub fn listed(&self) -> Vec<SimAccount> {
        let Some(first) = &self.first else {
            return Vec::new();
        };
        let page = &self.accounts[self.account_of(Channel::Messenger)];
        self.accounts
            .iter()
            .map(|a| {
                let linked = a.channel != Channel::WhatsApp;
                let (login, token) = match a.channel {
                    Channel::Instagram => ("instagram_login", &first.instagram),
                    Channel::Messenger => ("facebook_page", &first.page),
                    Channel::WhatsApp => ("whats_app_cloud", &first.system),
                };
                SimAccount {
                    channel: a.channel.word(),
                    login,
                    meta_id: a.id.clone(),
                    name: a.name.clone(),
                    handle: a.handle.clone(),
                    token: token.clone(),
                    waba: a.waba.clone(),
                    page_id: linked.then(|| page.id.clone()),
                    page_token: linked.then(|| first.page.clone()),
                    user_token: linked.then(|| first.user.clone()),
                }
            })
            .collect()
    }
}
