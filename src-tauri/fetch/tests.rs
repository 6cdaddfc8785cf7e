//! Which of a message's fresh links belongs to a file.

use super::one::same;
use crate::{
    model::{AccountId, AttachmentId, ConversationId, MessageId, Timestamp},
    store::attachments::Wanted,
};

fn wanted(place: usize, url: &str) -> Wanted {
    Wanted {
        attachment: AttachmentId(1),
        account: AccountId(1),
        conversation: ConversationId(1),
        message: MessageId(1),
        kind: "image".into(),
        name: String::new(),
        mime: String::new(),
        url: url.into(),
        meta_id: String::new(),
        mid: None,
        place,
        sent_at: Timestamp(0),
        live: true,
        tries: 0,
    }
}

fn link(word: &str, url: &str) -> (String, Option<String>) {
    (word.into(), Some(url.into()))
}

#[test]
fn a_link_that_meta_gives_again_unchanged_is_tried_once_more() {
    let links = vec![link("image", "https://cdn/a?oe=1")];
    assert_eq!(same(&wanted(0, "https://cdn/a?oe=1"), links).as_deref(), Some("https://cdn/a?oe=1"));
}

#[test]
fn the_link_of_another_file_is_never_taken_for_it() {
    let links = || vec![link("video", "https://cdn/film"), link("image", "https://cdn/photo")];
    assert_eq!(same(&wanted(0, ""), links()), None);
    assert_eq!(same(&wanted(1, ""), links()).as_deref(), Some("https://cdn/photo"));
    assert_eq!(same(&wanted(2, ""), links()), None);
}
