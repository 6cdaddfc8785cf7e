//! Below the thread: the composer while a reply may leave, and when none may, what may: a human agent's answer, a
//! template, or only waiting for the person.

use super::{
    composer::Composer,
    failure::copy,
    inbox,
    templates::TemplateDialog,
    text,
    working::{NoteBox, NoteTabs, working},
};
use crate::{
    clock::clock,
    desk::desk,
    format,
    live::{live, order},
    parts::{Button, ChannelMark, Icon, IconView, Tone},
    route::{Route, router},
};
use heliograph_model::{
    Allowance, Channel, ContactConversation, Conversation, ConversationId, FormerAccount, Means, ReplyWindow,
    Timestamp,
    call::{GetContact, ListTemplates, SaveSettings},
};
use leptos::prelude::*;

/// What stands below the thread; it changes only when what is allowed changes, so that typing goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    /// The account is disconnected and its history kept.
    Disconnected,
    Composer,
    Agent,
    Closed {
        templates: bool,
        agent: bool,
    },
}

/// Composer or what replaces it.
#[component]
pub fn Foot(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let clock = clock();
    let desk = desk();
    let account = Memo::new(move |_| row.with(|c| c.as_ref().map(|c| c.account)));
    // Read ahead of need: the picker opens at once, and Messenger shows it only where there is something to pick.
    let closed = Memo::new(move |_| {
        let now = clock.now();
        row.with(|c| c.as_ref().is_some_and(|c| !c.window.is_open(now)))
    });
    let templates =
        live(move || account.get().filter(|_| closed.get()).map(|account| ListTemplates { account }));
    let any = Memo::new(move |_| {
        templates.with(|list| list.is_some_and(|list| list.rows.iter().any(|t| t.obstacle().is_none())))
    });
    let allowed = Memo::new(move |_| {
        let now = clock.now();
        let lacks = account.get().and_then(|a| desk.account(a)).is_some_and(|a| a.health.lacks_human_agent);
        let means = Means { human_agent: !lacks, templates: any.get() };
        row.with(|c| c.as_ref().map(|c| c.window.allowance(c.channel, now, means)))
    });
    // Pressing "Reply as human agent" is for this thread and this stay in it.
    let as_agent = RwSignal::new(false);
    let former = Memo::new(move |_| account.get().and_then(|id| desk.former_account(id)));
    let shown = Memo::new(move |_| match allowed.get() {
        None => Shown::Nothing,
        Some(_) if former.with(Option::is_some) => Shown::Disconnected,
        Some(Allowance::Reply { .. }) => Shown::Composer,
        Some(Allowance::HumanAgent { .. }) if as_agent.get() => Shown::Agent,
        Some(Allowance::HumanAgent { templates, .. }) => Shown::Closed { templates, agent: true },
        Some(Allowance::Template) => Shown::Closed { templates: true, agent: false },
        Some(Allowance::Nothing) => Shown::Closed { templates: false, agent: false },
    });
    let until = Signal::derive(move || match allowed.get() {
        Some(Allowance::Reply { until } | Allowance::HumanAgent { until, .. }) => Some(until),
        _ => None,
    });
    let picking = RwSignal::new(false);
    let noting = Memo::new(move |_| working().noting.with(|n| n.contains(&conversation)));
    let foot = move || match shown.get() {
        _ if noting.get() => view! { <NoteBox conversation /> }.into_any(),
        Shown::Nothing => view! { <div class="composer waiting"></div> }.into_any(),
        Shown::Disconnected => view! { <Disconnected former /> }.into_any(),
        Shown::Composer => view! { <Composer row conversation until /> }.into_any(),
        Shown::Agent => view! {
            <div class="agent-line" role="note">
                <IconView icon=Icon::Person />
                <span>"As a human agent: support only, no promotion."</span>
                <button type="button" class="link" on:click=move |_| as_agent.set(false)>"Do not"</button>
            </div>
            <Composer row conversation until agent=true />
        }
        .into_any(),
        Shown::Closed { templates, agent } => {
            view! { <Closed row conversation until templates agent as_agent picking /> }.into_any()
        }
    };
    view! {
        <NoteTabs conversation />
        {foot}
        <TemplateDialog open=picking row conversation />
    }
    .into_any()
}

