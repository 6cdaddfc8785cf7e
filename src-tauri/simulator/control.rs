//! The control endpoint `/_sim`: everything the Rust API can do, for those who only speak HTTP.

use crate::Shared;
use crate::behaviour::{WebhookBehaviour, WebhookTarget};
use crate::call::{Call, Reply};
use crate::faults;
use crate::happenings::Happening;
use crate::said::{Along, Content, Referral};
use axum::http::Method;
use serde_json::{Value, json};

const HELP: &str = "POST /_sim/say {account, person?, text}      a person writes
POST /_sim/said/KIND {account, person?, text?, quotes?, ad?, forwarded?, author?, standby?, from_us?, silent?}
     KIND: text image images captioned video audio file sticker story_reply story_mention shared_story post reel
           link card place contact order quick_reply button row form ephemeral unsupported poll
POST /_sim/happens/WHAT {account, person, text?} postback came_by_ad came_by_link opt_in opt_out seen delivered
           handed_over handed_back hand_over_asked called missed_call number_changed identity_changed group feedback
POST /_sim/react {mid, emoji?, by_us?}  POST /_sim/edit {mid, text}  POST /_sim/unsend {mid, silent?}
POST /_sim/fail {mid, code, text?}      a WhatsApp send fails after it was accepted
POST /_sim/news {account, field, value} news of an account as a whole
POST /_sim/echo {account, person, text}      the business answers from its phone
POST /_sim/block {account, person, blocked?}
POST /_sim/faults {name, times?, only?, ms?} something fails; GET lists, DELETE clears
POST /_sim/advance {ms}                      time moves forward
POST /_sim/webhook {url, secret}             GET shows figures, DELETE removes, {url: null} likewise
POST /_sim/webhook/behaviour {batch, duplicate_every, reorder, delay_ms, drop_every, repeat_every, parallel,
     attempts}
POST /_sim/deliver                           any body, signed and posted to the webhook once
POST /_sim/handshake                         asks the webhook for the challenge
POST /_sim/replay {account}                  delivers by webhook what is already held
POST /_sim/token {account, subcode?, expires_at_ms?, data_until_ms?, drop_scope?}
POST /_sim/usage {percent?}  POST /_sim/consent {consent: ask|continue|cancel}
POST /_sim/settings {receipts?, details?, busy?}
GET  /_sim/accounts  GET /_sim/truth?account=  GET /_sim/sends  GET /_sim/clock
";

pub(crate) async fn serve(shared: &Shared, call: &Call) -> Reply {
    let path = call.parts();
    let path: Vec<&str> = path.into_iter().skip(1).collect();
    if path.as_slice() == ["deliver"] {
        let post = shared.world().post.clone();
        return json!({ "status": post.deliver_raw(call.body.clone()).await }).into();
    }
    if path.as_slice() == ["handshake"] {
        let (post, verify_token) = {
            let world = shared.world();
            (world.post.clone(), world.verify_token.clone())
        };
        let proved = match post.target() {
            Some(target) => post.handshake(&target.url, &verify_token).await,
            None => false,
        };
        return json!({ "proved": proved }).into();
    }
    match act(shared, call, &path) {
        Ok(reply) => reply,
        Err(why) => Reply::Json(400, json!({ "error": why })),
    }
}

