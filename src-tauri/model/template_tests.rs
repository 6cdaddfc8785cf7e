//! Filling in and previewing templates.

use super::*;
use proptest::prelude::*;

fn parts() -> TemplateParts {
    TemplateParts {
        header: Some(TemplateHeader::Text { text: "Order {{1}}".into() }),
        body: "Hi {{1}}, your order {{2}} for {{1}} is ready.".into(),
        footer: "Reply STOP to opt out".into(),
        buttons: vec![
            TemplateButton::Url { text: "Track".into(), url: "https://x.example/t/{{1}}".into() },
            TemplateButton::QuickReply { text: "Call me".into() },
            TemplateButton::CopyCode { text: "Copy code".into() },
        ],
        ..TemplateParts::default()
    }
}

fn filled() -> Filled {
    [
        (Blank::Header("1".into()), "A-17"),
        (Blank::Body("1".into()), "Ana"),
        (Blank::Body("2".into()), "A-17"),
        (Blank::Button(0), "A-17"),
        (Blank::Button(2), "SALE25"),
    ]
    .into_iter()
    .map(|(blank, value)| (blank, value.to_owned()))
    .collect()
}

#[test]
fn the_blanks_are_asked_for_once_each_in_reading_order() {
    let blanks: Vec<String> = parts().blanks().into_iter().map(String::from).collect();
    assert_eq!(blanks, ["header.1", "body.1", "body.2", "button.0", "button.2"]);
}

#[test]
fn the_preview_is_what_the_person_will_see() {
    let look = parts().look(&filled());
    assert_eq!(look.header, "Order A-17");
    assert_eq!(look.body, "Hi Ana, your order A-17 for Ana is ready.");
    assert_eq!(look.buttons[0], ("Track".into(), Some("https://x.example/t/A-17".into())));
    assert_eq!(
        look.words(),
        "Order A-17\n\nHi Ana, your order A-17 for Ana is ready.\n\nReply STOP to opt out"
    );
    assert_eq!(parts().look(&Filled::new()).body, parts().body, "what is not filled in stays as written");
}

#[test]
fn what_meta_would_refuse_is_said_before() {
    assert_eq!(parts().complaint(&filled(), false), None);
    for blank in parts().blanks() {
        let mut missing = filled();
        missing.remove(&blank);
        assert!(parts().complaint(&missing, false).is_some(), "{blank:?}");
    }
    let with = |blank: Blank, value: String| {
        let mut filled = filled();
        filled.insert(blank, value);
        parts().complaint(&filled, false)
    };
    assert!(with(Blank::Body("1".into()), "two\nlines".into()).is_some());
    assert!(with(Blank::Body("1".into()), "a".repeat(1024)).is_some());
    assert!(with(Blank::Header("1".into()), "a".repeat(60)).is_some());
    assert!(with(Blank::Button(2), "a".repeat(16)).is_some());
    let picture = TemplateParts {
        header: Some(TemplateHeader::File { file: TemplateFile::Image }),
        ..TemplateParts::default()
    };
    let at = |link: &str| picture.complaint(&Filled::from([(Blank::File, link.to_owned())]), false);
    assert_eq!(picture.complaint(&Filled::new(), true), None, "a file of this computer needs no address");
    assert_eq!(at("https://x.example/a.jpg"), None);
    assert!(at("http://x.example/a.jpg").is_some() && at("").is_some());
}

#[test]
fn a_blank_is_a_key_in_json() {
    let json = serde_json::to_string(&filled()).unwrap();
    assert!(json.contains(r#""body.1":"Ana""#), "{json}");
    assert_eq!(serde_json::from_str::<Filled>(&json).unwrap(), filled());
}

proptest! {
    #[test]
    fn whatever_the_text_nothing_of_it_is_lost(text in ".{0,40}|[{} a1_]{0,24}") {
        let parts = TemplateParts { body: text.clone(), ..TemplateParts::default() };
        let look = parts.look(&Filled::new()).body;
        // Only spaces inside the braces of a blank may go.
        let squeeze = |t: &str| t.split_whitespace().collect::<String>();
        prop_assert_eq!(squeeze(&look), squeeze(&text));
    }

    #[test]
    fn filling_every_blank_leaves_none(names in proptest::collection::vec("[a-z]{1,6}", 0..5)) {
        let body: String = names.iter().map(|n| format!("x {{{{{n}}}}} ")).collect();
        let parts = TemplateParts { body, named: true, ..TemplateParts::default() };
        let filled: Filled = parts.blanks().into_iter().map(|b| (b, "v".to_owned())).collect();
        prop_assert!(!parts.look(&filled).body.contains("{{"));
        prop_assert_eq!(parts.complaint(&filled, false), None);
    }
}
