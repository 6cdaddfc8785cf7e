//! Access tokens: whose they are, what they may do, when they end and why they died (graph-api a).

use crate::clock::{DAY, HOUR};
use crate::error::GraphError;
use crate::faults;
use crate::ids;
use crate::random::mix2;
use crate::world::{Channel, World};
use std::collections::HashMap;

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The person who owns the shop, through Facebook Login.
    User,
    /// A Page; also its Instagram account.
    Page(usize),
    /// A professional account through Instagram Login.
    Instagram(usize),
    /// A system user of the business.
    System,
    /// The Facebook app itself.
    App,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub value: String,
    pub holder: Holder,
    pub scopes: Vec<String>,
    pub issued_at: i64,
    /// Unix milliseconds; `None` = no end.
    pub expires_at: Option<i64>,
    pub data_access_until: i64,
    /// The subcode of its death.
    pub dead: Option<i64>,
}

impl Token {
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }

    /// Why it does not work at `now`.
    pub fn flaw(&self, now: i64) -> Option<GraphError> {
        let subcode = match self.dead {
            Some(subcode) => subcode,
            None if self.expires_at.is_some_and(|end| end <= now) => 463,
            None => return None,
        };
        let time = crate::clock::iso(now);
        Some(match subcode {
            458 | 460 | 463 => faults::refusal(&format!("190_{subcode}"), &time),
            _ => GraphError::new(190, "Error validating access token: the session is invalid.").sub(subcode),
        })
    }
}

/// All tokens ever given.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    all: HashMap<String, Token>,
    minted: u32,
}

pub(crate) const USER_SCOPES: [&str; 11] = [
    "pages_show_list",
    "business_management",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_manage_messages",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
    "email",
    "public_profile",
];
pub(crate) const INSTAGRAM_SCOPES: [&str; 2] =
    ["instagram_business_basic", "instagram_business_manage_messages"];
pub(crate) const SYSTEM_SCOPES: [&str; 3] =
    ["business_management", "whatsapp_business_management", "whatsapp_business_messaging"];

impl Tokens {
    /// Makes a token and returns its text.
    pub fn mint(
        &mut self,
        seed: u64,
        holder: Holder,
        scopes: &[&str],
        issued_at: i64,
        expires_at: Option<i64>,
    ) -> String {
        self.minted += 1;
        let prefix = match holder {
            Holder::Instagram(_) => "IGAA",
            _ => "EAAS",
        };
        let value =
            format!("{prefix}{}", ids::seal(mix2(seed, 0x746f_6b65), &ids::pair(self.minted, 0), 126))
                .replace(['-', '_'], "Z");
        let token = Token {
            value: value.clone(),
            holder,
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            issued_at,
            expires_at,
            data_access_until: issued_at + 90 * DAY,
            dead: None,
        };
        self.all.insert(value.clone(), token);
        value
    }

    pub fn get(&self, value: &str) -> Option<&Token> {
        self.all.get(value)
    }

    /// Tokens that stand on what the owner allowed: their own and those of Pages.
    pub fn of_the_owner(&mut self) -> impl Iterator<Item = &mut Token> {
        self.all.values_mut().filter(|t| matches!(t.holder, Holder::User | Holder::Page(_)))
    }

    /// All tokens of a holder.
    pub fn of(&mut self, holder: Holder) -> impl Iterator<Item = &mut Token> {
        self.all.values_mut().filter(move |t| t.holder == holder)
    }
}

impl World {
    /// The token that `value` is, if it works now.
    pub fn token(&self, value: Option<&str>) -> Result<Token, GraphError> {
        let Some(value) = value.filter(|v| !v.is_empty()) else {
            return Err(GraphError::new(
                2500,
                "An active access token must be used to query information about the current user.",
            ));
        };
        if value == self.app_token() {
            return Ok(self.app_holder(value));
        }
        let token = self
            .tokens
            .get(value)
            .ok_or_else(|| GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"))?;
        match token.flaw(self.now()) {
            Some(flaw) => Err(flaw),
            None => Ok(token.clone()),
        }
    }

    /// `{app id}|{app secret}` (graph-api a.2).
    pub fn app_token(&self) -> String {
        format!("{}|{}", self.app.id, self.app.secret)
    }

    fn app_holder(&self, value: &str) -> Token {
        Token {
            value: value.to_owned(),
            holder: Holder::App,
            scopes: Vec::new(),
            issued_at: self.now(),
            expires_at: None,
            data_access_until: i64::MAX,
            dead: None,
        }
    }

    /// The tokens the shop's owner holds at the start. The Page's ends soon: it was taken with a short-lived
    /// user token.
    pub fn mint_first_tokens(&mut self) -> FirstTokens {
        let now = self.now();
        let (page, instagram) = (self.account_of(Channel::Messenger), self.account_of(Channel::Instagram));
        let seed = self.seed;
        let mut mint = |holder, scopes: &[&str], issued, expires| {
            self.tokens.mint(seed, holder, scopes, issued, expires)
        };
        FirstTokens {
            user: mint(Holder::User, &USER_SCOPES, now - 2 * DAY, Some(now + 58 * DAY)),
            page: mint(
                Holder::Page(page),
                &USER_SCOPES[..7],
                now - 57 * DAY,
                Some(now + 2 * DAY + 14 * HOUR),
            ),
            instagram: mint(
                Holder::Instagram(instagram),
                &INSTAGRAM_SCOPES,
                now - 21 * DAY,
                Some(now + 39 * DAY),
            ),
            system: mint(Holder::System, &SYSTEM_SCOPES, now - 90 * DAY, None),
        }
    }
}

/// See [`World::mint_first_tokens`].
#[derive(Debug, Clone)]
pub(crate) struct FirstTokens {
    pub user: String,
    pub page: String,
    pub instagram: String,
    pub system: String,
}
