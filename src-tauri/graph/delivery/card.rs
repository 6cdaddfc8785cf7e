//! What an attachment says without a file, and what of it may be kept: Meta's templates, cards, orders and
//! places in our words.

use super::{
    kind::Attachment,
    values::{Object, list, object, text, whole},
    words::AttachmentKind as A,
};
use crate::model::{Card, DAY, OrderLine, Panel, PanelButton, Timestamp};
use serde_json::Value;

/// Panels, lines, buttons and numbers of one card at most: more is nobody's message.
const MOST: usize = 30;

impl Attachment {
    /// The card to show; `None` for a file and for what only has a name.
    #[must_use]
    pub fn card(&self) -> Option<Card> {
        let nothing = Object::new();
        let raw = self.raw.as_object().unwrap_or(&nothing);
        let title = || self.title.clone().unwrap_or_default();
        let words = |key| text(raw, key).unwrap_or_default();
        match &self.kind {
            A::Location => {
                let (latitude, longitude) = self.place?;
                let name = text(raw, "name").or_else(|| self.title.clone()).unwrap_or_default();
                Some(Card::Place { latitude, longitude, name, address: words("address") })
            }
            A::Contacts => Some(Card::Person {
                name: title(),
                phones: each(raw, "phones", "phone"),
                emails: each(raw, "emails", "email"),
                organisation: object(raw, "org").and_then(|o| text(o, "company")).unwrap_or_default(),
            }),
            A::Order => Some(Card::Order { lines: order_lines(raw), note: words("note") }),
            A::Share | A::Post | A::IgPost | A::Reel | A::IgReel | A::Story | A::IgStory | A::Fallback => {
                Some(Card::Post { title: title() })
            }
            A::Template | A::Product | A::AppointmentBooking => {
                let panels = panels(raw);
                let panels = if panels.is_empty() && self.title.is_some() {
                    vec![Panel { title: title(), ..Panel::default() }]
                } else {
                    panels
                };
                (!panels.is_empty()).then_some(Card::Panels { panels })
            }
            _ => None,
        }
    }

    /// Whether its file is fetched and kept: what was sent to us. What others published (stories, posts, reels) is
    /// only linked (graph-api b, l.2).
    #[must_use]
    pub fn is_kept(&self) -> bool {
        let own = matches!(
            self.kind,
            A::Image | A::Video | A::Audio | A::Voice | A::File | A::Document | A::Sticker | A::Media
        );
        own && !self.is_page() && (self.url.is_some() || self.id.is_some())
    }

    /// Where people can look at it, and until when: a page stays, Meta's CDN links end (graph-api b: stories after
    /// a day, the rest after about a week). `None` for what is kept.
    #[must_use]
    pub fn link(&self, at: Timestamp) -> Option<(String, Option<Timestamp>)> {
        let url = self.url.clone().filter(|_| !self.is_kept())?;
        let link = url::Url::parse(&url).ok().filter(|u| u.scheme() == "https" || u.scheme() == "http")?;
        if self.is_page() {
            return Some((link.into(), None));
        }
        let days = if matches!(self.kind, A::Story | A::IgStory | A::StoryMention) { 1 } else { 7 };
        Some((link.into(), Some(at.plus(days * DAY))))
    }
}

/// The text `key` of each member of a list.
fn each(of: &Object, name: &str, key: &str) -> Vec<String> {
    list(of, name).iter().take(MOST).filter_map(Value::as_object).filter_map(|o| text(o, key)).collect()
}

fn order_lines(order: &Object) -> Vec<OrderLine> {
    let items = ["product_items", "products"].into_iter().map(|key| list(order, key)).find(|l| !l.is_empty());
    items
        .unwrap_or_default()
        .iter()
        .take(MOST)
        .filter_map(Value::as_object)
        .map(|item| {
            // A price comes as a number or as text.
            let amount = |key: &str| {
                text(item, key).or_else(|| item.get(key).filter(|v| v.is_number()).map(Value::to_string))
            };
            let words = |keys: [&str; 3]| keys.iter().find_map(|key| amount(key)).unwrap_or_default();
            OrderLine {
                name: words(["name", "product_retailer_id", "retailer_id"]),
                quantity: whole(item, "quantity").and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
                price: words(["item_price", "unit_price", "price"]),
                currency: words(["currency", "currency_code", ""]),
            }
        })
        .collect()
}

/// A template in any of the forms that Messenger, Instagram and WhatsApp write.
fn panels(raw: &Object) -> Vec<Panel> {
    for holder in [Some(raw), object(raw, "generic"), object(raw, "product")].into_iter().flatten() {
        let elements = list(holder, "elements");
        if !elements.is_empty() {
            return elements.iter().take(MOST).filter_map(Value::as_object).map(panel).collect();
        }
    }
    if let Some(definition) = object(raw, "definition").filter(|d| d.contains_key("components")) {
        return vec![components(definition)];
    }
    let one = object(raw, "button").filter(|b| b.contains_key("text")).unwrap_or(raw);
    let panel = panel(one);
    if panel == Panel::default() { Vec::new() } else { vec![panel] }
}

