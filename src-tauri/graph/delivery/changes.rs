//! The `changes` of Pages and Instagram accounts: comments, mentions, figures, the Page's feed, and
//! the dashboard's form of messaging events (graph-api d.2 to d.4).

use super::{
    Out,
    kind::{Comment, Event, Kind, Mention, Person},
    messaging::{self, only_instagram},
    values::{Object, id, object, text, time},
    words::Verb,
};
use crate::model::Channel;
use serde_json::Value;

/// Fields whose value is one messaging event, as the dashboard's "Test" button sends them.
#[rustfmt::skip]
const MESSAGING: &[&str] = &[
    "message_context", "message_deliveries", "message_echoes", "message_edit", "message_edits",
    "message_mention", "message_reactions", "message_reads", "messages", "messaging_account_linking",
    "messaging_appointments", "messaging_checkout_updates", "messaging_customer_information",
    "messaging_direct_sends", "messaging_fblogin_account_linking", "messaging_feedback",
    "messaging_game_plays", "messaging_handover", "messaging_handovers",
    "messaging_in_thread_lead_form_submit", "messaging_optins", "messaging_optouts", "messaging_payments",
    "messaging_policy_enforcement", "messaging_postbacks", "messaging_pre_checkouts", "messaging_referral",
    "messaging_referrals", "messaging_seen", "response_feedback", "send_cart", "share_message", "standby",
];

/// Fields of a Page or an Instagram account that are events for us (graph-api d.2, d.4).
#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "affiliation", "attire", "awards", "bio", "birthday", "business_integrity", "calls", "category",
    "checkins", "company_overview", "conversations", "creator_marketplace_invited_creator_onboarding",
    "creator_marketplace_projects", "culinary_team", "current_location", "delta", "description", "email",
    "feature_access_list", "follow", "founded", "general_info", "general_manager", "group_feed", "hometown",
    "hours", "inbox_labels", "invoice_access_bank_slip_events", "invoice_access_invoice_change",
    "invoice_access_invoice_draft_change", "invoice_access_onboarding_status_active", "leadgen",
    "leadgen_fat", "leadgen_update", "likes", "live_videos", "local_delivery", "location",
    "mcom_invoice_change", "members", "merchant_review", "message_template_status_update",
    "messenger_template_status_update", "mission", "name", "otp_verification", "page_about_story",
    "page_change_proposal", "page_upcoming_change", "parking", "payment_options", "payment_request_update",
    "personal_info", "personal_interests", "phone", "picture", "price_range", "product_review", "products",
    "public_transit", "publisher_subscriptions", "ratings", "registration", "share_to_feed",
    "story_poll_response", "story_reactions", "story_share", "user_action", "video_text_question_responses",
    "videos", "website",
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
            out.push(None, Kind::Insight { media, values: Value::Object(values) });
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
    Event { name: name.to_owned(), person, raw: Value::Object(value.clone()) }
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
        text: text(value, "text").or_else(|| text(value, "message")).unwrap_or_default(),
        post: media.and_then(|m| id(m, "id")).or_else(|| id(value, "media_id")),
        parent: id(value, "parent_id"),
        live: field == "live_comments",
        raw: media.map_or(Value::Null, |m| Value::Object(m.clone())),
    };
    commented(out, value, comment);
}

fn commented(out: &mut Out, value: &Object, comment: Comment) {
    let at = time(value, "created_time").or_else(|| time(value, "timestamp"));
    out.push(at, Kind::Comment(comment));
}

fn mentioned(out: &mut Out, place: &str, value: &Object) {
    out.channel = only_instagram(out);
    let (media, comment) = (id(value, "media_id"), id(value, "comment_id"));
    if media.is_none() && comment.is_none() {
        return out.ignore(place, "a mention of nothing");
    }
    out.push(
        time(value, "created_time"),
        Kind::Mention(Mention { media, comment, person: author(value), text: None }),
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
