//! Filling a template in: a field for each blank, and the message as the person will see it.

use super::{
    inbox, later,
    sending::fresh_key,
    template_file::{HeaderFile, HeaderFileField},
    undo,
};
use crate::{
    ipc::media_url,
    live::order,
    pages::accounts::standing::capital,
    parts::{Button, Icon, IconView, Menu, Tone},
};
use heliograph_model::{
    Blank, Channel, Conversation, ConversationId, Filled, Template, TemplateButton, TemplateFile,
    TemplateHeader, TemplateLook, TemplateParts, Timestamp, call::SendTemplate,
};
use leptos::{html, prelude::*};

/// What a blank is called.
fn label(blank: &Blank, parts: &TemplateParts) -> String {
    match blank {
        Blank::File => match &parts.header {
            Some(TemplateHeader::File { file }) => format!("Address of the {}", file.word()),
            _ => "Address of the file".into(),
        },
        Blank::Place(part) => capital(&format!("{}{part}", if part == "name" { "place’s " } else { "" })),
        Blank::Header(name) => format!("Header: {}", name.replace('_', " ")),
        Blank::Body(name) if name.chars().all(|c| c.is_ascii_digit()) => format!("Blank {name}"),
        Blank::Body(name) => capital(&name.replace('_', " ")),
        Blank::Button(place) => {
            format!("For the button “{}”", parts.buttons.get(*place).map_or("", |b| b.text()))
        }
    }
}

/// Words that are known already: the person's name goes into a blank that asks for one.
fn known(blank: &Blank, name: &str) -> Option<String> {
    let first = name.split_whitespace().next().filter(|n| !n.starts_with(['…', '+', '@']))?;
    match blank {
        Blank::Body(word) | Blank::Header(word)
            if ["name", "first_name", "customer_name"].contains(&word.as_str()) =>
        {
            Some(first.to_owned())
        }
        _ => None,
    }
}

/// The form and its preview.
#[component]
pub fn TemplateForm(
    template: Template,
    open: RwSignal<bool>,
    row: Memo<Option<Conversation>>,
    conversation: ConversationId,
) -> impl IntoView {
    let name = row.with_untracked(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()));
    let blanks = template.parts.blanks();
    let filled =
        RwSignal::new(blanks.iter().filter_map(|b| Some((b.clone(), known(b, &name)?))).collect::<Filled>());
    let obstacle = template.obstacle();
    let reason = Some(template.reason.clone()).filter(|r| !r.is_empty());
    let id = template.id;
    // Only WhatsApp takes a file of this computer.
    let on_whatsapp = row.with_untracked(|c| c.as_ref().is_some_and(|c| c.channel == Channel::WhatsApp));
    let file = match template.parts.header {
        Some(TemplateHeader::File { file }) if on_whatsapp => Some(HeaderFile::new(conversation, file)),
        _ => None,
    };
    let chosen = move || file.and_then(HeaderFile::chosen);
    let parts = StoredValue::new(template.parts);
    let touched = RwSignal::new(false);
    let complaint = Memo::new(move |_| {
        let unfit = file.and_then(HeaderFile::complaint);
        let has_file = chosen().is_some();
        unfit.or_else(|| filled.with(|f| parts.with_value(|p| p.complaint(f, has_file))))
    });
    let look = Memo::new(move |_| filled.with(|f| parts.with_value(|p| p.look(f))));
    let send = order::<SendTemplate>(move |message| {
        if let Some(file) = file {
            file.sent();
        }
        open.set(false);
        inbox().kept_unread.set(None);
        undo::offer(conversation, &[message]);
    });
    let asking = RwSignal::new(false);
    let stands = obstacle.is_some();
    let go = move |send_at: Option<Timestamp>| {
        touched.set(true);
        if complaint.with_untracked(Option::is_none) && !stands {
            let filled = filled.get_untracked();
            let file = untrack(chosen).map(|upload| upload.id);
            send.run(SendTemplate { conversation, template: id, filled, key: fresh_key(), send_at, file });
        }
    };
    let later = Callback::new(move |at| go(Some(at)));
    let field = move |blank: Blank| {
        let input = NodeRef::<html::Input>::new();
        let (words, hint) = parts.with_value(|p| (label(&blank, p), p.examples.get(&blank).cloned()));
        let hint = match (&blank, hint) {
            (Blank::File, _) => "https://…".to_owned(),
            (_, Some(hint)) => format!("such as {hint}"),
            (_, None) => String::new(),
        };
        let value = filled.with_untracked(|f| f.get(&blank).cloned()).unwrap_or_default();
        let is_file = blank == Blank::File;
        let test = String::from(blank.clone());
        let typed = move |_| {
            let text = input.get_untracked().map(|i| i.value()).unwrap_or_default();
            filled.update(|f| {
                f.insert(blank.clone(), text);
            });
        };
        let address = view! {
            <label class="template-field" class:spare=move || is_file && chosen().is_some()>
                <span>{words}</span>
                <input node_ref=input type="text" placeholder=hint prop:value=value data-test=test on:input=typed />
                {is_file.then(|| view! { <small>"Meta fetches it from this address, which must be public."</small> })}
            </label>
        }
        .into_any();
        match file.filter(|_| is_file) {
            Some(file) => view! {
                <HeaderFileField file />
                {address}
            }
            .into_any(),
            None => address,
        }
    };
    view! {
        <form
            class="template-form"
            on:submit=move |e| {
                e.prevent_default();
                go(None);
            }
        >
            <div class="template-scroll">
            {obstacle
                .map(|why| {
                    view! {
                        <p class="template-obstacle" role="alert">
                            <IconView icon=Icon::Alert />
                            <span>{why} {reason.map(|r| format!(" Meta says: {}", r.to_lowercase().replace('_', " ")))}</span>
                        </p>
                    }
                })}
            <div class="template-fields">{blanks.into_iter().map(field).collect_view()}</div>
            {move || view! { <Preview look=look.get() parts face=Callback::new(move |()| chosen().and_then(|upload| upload.thumbnail)) /> }}
            </div>
            <p class="template-complaint" role="status">
                {move || complaint.get().filter(|_| touched.get())}
            </p>
            <div class="dialog-foot">
                <Menu
                    label="Send later"
                    items=Callback::new(move |()| later::items(None, later, asking))
                    up=true
                    class="icon-button"
                    test="template-later"
                >
                    <IconView icon=Icon::Clock />
                </Menu>
                <Button
                    label="Send template"
                    tone=Tone::Primary
                    busy=send.busy
                    disabled=stands
                    on_press=Callback::new(move |()| go(None))
                    test="template-send"
                />
            </div>
            <later::TimeDialog open=asking end=Signal::derive(|| None) pick=later />
        </form>
    }
    .into_any()
}