fn panel(o: &Object) -> Panel {
    let inner = |key| object(o, key).and_then(|i| text(i, "text"));
    let status = text(o, "status").filter(|_| o.contains_key("booking_id"));
    let start = text(o, "start_time").unwrap_or_default();
    let title = text(o, "title")
        .or_else(|| inner("header"))
        .or_else(|| status.as_ref().map(|_| "Appointment".into()));
    Panel {
        title: title.unwrap_or_default(),
        text: text(o, "subtitle")
            .or_else(|| text(o, "text"))
            .or_else(|| inner("body"))
            .or_else(|| status.map(|s| format!("{s} {start}").trim().to_owned()))
            .unwrap_or_default(),
        footer: inner("footer").unwrap_or_default(),
        buttons: buttons(o),
    }
}

fn buttons(o: &Object) -> Vec<PanelButton> {
    let mut found: Vec<PanelButton> =
        list(o, "buttons").iter().filter_map(Value::as_object).filter_map(button).collect();
    found.extend(object(o, "cta").and_then(button));
    if let Some(action) = object(o, "action") {
        found.extend(list(action, "buttons").iter().filter_map(Value::as_object).filter_map(button));
        found.extend(text(action, "button").map(|title| PanelButton { title, link: None }));
        found.extend(object(action, "parameters").and_then(button));
        for section in list(action, "sections").iter().filter_map(Value::as_object) {
            found.extend(list(section, "rows").iter().filter_map(Value::as_object).filter_map(button));
        }
    }
    found.truncate(MOST);
    found
}

fn button(b: &Object) -> Option<PanelButton> {
    let title = text(b, "title")
        .or_else(|| text(b, "text"))
        .or_else(|| text(b, "display_text"))
        .or_else(|| object(b, "reply").and_then(|r| text(r, "title")))?;
    let link = text(b, "url").filter(|u| u.starts_with("https://") || u.starts_with("http://"));
    Some(PanelButton { title, link })
}

/// A template's own texts: header, body, footer, buttons.
fn components(definition: &Object) -> Panel {
    let mut panel = Panel::default();
    for part in list(definition, "components").iter().filter_map(Value::as_object) {
        let words = text(part, "text").unwrap_or_default();
        match text(part, "type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "header" => panel.title = words,
            "body" => panel.text = words,
            "footer" => panel.footer = words,
            "buttons" => panel.buttons = buttons(part),
            _ => {}
        }
    }
    panel
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(kind: A, raw: Value) -> Attachment {
        Attachment { raw, ..Attachment::of(kind) }
    }

    #[test]
    fn templates_of_every_product_are_panels_with_buttons() {
        let button =
            |title: &str, link: Option<&str>| PanelButton { title: title.into(), link: link.map(Into::into) };
        for (raw, title, words, buttons) in [
            (
                json!({"template_type": "generic", "elements": [{"title": "Welcome!", "subtitle": "Hats",
                    "buttons": [{"type": "web_url", "url": "https://x.example", "title": "View"}]}]}),
                "Welcome!",
                "Hats",
                vec![button("View", Some("https://x.example"))],
            ),
            (
                json!({"template_type": "button", "text": "What next?", "buttons": [{"type": "postback", "title": "Start"}]}),
                "",
                "What next?",
                vec![button("Start", None)],
            ),
            (
                json!({"title": "Cap", "subtitle": "Blue", "cta": {"title": "Buy", "type": "web_url", "url": "javascript:alert(1)"}}),
                "Cap",
                "Blue",
                vec![button("Buy", None)],
            ),
            (
                json!({"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Yes"}}]}}),
                "",
                "Sure?",
                vec![button("Yes", None)],
            ),
            (
                json!({"name": "order", "definition": {"components": [{"type": "HEADER", "text": "Order"}, {"type": "BODY", "text": "Hi"}]}}),
                "Order",
                "Hi",
                vec![],
            ),
        ] {
            let Some(Card::Panels { panels }) = of(A::Template, raw.clone()).card() else { panic!("{raw}") };
            assert_eq!((panels[0].title.as_str(), panels[0].text.as_str()), (title, words), "{raw}");
            assert_eq!(panels[0].buttons, buttons, "{raw}");
        }
    }

    #[test]
    fn what_others_published_is_linked_and_what_was_sent_is_kept() {
        let at = Timestamp(0);
        let with = |kind, url: &str| Attachment { url: Some(url.into()), ..Attachment::of(kind) };
        let cdn = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1";
        assert!(with(A::Image, cdn).is_kept());
        assert_eq!(with(A::Image, cdn).link(at), None);
        assert!(!with(A::StoryMention, cdn).is_kept());
        assert_eq!(with(A::StoryMention, cdn).link(at).unwrap().1, Some(Timestamp(DAY)));
        let page = "https://www.instagram.com/reel/abc/";
        assert_eq!(with(A::IgReel, page).link(at), Some((page.into(), None)));
        assert_eq!(with(A::Fallback, "file:///etc/passwd").link(at), None);
    }
}
