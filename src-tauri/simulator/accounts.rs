//! The nodes behind an inbox: the person, the business, Pages, professional accounts, phone numbers
//! (graph-api a.2, a.4, g.4).

use crate::call::Call;
use crate::clock::DAY;
use crate::error::GraphError;
use crate::fields::{Field, parse, project};
use crate::paging::whole;
use crate::routes::Node;
use crate::seed::SHOP;
use crate::tokens::{Holder, Token, USER_SCOPES};
use crate::world::{Channel, World};
use serde_json::{Value, json};

pub(crate) const USER_ID: &str = "10224518830617745";
pub(crate) const USER_NAME: &str = "Inês Carvalho";
pub(crate) const SYSTEM_ID: &str = "61558830274119";
pub(crate) const BUSINESS_ID: &str = "904417262538846";
/// What `/me` calls the professional account with Instagram Login; not the id of webhooks (graph-api a.4).
pub(crate) const INSTAGRAM_SCOPED_ID: &str = "26815530471802394";
/// The third id of the same account, seen in lists (graph-api a.4).
pub(crate) const INSTAGRAM_THIRD_ID: &str = "25730018846291175";
const TASKS: [&str; 6] = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];

/// The fields a call wants, or `default`.
pub(crate) fn wanted(call: &Call, default: &str) -> Result<Vec<Field>, GraphError> {
    let asked = parse(call.param("fields").unwrap_or_default())?;
    if asked.is_empty() { parse(default) } else { Ok(asked) }
}

/// Refuses a token without `scope`.
pub(crate) fn require(token: &Token, scope: &str) -> Result<(), GraphError> {
    if token.may(scope) {
        return Ok(());
    }
    Err(GraphError::new(200, format!("(#200) Requires {scope} permission to manage the object")))
}

/// One node by its id.
pub(crate) fn node(world: &mut World, call: &Call, token: &Token, node: Node) -> Result<Value, GraphError> {
    match node {
        Node::User => {
            project("User", USER_ID, &["name", "email", "picture"], &wanted(call, "name")?, |field| {
                Ok(Some(match field.name.as_str() {
                    "name" => json!(USER_NAME),
                    "email" => json!("ines@saltwind.example"),
                    _ => picture(world, USER_ID),
                }))
            })
        }
        Node::System => {
            project("User", SYSTEM_ID, &["name"], &wanted(call, "name")?, |_| Ok(Some(json!("Inbox"))))
        }
        Node::Business => {
            project("Business", BUSINESS_ID, &["name"], &wanted(call, "name")?, |_| Ok(Some(json!(SHOP))))
        }
        Node::App => {
            let app = if call.path[0] == world.instagram_app.id { &world.instagram_app } else { &world.app };
            project("Application", &app.id, &["name", "link"], &wanted(call, "name")?, |field| {
                Ok(Some(match field.name.as_str() {
                    "name" => json!(app.name),
                    _ => json!(format!("https://www.facebook.com/games/?app_id={}", app.id)),
                }))
            })
        }
        Node::Waba(account) => {
            require(token, "whatsapp_business_management")?;
            waba(world, account, &wanted(call, "name,currency,timezone_id,message_template_namespace")?)
        }
        Node::Account(account) => match world.accounts[account].channel {
            Channel::Messenger => page(world, account, &wanted(call, "name")?),
            Channel::Instagram => instagram(world, token, account, &wanted(call, "")?),
            Channel::WhatsApp => {
                require(token, "whatsapp_business_management")?;
                crate::whatsapp::number(world, account, &wanted(call, crate::whatsapp::NUMBER_FIELDS)?)
            }
        },
        Node::Thread(_) | Node::Message(..) | Node::Person(_) | Node::Media(..) => {
            Err(GraphError::missing("GET", &call.path[0]))
        }
    }
}

fn picture(world: &World, id: &str) -> Value {
    json!({ "data": { "url": world.cdn("profile", id, 3 * DAY), "width": 96, "height": 96, "is_silhouette": false } })
}

const PAGE_FIELDS: [&str; 9] = [
    "name",
    "access_token",
    "category",
    "tasks",
    "picture",
    "instagram_business_account",
    "connected_instagram_account",
    "link",
    "username",
];

/// A Page. Its token ends if the user's token that asks is short-lived (graph-api a.2); asked with the Page's
/// own token it is that token.
fn page(world: &mut World, account: usize, fields: &[Field]) -> Result<Value, GraphError> {
    let id = world.accounts[account].id.clone();
    project("Page", &id.clone(), &PAGE_FIELDS, fields, |field| {
        let a = &world.accounts[account];
        Ok(Some(match field.name.as_str() {
            "name" => json!(a.name),
            "access_token" => json!(world.page_token(account)),
            "category" => json!("Shopping & retail"),
            "tasks" => json!(TASKS),
            "picture" => picture(world, &id),
            "link" => json!(format!("https://www.facebook.com/{}", a.handle)),
            "username" => json!(a.handle),
            _ if account != world.account_of(Channel::Messenger) => return Ok(None),
            _ => {
                let instagram = &world.accounts[world.account_of(Channel::Instagram)];
                let mut node = json!({ "id": instagram.id });
                for inner in &field.inner {
                    match inner.name.as_str() {
                        "username" => node["username"] = json!(instagram.handle),
                        "name" => node["name"] = json!(instagram.name),
                        "profile_picture_url" => {
                            node["profile_picture_url"] = json!(world.cdn("profile", &instagram.id, 3 * DAY));
                        }
                        _ => {}
                    }
                }
                node
            }
        }))
    })
}