const fn icon_of_file(file: TemplateFile) -> Icon {
    match file {
        TemplateFile::Image => Icon::Image,
        TemplateFile::Video => Icon::Video,
        TemplateFile::Document => Icon::File,
    }
}

const fn icon_of(button: &TemplateButton) -> Icon {
    match button {
        TemplateButton::QuickReply { .. } | TemplateButton::Postback { .. } => Icon::Reply,
        TemplateButton::Url { .. } => Icon::External,
        TemplateButton::Phone { .. } => Icon::Call,
        TemplateButton::CopyCode { .. } => Icon::Copy,
    }
}

/// The template as a bubble.
#[component]
fn Preview(
    look: TemplateLook,
    parts: StoredValue<TemplateParts>,
    /// The chosen file's small picture.
    face: Callback<(), Option<String>>,
) -> impl IntoView {
    let face = move || face.run(());
    let file = parts.with_value(|p| match &p.header {
        Some(TemplateHeader::File { file }) => Some((icon_of_file(*file), file.word())),
        Some(TemplateHeader::Location) => Some((Icon::Location, "place")),
        _ => None,
    });
    let icons = parts.with_value(|p| p.buttons.iter().map(icon_of).collect::<Vec<_>>());
    let TemplateLook { header, body, footer, buttons } = look;
    view! {
        <div class="template-preview" aria-label="As the person sees it" data-test="template-preview">
            {move || match face() {
                Some(hash) => view! { <img class="template-picture" src=media_url(&hash) alt="" /> }.into_any(),
                None => file.map(|(icon, file)| view! { <div class="template-file"><IconView icon /> <span>{file}</span></div> }).into_any(),
            }}
            {(!header.is_empty()).then(|| view! { <strong dir="auto">{header}</strong> })}
            <div class="words" dir="auto">{body}</div>
            {(!footer.is_empty()).then(|| view! { <small dir="auto">{footer}</small> })}
            {icons
                .into_iter()
                .zip(buttons)
                .map(|(icon, (words, address))| {
                    view! { <span class="template-button" data-tip=address><IconView icon />{words}</span> }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_first_name_goes_where_a_name_is_asked_for() {
        let name = |blank: Blank, who: &str| known(&blank, who);
        assert_eq!(name(Blank::Body("name".into()), "Ana Borg").as_deref(), Some("Ana"));
        assert_eq!(name(Blank::Body("order_no".into()), "Ana Borg"), None);
        assert_eq!(name(Blank::Body("name".into()), "+356 9900"), None, "a number is no name");
    }
}
