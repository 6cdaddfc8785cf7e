//! The `changes` of Pages and Instagram accounts: comments, mentions, figures, the Page's feed, and
//! the dashboard's form of messaging events (graph-api d.2 to d.4).

use super::{
    Out,
    kind::{Comment, Event, Kind, Mention, Person},
    messaging::{self, only_instagram},
    values::{Object, id, object, text, time},
    words::Verb,
};
use crate::model::{Channel, MetaMessageId};
use serde_json::Value;

/// Fields whose value is one messaging event, as the dashboard's "Test" button sends them.
const MESSAGING: &[&str] = &[
    "messages",
    "message_echoes",
    "message_edit",
    "message_edits",
    "message_reactions",
    "message_deliveries",
    "message_reads",
    "messaging_seen",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handover",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "messaging_account_linking",
    "messaging_customer_information",
    "messaging_appointments",
    "response_feedback",
    "send_cart",
    "standby",
];

/// Fields of a Page or an Instagram account that are events for us (graph-api d.2, d.4).
const EVENTS: &[&str] = &[
    "ratings",
    "leadgen",
    "leadgen_update",
    "live_videos",
    "inbox_labels",
    "message_template_status_update",
    "messenger_template_status_update",
    "business_integrity",
    "calls",
    "follow",
    "likes",
    "picture",
    "videos",
    "video_text_question_responses",
    "page_about_story",
    "page_change_proposal",
    "page_upcoming_change",
    "name",
    "location",
    "hours",
    "category",
    "description",
    "website",
    "phone",
    "email",
    "emails",
    "members",
    "awards",
    "parking",
    "attire",
    "culinary_team",
    "general_info",
    "general_manager",
    "mission",
    "payment_options",
    "products",
    "public_transit",
    "price_range",
    "publisher_subscriptions",
    "founded",
    "company_overview",
    "conversations",
    "invoice_access_invoice_change",
    "group_feed",
    "story_share",
    "share_to_feed",
    "delta",
    "user_action",
    "creator_marketplace_projects",
    "creator_marketplace_invited_creator_onboarding",
];

/// Reads one change.
pub(super) fn read(out: &mut Out, place: &str, field: &str, value: &Object) {
    match field {
        "comments" | "live_comments" => comment(out, place, field, value),
        "mentions" => mentioned(out, place, value),
        "mention" => page_mention(out, value),
        "story_insights" => {
            out.channel = only_instagram(out);
            let mut values = value.clone();
            let media = id(value, "media_id");
            values.remove("media_id");
            out.push(
                None,
                Kind::Insight {
                    media,
                    values: Value::Object(values),
                },
            );
        }
        "feed" => feed(out, place, value),
        _ if MESSAGING.contains(&field) => messaging(out, place, field, value),
        _ if EVENTS.contains(&field) => {
            let at = time(value, "created_time").or_else(|| time(value, "timestamp"));
            out.push(at, Kind::Event(event(field, author(value), value)));
        }
        _ => out.ignore(place, format!("field {field} is not known")),
    }
}

fn messaging(out: &mut Out, place: &str, field: &str, value: &Object) {
    out.standby = field == "standby";
    messaging::event_of(out, place, value);
    out.standby = false;
}

fn event(name: &str, person: Option<Person>, value: &Object) -> Event {
    Event {
        name: name.to_owned(),
        person,
        raw: Value::Object(value.clone()),
    }
}

/// Who did it: `from`, or `sender_id` and `sender_name` of old deliveries, or nobody told.
fn author(value: &Object) -> Option<Person> {
    let from = object(value, "from");
    let id = from
        .and_then(|f| id(f, "id"))
        .or_else(|| id(value, "sender_id"))
        .or_else(|| id(value, "reviewer_id"))?;
    Some(Person {
        name: from
            .and_then(|f| text(f, "name"))
            .or_else(|| text(value, "sender_name"))
            .or_else(|| text(value, "reviewer_name")),
        username: from.and_then(|f| text(f, "username")),
        ..Person::of(id)
    })
}

fn comment(out: &mut Out, place: &str, field: &str, value: &Object) {
    out.channel = only_instagram(out);
    // The documentation for Facebook Login prints `comment_id`.
    let Some(id_) = id(value, "id").or_else(|| id(value, "comment_id")) else {
        return out.ignore(place, "a comment without an id");
    };
    let media = object(value, "media");
    let comment = Comment {
        id: id_,
        verb: text(value, "verb").map_or(Verb::Add, |v| Verb::read(&v)),
        person: author(value),
        text: text(value, "text")
            .or_else(|| text(value, "message"))
            .unwrap_or_default(),
        post: media.and_then(|m| id(m, "id")).or_else(|| id(value, "media_id")),
        parent: id(value, "parent_id"),
        live: field == "live_comments",
        raw: media.map_or(Value::Null, |m| Value::Object(m.clone())),
    };
    commented(out, value, comment);
}

/// A comment that was removed is a message unsent, whatever the field calls it.
fn commented(out: &mut Out, value: &Object, comment: Comment) {
    let at = time(value, "created_time").or_else(|| time(value, "timestamp"));
    if comment.verb == Verb::Remove {
        let from_us = comment
            .person
            .as_ref()
            .is_some_and(|p| p.id.as_str() == out.account);
        let mid = MetaMessageId(comment.id);
        out.push(
            at,
            Kind::Delete {
                mid,
                from_us,
                person: comment.person,
            },
        );
    } else {
        out.push(at, Kind::Comment(comment));
    }
}

fn mentioned(out: &mut Out, place: &str, value: &Object) {
    out.channel = only_instagram(out);
    let (media, comment) = (id(value, "media_id"), id(value, "comment_id"));
    if media.is_none() && comment.is_none() {
        return out.ignore(place, "a mention of nothing");
    }
    out.push(
        time(value, "created_time"),
        Kind::Mention(Mention {
            media,
            comment,
            person: author(value),
            text: None,
        }),
    );
}

fn page_mention(out: &mut Out, value: &Object) {
    out.channel = out.channel.or(Some(Channel::Messenger));
    let mention = Mention {
        media: id(value, "post_id"),
        comment: id(value, "comment_id"),
        person: author(value),
        text: text(value, "message"),
    };
    out.push(time(value, "created_time"), Kind::Mention(mention));
}

fn feed(out: &mut Out, place: &str, value: &Object) {
    out.channel = out.channel.or(Some(Channel::Messenger));
    let item = text(value, "item").unwrap_or_default();
    let is_comment = item == "comment";
    let (Some(id_), true) = (id(value, "comment_id"), is_comment) else {
        if is_comment {
            out.note(place, "a comment without an id");
        }
        let at = time(value, "created_time");
        return out.push(at, Kind::Event(event("feed", author(value), value)));
    };
    let post = id(value, "post_id");
    let comment = Comment {
        id: id_,
        verb: text(value, "verb").map_or(Verb::Add, |v| Verb::read(&v)),
        person: author(value),
        text: text(value, "message").unwrap_or_default(),
        parent: id(value, "parent_id").filter(|p| Some(p) != post.as_ref()),
        post,
        live: false,
        raw: Value::Object(value.clone()),
    };
    commented(out, value, comment);
}
