//! Message templates: reading what Meta approved, and sending one (graph-api g.1, g.3, h).

use super::{
    Account, Error, Lane, Priority, SentAs,
    client::{Call, Host},
    delivery::values::{Object, id, list, object, text},
    paging,
};
use crate::model::{
    Blank, Channel, Filled, MetaPersonId, PLACE, TemplateButton, TemplateFile, TemplateHeader, TemplateParts,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most pages that are read: a verified business may have 6000 templates (graph-api g.3).
const PAGES: usize = 80;
const FIELDS: &str = "id,name,status,category,language,components,parameter_format,rejected_reason";

/// A template as Meta tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateTold {
    pub meta_id: String,
    pub name: String,
    pub language: String,
    pub category: String,
    pub status: String,
    pub reason: String,
    pub parts: TemplateParts,
}

/// A template to be sent.
#[derive(Debug, Clone, Copy)]
pub struct TemplateSend<'a> {
    pub name: &'a str,
    pub language: &'a str,
    pub parts: &'a TemplateParts,
    pub filled: &'a Filled,
    /// Meta's id of an uploaded file for the header, and its name.
    pub file: Option<(&'a str, &'a str)>,
    pub key: &'a str,
}

impl Account {
    /// Whether this channel and login has templates: Instagram has none (graph-api h).
    #[must_use]
    pub fn has_templates(&self) -> bool {
        match self.channel() {
            Channel::WhatsApp => self.waba().is_some(),
            Channel::Messenger => true,
            Channel::Instagram => false,
        }
    }