/// The account is gone: its history can be read, and nothing leaves until it is connected again.
#[component]
fn Disconnected(former: Memo<Option<FormerAccount>>) -> impl IntoView {
    let name = move || former.with(|f| f.as_ref().map_or(String::new(), |f| f.name.clone()));
    let again = Callback::new(|()| router().go(Route::Connect { account: None }));
    view! {
        <div class="composer closed" id="composer-closed" tabindex="-1" data-test="composer-disconnected">
            <IconView icon=Icon::Offline />
            <div class="closed-body">
                <p class="closed-title">{move || format!("{} is disconnected", name())}</p>
                <p class="closed-text">
                    "What was written is kept here. Nothing arrives and nothing leaves until the account is connected again; then this goes on where it was."
                </p>
                <div class="closed-ways">
                    <Button label="Connect again" tone=Tone::Primary on_press=again test="connect-again" />
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// No plain reply may leave: why, what may, and who can change it.
#[component]
fn Closed(
    row: Memo<Option<Conversation>>,
    conversation: ConversationId,
    until: Signal<Option<Timestamp>>,
    templates: bool,
    agent: bool,
    as_agent: RwSignal<bool>,
    picking: RwSignal<bool>,
) -> impl IntoView {
    let clock = clock();
    let contact = live(move || Some(GetContact { conversation }));
    let words = Memo::new(move |_| {
        row.with(|c| c.as_ref().map(|c| explain(c.channel, c.window, agent, clock.now()))).unwrap_or_default()
    });
    let draft = Memo::new(move |_| {
        let typed = inbox().drafts.with_value(|d| d.get(&conversation).cloned());
        typed.or_else(|| row.with(|c| c.as_ref().map(|c| c.draft.clone()))).filter(|d| !d.trim().is_empty())
    });
    let others = move || {
        let all = contact.get().map(|c| c.conversations).unwrap_or_default();
        let mut others: Vec<ContactConversation> = all.into_iter().filter(|c| c.id != conversation).collect();
        // Where a reply may still leave comes first.
        let now = clock.now();
        others.sort_by_key(|c| !c.window.is_open(now));
        others.truncate(3);
        (!others.is_empty()).then(|| {
            let one = |c: ContactConversation| {
                let open = c.window.closes_at.filter(|_| c.window.is_open(now));
                view! {
                    <a class="chip-link" class:open=open.is_some() href=Route::thread(c.id).path() data-test="other-channel">
                        <ChannelMark channel=c.channel />
                        {c.channel.name()}
                        {open.map(|end| view! { <span class="figures">{format!("open for {}", format::left(now.until(end)))}</span> })}
                    </a>
                }
                .into_any()
            };
            view! { <p class="closed-others">"Same person: " {others.into_iter().map(one).collect_view()}</p> }.into_any()
        })
    };
    let kept = move || {
        // Where a human agent may answer, the draft is in the composer that opens.
        draft.get().filter(|_| !agent).map(|draft| {
            let words = StoredValue::new(draft.clone());
            let press = Callback::new(move |()| copy(words.get_value(), "Draft copied"));
            view! {
                <div class="closed-draft">
                    <IconView icon=Icon::Pencil />
                    <span class="words" dir="auto">{text::split(&draft, heliograph_model::TextLimit::Chars(400)).into_iter().next()}</span>
                    <Button label="Copy" small=true icon=Some(Icon::Copy) on_press=press />
                </div>
            }
            .into_any()
        })
    };
    view! {
        <div class="composer closed" id="composer-closed" tabindex="-1" data-test="composer-closed">
            <IconView icon=Icon::Lock />
            <div class="closed-body">
                <p class="closed-title">{move || words.get().0}</p>
                <p class="closed-text">{move || words.get().1}</p>
                <div class="closed-ways">
                    {templates
                        .then(|| {
                            let tone = if agent { Tone::Plain } else { Tone::Primary };
                            let press = Callback::new(move |()| picking.set(true));
                            view! { <Button label="Choose template" tone on_press=press test="choose-template" /> }
                        })}
                    {agent.then(|| view! { <AgentWay as_agent until /> })}
                </div>
                {others}
                {kept}
            </div>
        </div>
    }
    .into_any()
}

/// The way to a human agent's answer; the rule is accepted once at this desk.
#[component]
fn AgentWay(as_agent: RwSignal<bool>, until: Signal<Option<Timestamp>>) -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let reading = RwSignal::new(false);
    let accept = order::<SaveSettings>(move |()| {
        desk.settings.again();
        reading.set(false);
        as_agent.set(true);
        crate::clock::after(0, super::keyboard::focus_composer);
    });
    let press = Callback::new(move |()| {
        if desk.chosen().sending.knows_human_agent {
            as_agent.set(true);
            crate::clock::after(0, super::keyboard::focus_composer);
        } else {
            reading.set(true);
        }
    });
    let accepted = Callback::new(move |()| {
        if let Some(mut settings) = desk.settings.peek() {
            settings.sending.knows_human_agent = true;
            accept.run(SaveSettings { settings });
        }
    });
    let left = move || until.get().map(|end| format!("for {} more", format::left(clock.now().until(end))));
    view! {
        <Button label="Reply as human agent" tone=Tone::Primary on_press=press test="human-agent" />
        <span class="closed-left figures">{left}</span>
        {move || {
            reading
                .get()
                .then(|| {
                    view! {
                        <div class="agent-rule" role="note" data-test="agent-rule">
                            <p>
                                "Within seven days Meta lets a person, not a program, answer what the customer asked. "
                                <strong>"Support only: no promotion."</strong>
                                " Meta may take the right away from an app that does otherwise."
                            </p>
                            <div class="dialog-foot">
                                <Button label="Cancel" small=true on_press=Callback::new(move |()| reading.set(false)) />
                                <Button label="Understood" tone=Tone::Primary small=true busy=accept.busy on_press=accepted test="agent-accept" />
                            </div>
                        </div>
                    }
                })
        }}
    }
    .into_any()
}

/// Title and text for a closed window.
fn explain(channel: Channel, window: ReplyWindow, agent: bool, now: Timestamp) -> (String, String) {
    let name = channel.name();
    let title = match (window.refused_at, window.ended_at()) {
        (Some(at), _) => format!("Meta closed the reply window {}", format::ago(at.until(now))),
        (None, Some(end)) => format!("The reply window closed {}", format::ago(end.until(now))),
        (None, None) => "This person has not written yet".into(),
    };
    let text = match (channel, window.closes_at) {
        (Channel::WhatsApp, None) => "WhatsApp lets a business begin with an approved template. When they write, you can reply freely for 24 hours.".into(),
        (_, None) => format!("{name} lets a business answer, not begin. When they write, you can reply for 24 hours."),
        (Channel::WhatsApp, _) => "WhatsApp allows free replies for 24 hours after the customer’s last message. After that only approved templates may leave. It reopens when the customer writes.".into(),
        (_, Some(_)) if agent => format!("{name} allows free replies for 24 hours after the customer’s last message. For seven days a human agent may still answer."),
        _ => format!("{name} allows replies for 24 hours after the customer’s last message, and a human agent’s for seven days. Only the customer can reopen this, by writing."),
    };
    (title, text)
}
