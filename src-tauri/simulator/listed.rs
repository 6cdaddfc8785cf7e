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
    pub fn listed(&mut self) -> Vec<SimAccount> {
        let further: Vec<Option<String>> = (0..self.accounts.len()).map(|a| self.further_token(a)).collect();
        let Some(first) = &self.first else {
            return Vec::new();
        };
        let page = &self.accounts[self.account_of(Channel::Messenger)];
        self.accounts
            .iter()
            .zip(further)
            .map(|(a, further)| {
                let outlet = a.channel == Channel::Messenger && a.id != page.id;
                let linked = a.channel != Channel::WhatsApp && !outlet;
                let (login, token) = match a.channel {
                    Channel::Instagram => ("instagram_login", &first.instagram),
                    Channel::Messenger => ("facebook_page", &first.page),
                    Channel::WhatsApp => ("whats_app_cloud", &first.system),
                };
                let token = further.filter(|_| outlet).unwrap_or_else(|| token.clone());
                SimAccount {
                    channel: a.channel.word(),
                    login,
                    meta_id: a.id.clone(),
                    name: a.name.clone(),
                    handle: a.handle.clone(),
                    token,
                    waba: a.waba.clone(),
                    page_id: if outlet { Some(a.id.clone()) } else { linked.then(|| page.id.clone()) },
                    page_token: linked.then(|| first.page.clone()),
                    user_token: linked.then(|| first.user.clone()),
                }
            })
            .collect()
    }
}