fn act(shared: &Shared, call: &Call, path: &[&str]) -> Result<Reply, String> {
    let mut world = shared.world();
    let need = |name: &str| call.param(name).ok_or_else(|| format!("{name} is missing"));
    let account = || {
        let key = need("account")?;
        shared_account(&world, key)
    };
    let number = |name: &str| -> Result<Option<i64>, String> {
        call.param(name).map(|n| n.parse().map_err(|_| format!("{name} is not a number"))).transpose()
    };
    let to_json = |value: serde_json::Result<Value>| value.map(Reply::from).map_err(|e| e.to_string());
    let get = call.method == Method::GET;
    Ok(match path {
        [] => Reply::text(200, HELP),
        ["accounts"] => {
            let app = json!({ "id": world.app.id, "secret": world.app.secret });
            let instagram_app = json!({ "id": world.instagram_app.id, "secret": world.instagram_app.secret });
            json!({
                "accounts": world.listed(), "app": app, "instagram_app": instagram_app,
                "verify_token": world.verify_token, "app_token": world.app_token(),
            })
            .into()
        }
        ["truth"] => to_json(serde_json::to_value(world.truth(account()?)))?,
        ["sends"] => to_json(serde_json::to_value(&world.sends))?,
        ["clock"] => json!({ "now_ms": world.now() }).into(),
        ["faults"] if get => {
            json!({ "on": world.faults.list(), "known": faults::fault_names().collect::<Vec<_>>() }).into()
        }
        ["faults"] if call.method == Method::DELETE => {
            world.faults.clear();
            Reply::success()
        }
        ["faults"] => {
            let times = number("times")?.map(|n| n.clamp(0, i64::from(u32::MAX)) as u32);
            let ms = number("ms")?.map(|n| n.max(0) as u64);
            if !world.faults.switch_on(need("name")?, times, call.param("only"), ms) {
                return Err("no such fault; GET /_sim/faults lists them".to_owned());
            }
            Reply::success()
        }
        ["say"] => {
            let (account, text) = (account()?, need("text")?.to_owned());
            said(world.spoken(account, call.param("person"), Content::Text(text), false))?
        }
        ["said", kind] => {
            let content = Content::of(kind, call.param("text").unwrap_or_default())
                .ok_or_else(|| format!("nobody can say {kind}"))?;
            let yes = |name: &str| call.param(name) == Some("true");
            let owned = |name: &str| call.param(name).map(str::to_owned);
            let along = Along {
                from_us: yes("from_us"),
                quotes: owned("quotes"),
                referral: owned("ad").map(|title| Referral::Ad { title, text: String::new() }),
                forwarded: yes("forwarded"),
                author: owned("author"),
                standby: yes("standby"),
                without_phone: yes("without_phone"),
                ago_ms: number("ago_ms")?.unwrap_or_default(),
                silent: yes("silent"),
            };
            let account = account()?;
            said(world.spoken_along(account, call.param("person"), content, along))?
        }
        ["happens", what] => {
            let what = Happening::of(what, call.param("text").unwrap_or_default())
                .ok_or_else(|| format!("{what} never happens"))?;
            let (account, person) = (account()?, need("person")?);
            world.happen(account, person, &what);
            Reply::success()
        }
        ["react"] => {
            world.react(need("mid")?, call.param("emoji"), call.param("by_us") == Some("true"));
            Reply::success()
        }
        ["edit"] => {
            world.edit(need("mid")?, need("text")?);
            Reply::success()
        }
        ["unsend"] => {
            world.unsend(need("mid")?, call.param("silent") == Some("true"));
            Reply::success()
        }
        ["fail"] => {
            let code = number("code")?.ok_or("code is missing")?;
            world.fail(need("mid")?, code, call.param("text").unwrap_or("Message undeliverable"));
            Reply::success()
        }
        ["news"] => {
            let (account, field) = (account()?, need("field")?);
            if !world.news(account, field, call.value("value").unwrap_or(Value::Null)) {
                return Err(format!("its webhooks have no field {field}"));
            }
            Reply::success()
        }
        ["echo"] => {
            let (account, text) = (account()?, need("text")?.to_owned());
            said(world.spoken(account, Some(need("person")?), Content::Text(text), true))?
        }
        ["block"] => {
            let account = account()?;
            let thread = world.meet(account, Some(need("person")?));
            world.threads[thread].blocked = call.param("blocked") != Some("false");
            Reply::success()
        }
        ["advance"] => {
            let ms = number("ms")?.ok_or("ms is missing")?;
            world.clock.advance(ms);
            json!({ "now_ms": world.now() }).into()
        }
        ["replay"] => {
            let account = account()?;
            world.replay(account, None);
            Reply::success()
        }
        ["webhook", "behaviour"] => {
            let behaviour: WebhookBehaviour =
                serde_json::from_slice(&call.body).map_err(|e| e.to_string())?;
            world.post.set_behaviour(behaviour);
            Reply::success()
        }
        ["webhook"] if get => {
            let url = world.post.target().map(|t| t.url);
            let stats = serde_json::to_value(world.post.stats()).map_err(|e| e.to_string())?;
            json!({ "url": url, "stats": stats }).into()
        }
        ["webhook"] => {
            let target = call.param("url").filter(|_| call.method != Method::DELETE).map(|url| {
                let secret = call.param("secret").map_or_else(|| world.app.secret.clone(), str::to_owned);
                WebhookTarget { url: url.to_owned(), secret }
            });
            world.post.set_target(target);
            Reply::success()
        }
        ["token"] => {
            let account = account()?;
            let holder = world.holder_of(account);
            let (subcode, end) = (number("subcode")?, number("expires_at_ms")?);
            let data = number("data_until_ms")?;
            for token in world.tokens.of(holder) {
                token.dead = subcode.or(token.dead);
                token.expires_at = end.or(token.expires_at);
                token.data_access_until = data.unwrap_or(token.data_access_until);
                if let Some(scope) = call.param("drop_scope") {
                    token.scopes.retain(|s| s != scope);
                }
            }
            Reply::success()
        }
        ["usage"] => {
            world.usage.percent = number("percent")?.map(|p| p.clamp(0, 100) as u8);
            Reply::success()
        }
        ["consent"] => {
            world.logins.consent =
                serde_json::from_value(json!(need("consent")?)).map_err(|e| e.to_string())?;
            Reply::success()
        }
        ["settings"] => {
            if let Some(on) = call.param("receipts") {
                world.receipts = on == "true";
            }
            if let Some(on) = call.param("busy") {
                world.hushed = on == "false";
            }
            if let Some(newest) = number("details")? {
                world.details = newest.max(0) as usize;
            }
            Reply::success()
        }
        _ => return Err("no such control; GET /_sim lists them".to_owned()),
    })
}

fn shared_account(world: &crate::world::World, key: &str) -> Result<usize, String> {
    world.account(key).ok_or_else(|| format!("there is no account {key}"))
}

fn said(said: crate::said::Said) -> Result<Reply, String> {
    serde_json::to_value(said).map(Reply::from).map_err(|e| e.to_string())
}
