//! One account: who it is, how it stands in words, what helps, and the figures behind it.

use super::{
    diagnosis::DiagnosisDialog,
    disconnect::{Asked, Leaving},
    facts::{Facts, Permissions},
    import_line::ImportLine,
    missed::{Missed, News},
    standing::{Around, Standing, why},
    subscriptions::SubscriptionsDialog,
};
use crate::{
    clock::clock,
    desk::desk,
    format, ipc,
    live::order,
    pages::{inbox::inbox, settings},
    parts::{Avatar, Button, Icon, IconButton, IconView, Menu, MenuItem, Tone},
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{
    Account, AccountId, Channel,
    call::{CheckAccount, DismissAlert, PollNow},
};
use leptos::prelude::*;

/// The account, kept fresh; after it has gone, as it was last.
fn follow(first: Account) -> Memo<Account> {
    let id = first.id;
    Memo::new(move |last: Option<&Account>| {
        desk().account(id).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    })
}

/// What the person can set off.
#[derive(Clone, Copy)]
struct Deeds {
    id: AccountId,
    check: crate::live::Order<CheckAccount>,
    poll: crate::live::Order<PollNow>,
    dismiss: crate::live::Order<DismissAlert>,
    leaving: Asked,
    /// Asks why nothing arrives.
    asking: RwSignal<bool>,
    /// Shows what Meta tells of it.
    webhooks: RwSignal<bool>,
}

impl Deeds {
    fn of(account: Memo<Account>) -> Self {
        let id = account.with_untracked(|a| a.id);
        let check = order::<CheckAccount>(move |account| {
            let name = &account.name;
            toasts().say(match account.health.problem {
                Some(problem) => format!("{name} still needs you: {}", problem.message),
                None => format!("{name}: the token is good"),
            });
            desk().accounts.again();
        });
        let poll = order::<PollNow>(move |()| {
            toasts().say(format!("Asked Meta for news of {}", account.with_untracked(|a| a.name.clone())));
            desk().accounts.again();
        });
        let dismiss = order::<DismissAlert>(|()| desk().accounts.again());
        let closed = || RwSignal::new(false);
        let leaving = expect_context::<Asked>();
        Self { id, check, poll, dismiss, leaving, asking: closed(), webhooks: closed() }
    }

    fn check(self) {
        self.check.run(CheckAccount { account: self.id });
    }

    fn poll(self) {
        self.poll.run(PollNow { account: self.id });
    }

    fn reconnect(self) {
        router().go(Route::Connect { account: Some(self.id) });
    }
}

/// The card.
#[component]
pub fn AccountCard(first: Account, place: usize, around: Signal<Around>) -> impl IntoView {
    let account = follow(first.clone());
    let deeds = Deeds::of(account);
    let standing = Memo::new(move |_| {
        let now = clock().now();
        account.with(|a| Standing::of(a, now, around.get()))
    });
    let name = move || account.with(|a| a.name.clone());
    let below = move || {
        account.with(|a| {
            if a.handle.is_empty() {
                a.channel.name().to_owned()
            } else {
                format!("{} · {}", a.channel.name(), a.handle)
            }
        })
    };
    let picture = first.picture.clone();
    view! {
        <article
            class=format!("account-card account-{}", place % 6)
            class:needy=move || standing.with(Standing::needs_you)
            data-test="account-row"
            data-account=first.id.to_string()
            aria-label=name
        >
            <header class="account-head">
                <Avatar name=first.name.clone() picture channel=Some(first.channel) />
                <div class="account-who">
                    <h3>{name} {first.demo.then(|| view! { <span class="tag">"Demo"</span> })}</h3>
                    <p>{below}</p>
                </div>
                <Actions account deeds />
            </header>
            <StandingLine standing deeds />
            <ImportLine account />
            <Facts account />
            <Permissions account />
            <Missed account />
            <News account />
            <DiagnosisDialog open=deeds.asking account />
            <SubscriptionsDialog open=deeds.webhooks account />
        </article>
    }
    .into_any()
}

/// Small buttons for what is done often, and a menu with everything in words.
#[component]
fn Actions(account: Memo<Account>, deeds: Deeds) -> impl IntoView {
    let polled = account.with_untracked(|a| a.channel != Channel::WhatsApp);
    let items = Callback::new(move |()| {
        let id = deeds.id;
        let mut items = vec![
            MenuItem::new("Show its conversations", move || {
                inbox().only(Some(id));
                router().go(Route::Inbox);
            })
            .icon(Icon::Inbox),
            MenuItem::new("Check the token", move || deeds.check()).icon(Icon::Key),
        ];
        if polled {
            items.push(MenuItem::new("Poll now", move || deeds.poll()).icon(Icon::Retry));
        }
        items.push(
            MenuItem::new("Why do I receive nothing?", move || deeds.asking.set(true)).icon(Icon::Question),
        );
        items.push(
            MenuItem::new("Webhooks of this account…", move || deeds.webhooks.set(true)).icon(Icon::Webhook),
        );
        items.push(MenuItem::new("Reconnect…", move || deeds.reconnect()).icon(Icon::Link));
        let leave = move || {
            let leaving = account.with_untracked(|a| Leaving {
                id: a.id,
                name: a.name.clone(),
                channel: a.channel,
                former: false,
            });
            deeds.leaving.0.set(Some(leaving));
        };
        items.push(MenuItem::new("Disconnect…", leave).icon(Icon::Trash));
        items
    });
    view! {
        <div class="account-actions">
            {polled
                .then(|| {
                    view! {
                        <span class:busy=move || deeds.poll.busy.get()>
                            <IconButton icon=Icon::Retry label="Poll now" on_press=Callback::new(move |()| deeds.poll()) test="poll-now" />
                        </span>
                    }
                })}
            <span class:busy=move || deeds.check.busy.get()>
                <IconButton icon=Icon::Key label="Check the token now" on_press=Callback::new(move |()| deeds.check()) test="check-now" />
            </span>
            <Menu label="More" items end=true test="account-menu">
                <IconView icon=Icon::More />
            </Menu>
        </div>
    }
    .into_any()
}

/// The state in words, the problem in words, and the buttons that help.
#[component]
fn StandingLine(standing: Memo<Standing>, deeds: Deeds) -> impl IntoView {
    let explained = RwSignal::new(false);
    let words = move || {
        let now = clock().now();
        standing.with(|s| s.words(now, |at| format::moment(at, now)))
    };
    let problem = move || {
        standing.with(|s| match s {
            Standing::Broken { problem, .. } => {
                Some(view! { <p class="standing-problem">{problem.message.clone()}</p> })
            }
            _ => None,
        })
    };
    let reason = move || standing.with(why);
    let kind = Memo::new(move |_| {
        standing.with(|s| {
            (
                s.wants_reconnect(),
                matches!(s, Standing::NoDoor),
                matches!(s, Standing::Broken { .. }),
                why(s).is_some(),
                matches!(s, Standing::Waiting | Standing::NoDoor),
                matches!(s, Standing::Warned { .. }),
                s.wants_facebook(),
            )
        })
    });
    let buttons = move || {
        let (reconnect, door, broken, explains, silent, warned, facebook) = kind.get();
        let tone = if broken { Tone::Primary } else { Tone::Plain };
        view! {
            {reconnect
                .then(|| view! { <Button label="Reconnect" tone small=true on_press=Callback::new(move |()| deeds.reconnect()) test="reconnect" /> })}
            {door
                .then(|| {
                    view! { <Button label="Set up the webhook door" small=true on_press=Callback::new(|()| settings::open_at(settings::Section::Door)) /> }
                })}
            {facebook
                .then(|| {
                    view! { <Button label="Open Facebook" tone icon=Some(Icon::External) small=true on_press=Callback::new(|()| ipc::open_link("https://www.facebook.com/")) test="open-facebook" /> }
                })}
            {(broken && !reconnect)
                .then(|| view! { <Button label="Check again" small=true busy=deeds.check.busy on_press=Callback::new(move |()| deeds.check()) /> })}
            {silent
                .then(|| view! { <Button label="Why do I receive nothing?" small=true on_press=Callback::new(move |()| deeds.asking.set(true)) test="diagnose" /> })}
            {warned
                .then(|| {
                    view! { <Button label="I have seen it" small=true busy=deeds.dismiss.busy on_press=Callback::new(move |()| deeds.dismiss.run(DismissAlert { account: deeds.id })) test="dismiss" /> }
                })}
            {explains
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button quiet small"
                            aria-expanded=move || if explained.get() { "true" } else { "false" }
                            on:click=move |_| explained.update(|e| *e = !*e)
                            data-test="why"
                        >
                            "Why?"
                        </button>
                    }
                })}
        }
    };
    view! {
        <div class=move || format!("standing {}", standing.with(Standing::tone))>
            <div class="standing-line">
                {move || view! { <IconView icon=standing.with(Standing::icon) /> }}
                <p class="standing-words figures" data-test="standing">{words}</p>
                <span class="standing-buttons">{buttons}</span>
            </div>
            {problem}
            {move || explained.get().then(|| reason().map(|r| view! { <p class="standing-why">{r}</p> }))}
        </div>
    }
    .into_any()
}
