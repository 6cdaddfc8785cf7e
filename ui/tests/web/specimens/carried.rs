//! What a message carries: files in every state, and cards.

use super::{FUTURE, PAST, Specimen, attachment, carried, elsewhere, read, specimen, with};
use heliograph_model::{Attachment, Card, Content, FileState, OrderLine, Panel, PanelButton, Timestamp};

/// One whose file is here: `sample` counts the samples of `pretend/samples.js` from 1.
pub fn kept(kind: &str, mime: &str, sample: usize) -> Attachment {
    Attachment {
        mime: mime.into(),
        file: Some(format!("{sample:064}")),
        state: FileState::Kept,
        size: Some((1200, 800)),
        ..attachment(kind)
    }
}

fn gone(kind: &str, state: FileState) -> Attachment {
    Attachment { state, ..attachment(kind) }
}

fn carded(kind: &str, card: Card) -> Attachment {
    Attachment { card: Some(card), ..attachment(kind) }
}

fn linked(kind: &str, title: &str, link: &str, ends_at: Option<Timestamp>) -> Attachment {
    Attachment {
        link: Some(link.into()),
        link_ends_at: ends_at,
        ..carded(kind, Card::Post { title: title.into() })
    }
}

pub fn files() -> Vec<Specimen> {
    let photo = |sample| kept("image", "image/jpeg", sample);
    let voice = || Attachment {
        length_ms: Some(12_000),
        waveform: (0..64).map(|n| n * 4).collect(),
        ..kept("voice", "audio/ogg", 7)
    };
    let sized = |a: Attachment, bytes| Attachment { bytes: Some(bytes), ..a };
    let called = |a: Attachment, name: &str| Attachment { name: name.into(), ..a };
    vec![
        carried("a photo", "Photo", vec![photo(1)]),
        specimen(
            "a photo with words",
            Content::Placeholder { what: "Photo".into(), text: "This corner.".into() },
            |m| m.attachments = vec![photo(2)],
        ),
        carried("two photos", "Photos", vec![photo(1), photo(3)]),
        with("ten photos of ours", "Photos", (0..10).map(|n| photo(1 + n % 5)).collect(), read),
        carried("a photo on its way", "Photo", vec![gone("image", FileState::Waiting)]),
        carried("a photo whose link has ended", "Photo", vec![gone("image", FileState::Expired)]),
        carried("a file refused", "File", vec![called(gone("document", FileState::Refused), "bill.pdf.exe")]),
        carried("a video too large", "Video", vec![sized(gone("video", FileState::TooLarge), 84_000_000)]),
        carried(
            "a photo removed to save space",
            "Photo",
            vec![Attachment { again: true, ..gone("image", FileState::Evicted) }],
        ),
        carried(
            "a refusal in words",
            "File",
            vec![Attachment { fault: "It is a program.".into(), ..gone("file", FileState::Refused) }],
        ),
        carried(
            "a video",
            "Video",
            vec![Attachment { thumbnail: Some(format!("{:064}", 4)), ..kept("video", "video/mp4", 1) }],
        ),
        carried("a video on its way", "Video", vec![gone("video", FileState::Waiting)]),
        carried("a voice message", "Voice message", vec![voice()]),
        with("a voice message of ours", "Voice message", vec![voice()], read),
        carried(
            "a voice message of which nothing is known",
            "Voice message",
            vec![kept("voice", "audio/ogg", 7)],
        ),
        carried("a voice message on its way", "Voice message", vec![gone("voice", FileState::Waiting)]),
        carried("a sound", "Audio", vec![called(kept("audio", "audio/mpeg", 8), "Song.mp3")]),
        carried(
            "a file",
            "File",
            vec![sized(called(kept("document", "application/pdf", 1), "Terms.pdf"), 482_000)],
        ),
        with("a file of ours", "File", vec![called(kept("file", "text/csv", 1), "Prices.csv")], read),
        carried("a file on its way", "File", vec![called(gone("file", FileState::Waiting), "Terms.pdf")]),
        carried("a sticker", "Sticker", vec![kept("sticker", "image/webp", 6)]),
        carried("a heart", "Heart", vec![attachment("like_heart")]),
        carried("a disappearing photo", "Disappearing photo or video", vec![attachment("ephemeral")]),
    ]
}

pub fn cards() -> Vec<Specimen> {
    let place = |name: &str, address: &str| Card::Place {
        latitude: 41.14961,
        longitude: -8.61099,
        name: name.into(),
        address: address.into(),
    };
    let line = |name: &str, quantity, price: &str| OrderLine {
        name: name.into(),
        quantity,
        price: price.into(),
        currency: "EUR".into(),
    };
    let button =
        |title: &str, link: Option<&str>| PanelButton { title: title.into(), link: link.map(Into::into) };
    let panel = |title: &str| Panel {
        title: title.into(),
        text: "In stock.".into(),
        footer: "Reply STOP to hear no more".into(),
        buttons: vec![button("See it", Some("https://lamps.example/3")), button("Reserve", None)],
    };
    let mention = |ends_at| Attachment {
        link: Some("https://cdn.example/story".into()),
        link_ends_at: Some(ends_at),
        ..attachment("story_mention")
    };
    let person = Card::Person {
        name: "Inês Carvalho".into(),
        phones: vec!["+351 912 345 678".into()],
        emails: vec!["ines@lamps.example".into()],
        organisation: "Carvalho Iluminação".into(),
    };
    let order = Card::Order {
        note: "Wrap them.".into(),
        lines: vec![line("Lamp No. 3", 1, "149.00"), line("Bulb", 3, "6.50")],
    };
    let panels = |n: usize| Card::Panels {
        panels: ["Lamp No. 3", "Lamp No. 5"].into_iter().take(n).map(panel).collect(),
    };
    let page = "https://www.instagram.com/p/abc/";
    vec![
        carried(
            "a place",
            "Location",
            vec![carded("location", place("Livraria Lello", "Rua das Carmelitas"))],
        ),
        carried("a place without a name", "Location", vec![carded("location", place("", ""))]),
        carried("a contact", "Contact", vec![carded("contacts", person)]),
        carried("an order", "Order", vec![carded("order", order)]),
        with("a template of ours", "Card", vec![carded("template", panels(1))], read),
        with("panels of another app", "Card", vec![carded("template", panels(2))], elsewhere),
        carried("a product", "Product", vec![carded("product", panels(1))]),
        carried("a shared post", "Shared post", vec![linked("ig_post", "Five lamps", page, None)]),
        carried(
            "a shared reel",
            "Shared reel",
            vec![linked("ig_reel", "How it is made", "https://cdn.example/reel", Some(FUTURE))],
        ),
        carried(
            "a shared reel whose link has ended",
            "Shared reel",
            vec![linked("ig_reel", "", "https://cdn.example/reel", Some(PAST))],
        ),
        carried(
            "a shared story",
            "Shared story",
            vec![linked("ig_story", "", "https://cdn.example/story", Some(FUTURE))],
        ),
        carried("a mention in a story", "Mentioned you in a story", vec![mention(FUTURE)]),
        carried("a mention in a story that has expired", "Mentioned you in a story", vec![mention(PAST)]),
        carried(
            "the preview of a link",
            "Link",
            vec![linked("fallback", "Lamps of Porto", "https://lamps.example/", None)],
        ),
        with("a post that we shared", "Shared post", vec![linked("share", "Five lamps", page, None)], read),
    ]
}