    /// Every template, all pages.
    ///
    /// # Errors
    /// [`Error::NoSuchCall`] where there are none; else as any call.
    pub async fn templates(&self) -> Result<Vec<TemplateTold>, Error> {
        let owner = match self.channel() {
            Channel::WhatsApp => self.waba().ok_or(Error::NoSuchCall)?,
            Channel::Messenger => self.node(),
            Channel::Instagram => return Err(Error::NoSuchCall),
        };
        let (mut all, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let call = Call::get(Host::Facebook, [owner, "message_templates"])
                .with("fields", FIELDS)
                .with("limit", "100")
                .maybe("after", after.as_deref());
            let answer = self.call(call, Lane::Others, Priority::Background).await?;
            let Some(answer) = answer.as_object() else { break };
            let page = paging::page(answer, self.graph().origin(Host::Facebook), read);
            all.extend(page.data);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Sends a template.
    ///
    /// # Errors
    /// With fate `Uncertain` when it may have left all the same.
    pub async fn send_template(&self, to: &MetaPersonId, what: &TemplateSend<'_>) -> Result<SentAs, Error> {
        let template = json!({
            "name": what.name,
            "language": {"code": what.language},
            "components": components(what),
        });
        let body = if self.channel() == Channel::WhatsApp {
            super::whatsapp::template(to, template, what.key)
        } else {
            json!({
                "recipient": {"id": to.as_str()},
                "messaging_type": "UTILITY",
                "message": {"template": template},
            })
        };
        self.send(body).await
    }
}

/// Reads a template; what it has that cannot be sent from here is named.
fn read(t: &Object) -> Option<TemplateTold> {
    let mut parts = TemplateParts {
        named: text(t, "parameter_format").is_some_and(|f| f.eq_ignore_ascii_case("named")),
        ..TemplateParts::default()
    };
    for component in list(t, "components").iter().filter_map(Value::as_object) {
        read_component(component, &mut parts);
    }
    Some(TemplateTold {
        meta_id: id(t, "id")?,
        name: text(t, "name")?,
        language: text(t, "language").unwrap_or_default(),
        category: text(t, "category").unwrap_or_default(),
        status: text(t, "status").unwrap_or_default(),
        reason: text(t, "rejected_reason").filter(|r| r != "NONE").unwrap_or_default(),
        parts,
    })
}

fn read_component(component: &Object, parts: &mut TemplateParts) {
    let words = text(component, "text").unwrap_or_default();
    match text(component, "type").unwrap_or_default().to_uppercase().as_str() {
        "HEADER" => {
            let file = |file| Some(TemplateHeader::File { file });
            parts.header = match text(component, "format").unwrap_or_default().to_uppercase().as_str() {
                "TEXT" => Some(TemplateHeader::Text { text: words }),
                "IMAGE" => file(TemplateFile::Image),
                "VIDEO" => file(TemplateFile::Video),
                "DOCUMENT" => file(TemplateFile::Document),
                "LOCATION" => Some(TemplateHeader::Location),
                other => {
                    parts.strange = Some(format!("a header of the kind {other}").to_lowercase());
                    None
                }
            };
            parts.examples.extend(examples(component, "header_text", Blank::Header));
        }
        "BODY" => {
            parts.body = words;
            parts.examples.extend(examples(component, "body_text", Blank::Body));
        }
        "FOOTER" => parts.footer = words,
        "BUTTONS" => {
            for button in list(component, "buttons").iter().filter_map(Value::as_object) {
                read_button(button, parts);
            }
        }
        other => parts.strange = Some(other.to_lowercase().replace('_', " ")),
    }
}

fn read_button(button: &Object, parts: &mut TemplateParts) {
    let words = text(button, "text").unwrap_or_default();
    let kind = text(button, "type").unwrap_or_default().to_uppercase();
    let made = match kind.as_str() {
        "QUICK_REPLY" => TemplateButton::QuickReply { text: words },
        "URL" => TemplateButton::Url { text: words, url: text(button, "url").unwrap_or_default() },
        "PHONE_NUMBER" => {
            TemplateButton::Phone { text: words, number: text(button, "phone_number").unwrap_or_default() }
        }
        "COPY_CODE" => {
            TemplateButton::CopyCode { text: if words.is_empty() { "Copy code".into() } else { words } }
        }
        "POSTBACK" => TemplateButton::Postback { text: words },
        other => {
            parts.strange = Some(format!("a button of the kind {}", other.to_lowercase().replace('_', " ")));
            TemplateButton::Postback { text: words }
        }
    };
    let example = match button.get("example") {
        Some(Value::Array(all)) => all.first().and_then(Value::as_str).map(str::to_owned),
        Some(Value::String(one)) => Some(one.clone()),
        _ => None,
    };
    if let Some(example) = example {
        parts.examples.insert(Blank::Button(parts.buttons.len()), example);
    }
    parts.buttons.push(made);
}

/// Meta's examples: `{key}_named_params` with names, else `{key}` as a list or a list of lists.
fn examples(component: &Object, key: &str, blank: fn(String) -> Blank) -> BTreeMap<Blank, String> {
    let Some(example) = object(component, "example") else { return BTreeMap::new() };
    let named = list(example, &format!("{key}_named_params"))
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|p| Some((blank(text(p, "param_name")?), text(p, "example")?)));
    let numbered = list(example, key).iter().flat_map(|one| match one {
        Value::Array(all) => all.iter().collect(),
        other => vec![other],
    });
    let numbered = numbered
        .enumerate()
        .filter_map(|(n, value)| Some((blank((n + 1).to_string()), value.as_str()?.to_owned())));
    named.chain(numbered).collect()
}

/// The components of a send: only what has blanks is named (graph-api g.1).
fn components(what: &TemplateSend<'_>) -> Vec<Value> {
    let TemplateSend { parts, filled, .. } = *what;
    let value = |blank: &Blank| filled.get(blank).map_or("", |v| v.trim()).to_owned();
    let (mut header, mut body, mut buttons) = (Vec::new(), Vec::new(), Vec::new());
    for blank in parts.blanks() {
        let words = value(&blank);
        match blank {
            Blank::File => {
                let Some(TemplateHeader::File { file: kind }) = parts.header else { continue };
                let mut file = match what.file {
                    Some((id, _)) => json!({"id": id}),
                    None => json!({"link": words}),
                };
                // Only a document has a name that the person sees.
                if let (TemplateFile::Document, Some((_, name))) = (kind, what.file) {
                    file["filename"] = json!(name);
                }
                header.push(json!({"type": kind.word(), kind.word(): file}));
            }
            Blank::Place(_) => {}
            Blank::Header(name) => header.push(parameter(parts.named, &name, &words)),
            Blank::Body(name) => body.push(parameter(parts.named, &name, &words)),
            Blank::Button(place) => {
                let (kind, parameter) = match parts.buttons.get(place) {
                    Some(TemplateButton::CopyCode { .. }) => {
                        ("copy_code", json!({"type": "coupon_code", "coupon_code": words}))
                    }
                    _ => ("url", json!({"type": "text", "text": words})),
                };
                buttons.push(json!({
                    "type": "button", "sub_type": kind, "index": place.to_string(), "parameters": [parameter],
                }));
            }
        }
    }
    // Meta's own documentation of a place in a header; graph-api g.1 names the parameter's shape only for others.
    if parts.header == Some(TemplateHeader::Location) {
        let place: serde_json::Map<_, _> =
            PLACE.iter().map(|part| ((*part).into(), json!(value(&Blank::Place((*part).into()))))).collect();
        header.push(json!({"type": "location", "location": place}));
    }
    // The tap on a quick reply brings its own words back.
    for (place, button) in parts.buttons.iter().enumerate() {
        if let TemplateButton::QuickReply { text } = button {
            buttons.push(json!({
                "type": "button", "sub_type": "quick_reply", "index": place.to_string(),
                "parameters": [{"type": "payload", "payload": text}],
            }));
        }
    }
    let mut all = Vec::new();
    for (kind, parameters) in [("header", header), ("body", body)] {
        if !parameters.is_empty() {
            all.push(json!({"type": kind, "parameters": parameters}));
        }
    }
    all.extend(buttons);
    all
}

fn parameter(named: bool, name: &str, words: &str) -> Value {
    let mut parameter = json!({"type": "text", "text": words});
    if named {
        parameter["parameter_name"] = json!(name);
    }
    parameter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> TemplateTold {
        let all = json!({
            "id": "1689556908129832", "name": "order_ready", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "parameter_format": "NAMED", "rejected_reason": "NONE",
            "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Order {{order_no}}",
                 "example": {"header_text_named_params": [{"param_name": "order_no", "example": "A-17"}]}},
                {"type": "BODY", "text": "Hi {{name}}, your order is ready.",
                 "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}},
                {"type": "FOOTER", "text": "Reply STOP to opt out"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Track", "url": "https://x.example/t/{{1}}", "example": ["A-17"]},
                    {"type": "QUICK_REPLY", "text": "Call me"},
                    {"type": "COPY_CODE", "example": "SALE25"},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550783881"}]},
            ],
        });
        read(all.as_object().unwrap()).unwrap()
    }

    fn send<'a>(parts: &'a TemplateParts, filled: &'a Filled) -> TemplateSend<'a> {
        TemplateSend { name: "x", language: "en_US", parts, filled, file: None, key: "k" }
    }

    #[test]
    fn a_template_is_read_with_its_blanks_and_examples() {
        let told = told();
        assert_eq!((told.name.as_str(), told.reason.as_str(), told.parts.named), ("order_ready", "", true));
        assert_eq!(told.parts.strange, None);
        assert_eq!(told.parts.examples[&Blank::Body("name".into())], "Ana");
        assert_eq!(told.parts.examples[&Blank::Button(0)], "A-17");
        assert_eq!(told.parts.blanks().len(), 4);
    }

    #[test]
    fn a_send_names_what_has_blanks_and_nothing_else() {
        let told = told();
        let filled: Filled = told.parts.examples.clone();
        assert_eq!(
            Value::Array(components(&send(&told.parts, &filled))),
            json!([
                {"type": "header", "parameters": [{"type": "text", "text": "A-17", "parameter_name": "order_no"}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Ana", "parameter_name": "name"}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-17"}]},
                {"type": "button", "sub_type": "copy_code", "index": "2",
                 "parameters": [{"type": "coupon_code", "coupon_code": "SALE25"}]},
                {"type": "button", "sub_type": "quick_reply", "index": "1",
                 "parameters": [{"type": "payload", "payload": "Call me"}]},
            ])
        );
        assert!(
            components(&send(
                &TemplateParts { body: "Hello".into(), ..TemplateParts::default() },
                &Filled::new()
            ))
            .is_empty()
        );
    }