impl World {
    /// The Page's token with the latest end that works.
    fn page_token(&mut self, account: usize) -> String {
        let now = self.now();
        let alive = self.tokens.of(Holder::Page(account)).filter(|t| t.flaw(now).is_none());
        let longest =
            alive.max_by_key(|t| (t.expires_at.unwrap_or(i64::MAX), t.issued_at)).map(|t| t.value.clone());
        longest.unwrap_or_else(|| {
            self.tokens.mint(self.seed, Holder::Page(account), &USER_SCOPES[..7], now, None)
        })
    }
}

/// `/me/accounts`.
pub(crate) fn pages(world: &mut World, call: &Call, token: &Token) -> Result<Value, GraphError> {
    if !token.may("pages_show_list") {
        return Ok(json!({ "data": [] }));
    }
    let fields = wanted(call, "access_token,category,name,tasks")?;
    Ok(whole(vec![page(world, world.account_of(Channel::Messenger), &fields)?]))
}

/// `/me/businesses`.
pub(crate) fn businesses(world: &World, call: &Call, token: &Token) -> Result<Value, GraphError> {
    require(token, "business_management")?;
    let fields = wanted(call, "name")?;
    let own = std::iter::once((BUSINESS_ID, SHOP));
    let all = own.chain(world.businesses.iter().map(|b| (b.id.as_str(), b.name.as_str())));
    let rows = all.map(|(id, name)| project("Business", id, &["name"], &fields, |_| Ok(Some(json!(name)))));
    Ok(whole(rows.collect::<Result<_, _>>()?))
}

/// What a business owns or was given.
pub(crate) fn owned(world: &mut World, call: &Call, token: &Token, edge: &str) -> Result<Value, GraphError> {
    require(token, "business_management")?;
    if let Some(business) = world.businesses.iter().find(|b| b.id == call.path[0]) {
        let pages = if edge == "owned_pages" { business.pages.clone() } else { Vec::new() };
        let fields = wanted(call, "name")?;
        let rows = pages.into_iter().map(|of| page(world, of, &fields));
        return Ok(whole(rows.collect::<Result<_, _>>()?));
    }
    let rows = match edge {
        "owned_pages" if token.holder == Holder::User => {
            vec![page(world, world.account_of(Channel::Messenger), &wanted(call, "name")?)?]
        }
        "owned_whatsapp_business_accounts" => {
            require(token, "whatsapp_business_management")?;
            vec![waba(
                world,
                world.account_of(Channel::WhatsApp),
                &wanted(call, "name,currency,timezone_id,message_template_namespace")?,
            )?]
        }
        "owned_pages" | "client_pages" | "client_whatsapp_business_accounts" => Vec::new(),
        _ => return Err(GraphError::unknown_path(edge)),
    };
    Ok(whole(rows))
}

const WABA_FIELDS: [&str; 7] = [
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
    "account_review_status",
    "phone_numbers",
    "owner_business_info",
];

fn waba(world: &mut World, account: usize, fields: &[Field]) -> Result<Value, GraphError> {
    let id = world.accounts[account].waba.clone().unwrap_or_default();
    project("WhatsAppBusinessAccount", &id, &WABA_FIELDS, fields, |field| {
        Ok(Some(match field.name.as_str() {
            "name" => json!(world.accounts[account].name),
            "currency" => json!("EUR"),
            "timezone_id" => json!("57"),
            "message_template_namespace" => json!("5f3c0d0e_7a41_4a0b_9d0e_6b1d1f9c2a55"),
            "account_review_status" => json!("APPROVED"),
            "owner_business_info" => json!({ "name": SHOP, "id": BUSINESS_ID }),
            _ => {
                let inner = if field.inner.is_empty() {
                    parse(crate::whatsapp::NUMBER_FIELDS)?
                } else {
                    field.inner.clone()
                };
                whole(vec![crate::whatsapp::number(world, account, &inner)?])
            }
        }))
    })
}

const INSTAGRAM_FIELDS: [&str; 9] = [
    "user_id",
    "username",
    "name",
    "account_type",
    "profile_picture_url",
    "followers_count",
    "follows_count",
    "media_count",
    "biography",
];

/// A professional account: `id` is app-scoped with Instagram Login, and `user_id` is what webhooks say.
fn instagram(world: &World, token: &Token, account: usize, fields: &[Field]) -> Result<Value, GraphError> {
    let a = &world.accounts[account];
    let own = matches!(token.holder, Holder::Instagram(_));
    let id = if own { INSTAGRAM_SCOPED_ID } else { &a.id };
    if own {
        require(token, "instagram_business_basic")?;
    }
    project("IGUser", id, &INSTAGRAM_FIELDS, fields, |field| {
        Ok(Some(match field.name.as_str() {
            "user_id" if own => json!(a.id),
            "username" => json!(a.handle),
            "name" => json!(a.name),
            "account_type" if own => json!("BUSINESS"),
            "profile_picture_url" => json!(world.cdn("profile", &a.id, 3 * DAY)),
            "followers_count" => json!(12_480),
            "follows_count" => json!(311),
            "media_count" => json!(642),
            "biography" => json!("Linen, wool & stoneware, made by hand in Porto 🌿"),
            other => {
                return Err(GraphError::param(format!(
                    "Tried accessing nonexisting field ({other}) on node type (IGUser)"
                )));
            }
        }))
    })
}
