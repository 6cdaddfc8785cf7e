//! Message templates: listed in pages, changed by those who run the world, and checked when one is sent
//! (graph-api g.3, h, k.4).

use crate::call::Call;
use crate::envelope::Item;
use crate::error::GraphError;
use crate::paging::{Link, List, Page};
use crate::world::{Channel, World};
use serde_json::{Value, json};
use std::time::Duration;

/// A template of an account.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub account: usize,
    pub told: Value,
}

/// What each shop begins with.
pub(crate) fn first(world: &World) -> Vec<Template> {
    let whatsapp = world.account_of(Channel::WhatsApp);
    let messenger = world.account_of(Channel::Messenger);
    let of = |account| move |told| Template { account, told };
    let for_whatsapp = [
        json!({
            "id": "1689556908129832", "name": "order_ready", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "parameter_format": "NAMED",
            "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Order {{order_no}}",
                 "example": {"header_text_named_params": [{"param_name": "order_no", "example": "A-17"}]}},
                {"type": "BODY", "text": "Hi {{name}}, your order {{order_no}} is ready to be picked up.",
                 "example": {"body_text_named_params": [
                    {"param_name": "name", "example": "Ana"}, {"param_name": "order_no", "example": "A-17"}]}},
                {"type": "FOOTER", "text": "Jasper's Market"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Track it", "url": "https://jaspers.example/t/{{1}}", "example": ["A-17"]},
                    {"type": "QUICK_REPLY", "text": "Call me"}]}],
        }),
        json!({
            "id": "1689556908129833", "name": "order_ready", "language": "de", "status": "APPROVED",
            "category": "UTILITY", "parameter_format": "POSITIONAL",
            "components": [
                {"type": "BODY", "text": "Hallo {{1}}, die Bestellung {{2}} liegt bereit.",
                 "example": {"body_text": [["Ana", "A-17"]]}}],
        }),
        json!({
            "id": "1689556908129834", "name": "summer_sale", "language": "en_US", "status": "APPROVED",
            "category": "MARKETING", "parameter_format": "POSITIONAL",
            "components": [
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
                {"type": "BODY", "text": "{{1}}% off everything until Sunday.", "example": {"body_text": [["20"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "SALE20"}]}],
        }),
        json!({
            "id": "1689556908129835", "name": "are_you_there", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY",
            "components": [{"type": "BODY", "text": "We have news about your question. Shall we go on?"}],
        }),
        json!({
            "id": "1689556908129837", "name": "price_list", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY",
            "components": [
                {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::cGRm"]}},
                {"type": "BODY", "text": "Here is the price list that you asked for."}],
        }),
        json!({
            "id": "1689556908129838", "name": "pick_up_here", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "parameter_format": "POSITIONAL",
            "components": [
                {"type": "HEADER", "format": "LOCATION"},
                {"type": "BODY", "text": "Your order {{1}} waits for you here.", "example": {"body_text": [["A-17"]]}}],
        }),
        json!({
            "id": "1689556908129836", "name": "too_pushy", "language": "en_US", "status": "REJECTED",
            "category": "MARKETING", "rejected_reason": "ABUSIVE_CONTENT",
            "components": [{"type": "BODY", "text": "Buy now!"}],
        }),
    ];
    let for_messenger = [json!({
        "id": "2789556908129831", "name": "order_update", "language": "en_US", "status": "APPROVED",
        "category": "UTILITY", "parameter_format": "POSITIONAL",
        "components": [
            {"type": "BODY", "text": "Hi {{1}}, your order {{2}} has been sent.",
             "example": {"body_text": [["Ana", "A-17"]]}},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Track it", "url": "https://jaspers.example/t/{{1}}", "example": ["A-17"]}]}],
    })];
    for_whatsapp.into_iter().map(of(whatsapp)).chain(for_messenger.into_iter().map(of(messenger))).collect()
}

/// `GET /{waba or page}/message_templates`, in pages, oldest first.
pub(crate) fn list(world: &World, call: &Call, account: usize) -> Result<Value, GraphError> {
    let owner = world.accounts[account].waba.as_ref().unwrap_or(&world.accounts[account].id).clone();
    let list = List::new(world.seed, 77, account as u64);
    let ask = list.ask(|name| call.param(name), 25, 1000)?;
    let wanted = |t: &Template| {
        let is = |name: &str| call.param(name).is_none_or(|v| t.told[name].as_str() == Some(v));
        t.account == account && is("name") && is("status") && is("language")
    };
    let all: Vec<_> = world.templates.iter().filter(|t| wanted(t)).enumerate().collect();
    let begin = ask.after.map_or(0, |(_, number)| number as usize + 1);
    let rows: Vec<_> = all
        .iter()
        .skip(begin)
        .take(ask.limit)
        .map(|(n, t)| ((0_i64, u32::try_from(*n).unwrap_or(u32::MAX)), t.told.clone()))
        .collect();
    let page = Page { more_after: begin + rows.len() < all.len(), more_before: begin > 0, rows };
    let link = Link {
        base: format!("{}/v26.0/{owner}/message_templates", world.origin),
        params: call.params().filter(|(name, _)| *name != "appsecret_proof").map(owned).collect(),
    };
    Ok(page.write(list, &link))
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Checks a template in a send and fills it in; the words the person sees.
pub(crate) fn fill(world: &World, account: usize, sent: &Value) -> Result<String, GraphError> {
    let name = sent["name"].as_str().unwrap_or_default();
    let language = sent["language"]["code"].as_str().unwrap_or_default();
    let Some(template) = world.templates.iter().find(|t| {
        t.account == account
            && t.told["name"] == name
            && t.told["language"] == language
            && t.told["status"] != "REJECTED"
    }) else {
        return Err(GraphError::new(132_001, "(#132001) Template name does not exist in the translation")
            .status(404)
            .details(format!("template name ({name}) does not exist in {language}")));
    };
    match template.told["status"].as_str() {
        Some("PAUSED") => return Err(GraphError::new(132_015, "(#132015) Template is Paused")),
        Some("DISABLED") => return Err(GraphError::new(132_016, "(#132016) Template is Disabled")),
        _ => {}
    }
    let named = template.told["parameter_format"] == "NAMED";
    let components = template.told["components"].as_array().cloned().unwrap_or_default();
    let given = |kind: &str| -> Vec<Value> {
        let all = sent["components"].as_array().into_iter().flatten();
        let mine = all.filter(|c| c["type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case(kind)));
        mine.flat_map(|c| c["parameters"].as_array().cloned().unwrap_or_default()).collect()
    };
    let mut words = Vec::new();
    for component in &components {
        let kind = component["type"].as_str().unwrap_or_default();
        match (kind, component["format"].as_str().unwrap_or("TEXT")) {
            ("HEADER", "TEXT") | ("BODY", _) => {
                words.push(fill_text(
                    component["text"].as_str().unwrap_or_default(),
                    &given(kind),
                    named,
                    kind,
                )?);
            }
            ("HEADER", "LOCATION") => words.push(place(&given("header"))?),
            ("HEADER", file) => {
                let file = file.to_lowercase();
                let header = given("header");
                let right = header.len() == 1
                    && header[0]["type"] == file
                    && (header[0][&file]["link"].is_string() || header[0][&file]["id"].is_string());
                if !right {
                    return Err(mismatch(&file));
                }
                if header[0][&file]["id"].is_string() {
                    world.content_of_media(account, &file, &header[0][&file])?;
                }
            }
            ("FOOTER", _) => words.push(component["text"].as_str().unwrap_or_default().to_owned()),
            ("BUTTONS", _) => check_buttons(&component["buttons"], sent)?,
            _ => {}
        }
    }
    Ok(words.join("\n\n"))
}

fn mismatch(expected: &str) -> GraphError {
    GraphError::new(132_012, "(#132012) Parameter format does not match format in the created template")
        .details(format!("header: Format mismatch, expected {}, received UNKNOWN", expected.to_uppercase()))
}

/// The place of a header, which must be told whole.
fn place(header: &[Value]) -> Result<String, GraphError> {
    let told = match header {
        [one] if one["type"] == "location" => &one["location"],
        _ => return Err(mismatch("location")),
    };
    let part = |name: &str| told[name].as_str().filter(|v| !v.is_empty()).ok_or_else(|| mismatch("location"));
    let degrees = |name: &str| part(name)?.parse::<f64>().map_err(|_| mismatch("location"));
    degrees("latitude")?;
    degrees("longitude")?;
    Ok(format!("{}, {}", part("name")?, part("address")?))
}

fn fill_text(text: &str, given: &[Value], named: bool, kind: &str) -> Result<String, GraphError> {
    let mut names: Vec<&str> = Vec::new();
    for piece in text.split("{{").skip(1) {
        let name = piece.split("}}").next().unwrap_or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() != given.len() {
        return Err(GraphError::new(
            132_000,
            "(#132000) Number of parameters does not match the expected number of params",
        )
        .details(format!(
            "{}: number of localizable_params ({}) does not match the expected number of params ({})",
            kind.to_lowercase(),
            given.len(),
            names.len()
        )));
    }
    let mut filled = text.to_owned();
    for (n, name) in names.iter().enumerate() {
        let value = if named { given.iter().find(|p| p["parameter_name"] == *name) } else { given.get(n) };
        let Some(value) =
            value.filter(|p| p["type"] == "text").and_then(|p| p["text"].as_str()).filter(|v| !v.is_empty())
        else {
            return Err(GraphError::new(
                132_012,
                "(#132012) Parameter format does not match format in the created template",
            )
            .details(format!("{}: parameter {name} is missing or of another kind", kind.to_lowercase())));
        };
        filled = filled.replace(&format!("{{{{{name}}}}}"), value);
    }
    Ok(filled)
}

/// A blank in an address and a code to copy each need their parameter.
fn check_buttons(buttons: &Value, sent: &Value) -> Result<(), GraphError> {
    for (place, button) in buttons.as_array().into_iter().flatten().enumerate() {
        let needs = match button["type"].as_str() {
            Some("URL") => button["url"].as_str().is_some_and(|u| u.contains("{{")),
            Some("COPY_CODE") => true,
            _ => false,
        };
        let all = sent["components"].as_array().into_iter().flatten();
        let has = all.into_iter().any(|c| {
            c["type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case("button"))
                && (c["index"] == place || c["index"].as_str().is_some_and(|i| i.parse() == Ok(place)))
                && c["parameters"].as_array().is_some_and(|p| !p.is_empty())
        });
        if needs && !has {
            return Err(GraphError::new(131_008, "(#131008) Required parameter is missing").details(
                format!("Buttons: Button at index {place} of type {} requires a parameter", button["type"]),
            ));
        }
    }
    Ok(())
}

impl World {
    /// Changes the status of every template of this name and tells the webhook.
    pub fn change_template(&mut self, name: &str, status: &str) {
        let mut told: Vec<(usize, Value)> = Vec::new();
        for template in self.templates.iter_mut().filter(|t| t.told["name"] == name) {
            template.told["status"] = json!(status);
            told.push((template.account, template.told.clone()));
        }
        for (account, template) in told {
            self.announce_template(account, &template);
        }
    }

    fn announce_template(&mut self, account: usize, template: &Value) {
        let value = json!({
            "event": template["status"], "message_template_id": template["id"],
            "message_template_name": template["name"], "message_template_language": template["language"],
            "reason": "NONE",
        });
        let event = self.event_of(account, Item::Change("message_template_status_update", value));
        self.post.event(event, Duration::ZERO);
    }
}