    #[test]
    fn numbered_blanks_have_no_names_and_a_picture_is_linked() {
        let all = json!({"id": 7, "name": "music", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
            {"type": "BODY", "text": "On {{1}} for {{2}}", "example": {"body_text": [["May 10th", "30"]]}}]});
        let told = read(all.as_object().unwrap()).unwrap();
        assert_eq!(told.parts.examples[&Blank::Body("2".into())], "30");
        let mut filled = told.parts.examples.clone();
        filled.insert(Blank::File, "https://x.example/a.jpg".into());
        let sent = Value::Array(components(&send(&told.parts, &filled)));
        assert_eq!(
            sent[0]["parameters"][0],
            json!({"type": "image", "image": {"link": "https://x.example/a.jpg"}})
        );
        assert_eq!(sent[1]["parameters"][1], json!({"type": "text", "text": "30"}));
        let own = TemplateSend { file: Some(("11", "a.jpg")), ..send(&told.parts, &filled) };
        assert_eq!(components(&own)[0]["parameters"][0], json!({"type": "image", "image": {"id": "11"}}));
    }

    #[test]
    fn a_document_keeps_its_name_and_a_place_is_told_whole() {
        let parts = |format: &str| {
            let all = json!({"id": 7, "name": "x", "components": [{"type": "HEADER", "format": format}]});
            read(all.as_object().unwrap()).unwrap().parts
        };
        let (document, place) = (parts("DOCUMENT"), parts("LOCATION"));
        let none = Filled::new();
        let own = TemplateSend { file: Some(("11", "Price list.pdf")), ..send(&document, &none) };
        assert_eq!(
            components(&own)[0]["parameters"][0],
            json!({"type": "document", "document": {"id": "11", "filename": "Price list.pdf"}})
        );
        let words = ["Jasper's Market", "1 Harbour Road", "35.9", "14.5"];
        let filled: Filled =
            PLACE.iter().zip(words).map(|(part, w)| (Blank::Place((*part).into()), w.into())).collect();
        assert_eq!(
            components(&send(&place, &filled))[0]["parameters"],
            json!([{"type": "location", "location": {"name": "Jasper's Market", "address": "1 Harbour Road",
                "latitude": "35.9", "longitude": "14.5"}}])
        );
    }

    #[test]
    fn what_cannot_be_sent_from_here_is_named() {
        let strange = |component: Value| {
            let all = json!({"id": 7, "name": "x", "components": [component]});
            read(all.as_object().unwrap()).unwrap().parts.strange
        };
        assert_eq!(strange(json!({"type": "CAROUSEL"})).as_deref(), Some("carousel"));
        assert!(strange(json!({"type": "HEADER", "format": "HOLOGRAM"})).is_some());
        assert!(strange(json!({"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Go"}]})).is_some());
    }
}
