//! "Why do I receive nothing?": the links between Meta and this inbox, tested one after another before the eyes of
//! whoever asks, each with the button that helps.

use crate::{
    ipc,
    live::order,
    pages::settings,
    parts::{Button, Dialog, Icon, IconView, ProblemNote, Tone, close_front_dialog},
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{
    Account, AccountId, Link, LinkKind, Problem, Remedy, Verdict,
    call::{DiagnoseReceiving, PollNow, Subscribe},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The dialog.
#[component]
pub fn DiagnosisDialog(open: RwSignal<bool>, account: Memo<Account>) -> impl IntoView {
    view! {
        <Dialog open title="Why do I receive nothing?" test="diagnosis">
            <Chain account />
        </Dialog>
    }
    .into_any()
}

/// What is known of the chain so far; the first link without an answer is under test.
#[derive(Clone, Copy)]
struct Testing {
    account: AccountId,
    chain: &'static [LinkKind],
    found: RwSignal<Vec<Link>>,
    problem: RwSignal<Option<Problem>>,
    /// Answers of an earlier round are dropped.
    round: RwSignal<u32>,
}

impl Testing {
    fn start(self) {
        let round = self.round.try_update(|r| {
            *r += 1;
            *r
        });
        let Some(round) = round else { return };
        self.found.set(Vec::new());
        self.problem.set(None);
        spawn_local(async move {
            for link in self.chain {
                let answer = ipc::call(&DiagnoseReceiving { account: self.account, only: Some(*link) }).await;
                if self.round.try_get_untracked() != Some(round) {
                    return;
                }
                match answer {
                    Ok(links) => {
                        let _ = self.found.try_update(|found| found.extend(links));
                    }
                    Err(problem) => {
                        let _ = self.problem.try_set(Some(problem));
                        return;
                    }
                }
            }
        });
    }

    fn running(self) -> bool {
        self.problem.with(Option::is_none) && self.found.with(Vec::len) < self.chain.len()
    }
}

#[component]
fn Chain(account: Memo<Account>) -> impl IntoView {
    let (id, channel, name) = account.with_untracked(|a| (a.id, a.channel, a.name.clone()));
    let testing = Testing {
        account: id,
        chain: LinkKind::chain(channel),
        found: RwSignal::new(Vec::new()),
        problem: RwSignal::new(None),
        round: RwSignal::new(0),
    };
    testing.start();
    let rows = testing
        .chain
        .iter()
        .enumerate()
        .map(|(n, link)| view! { <Row n link=*link testing /> })
        .collect_view();
    let summary = move || testing.found.with(|found| sum_up(found, testing.running()));
    view! {
        <p class="dialog-words">{format!("The way of a message from {} to {name} in this inbox, link by link.", channel.name())}</p>
        <ol class="chain">{rows}</ol>
        <p class="chain-sum" role="status" data-test="diagnosis-sum">{summary}</p>
        <ProblemNote problem=testing.problem />
        <div class="dialog-foot">
            <Button
                label="Test again"
                icon=Some(Icon::Retry)
                busy=Signal::derive(move || testing.running())
                on_press=Callback::new(move |()| testing.start())
                test="diagnosis-again"
            />
            <Button label="Close" tone=Tone::Primary on_press=Callback::new(|()| close_front_dialog()) />
        </div>
    }
    .into_any()
}

/// One link: waiting, under test, or found.
#[component]
fn Row(n: usize, link: LinkKind, testing: Testing) -> impl IntoView {
    let found = Memo::new(move |_| testing.found.with(|all| all.get(n).cloned()));
    let tested =
        Memo::new(move |_| testing.found.with(Vec::len) == n && testing.problem.with(Option::is_none));
    let subscribe = order::<Subscribe>(move |()| {
        toasts().say("Meta will send this account's webhooks");
        testing.start();
    });
    let poll = order::<PollNow>(move |()| {
        // The answer of a poll takes a moment.
        crate::clock::after(1_500, move || testing.start());
    });
    let id = testing.account;
    let help = move |remedy: Remedy| {
        let (label, press): (&str, Callback<()>) = match remedy {
            Remedy::Reconnect => (
                "Reconnect",
                Callback::new(move |()| {
                    close_front_dialog();
                    router().go(Route::Connect { account: Some(id) });
                }),
            ),
            Remedy::PollNow => ("Poll now", Callback::new(move |()| poll.run(PollNow { account: id }))),
            Remedy::Subscribe => {
                ("Subscribe", Callback::new(move |()| subscribe.run(Subscribe { account: id })))
            }
            Remedy::OpenDoor => (
                "Webhook door",
                Callback::new(|()| {
                    close_front_dialog();
                    settings::open_at(settings::Section::Door);
                }),
            ),
        };
        let busy = Signal::derive(move || subscribe.busy.get() || poll.busy.get());
        view! { <Button label small=true busy on_press=press test="remedy" /> }.into_any()
    };
    let state = move || match found.with(|f| f.as_ref().map(|l| l.verdict)) {
        Some(Verdict::Good) => "good",
        Some(Verdict::Bad) => "bad",
        Some(Verdict::NotKnown) => "unknown",
        None if tested.get() => "testing",
        None => "waiting",
    };
    let icon = move || match state() {
        "good" => Icon::Check,
        "bad" => Icon::Close,
        "unknown" => Icon::Question,
        _ => Icon::Clock,
    };
    let says = move || match state() {
        "good" => "Good",
        "bad" => "Broken",
        "unknown" => "Not known",
        "testing" => "Testing",
        _ => "Not tested yet",
    };
    let words = move || found.with(|f| f.as_ref().map(|l| l.words.clone()));
    view! {
        <li class=move || format!("chain-link {}", state()) data-test="link" data-state=state>
            <span class="chain-mark">{move || view! { <IconView icon=icon() /> }}</span>
            <div class="chain-says">
                <h3>{link.title()} <span class="unseen">{move || format!(": {}", says())}</span></h3>
                <p>{move || words().unwrap_or_else(|| if tested.get() { "Testing…".into() } else { String::new() })}</p>
            </div>
            <span class="chain-help">{move || found.with(|f| f.as_ref().and_then(|l| l.remedy)).map(help)}</span>
        </li>
    }
    .into_any()
}

/// The sentence below the chain.
fn sum_up(found: &[Link], running: bool) -> String {
    let bad: Vec<&str> = found.iter().filter(|l| l.verdict == Verdict::Bad).map(|l| l.link.title()).collect();
    match (running, bad.as_slice()) {
        (true, _) => String::new(),
        (false, []) if found.iter().all(|l| l.verdict == Verdict::Good) => "Every link holds.".into(),
        (false, []) => "Nothing is broken that can be seen from here.".into(),
        (false, [one]) => format!("One link is broken: {one}."),
        (false, [first, ..]) => format!("{} links are broken. Begin with: {first}.", bad.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(link: LinkKind, verdict: Verdict) -> Link {
        Link { link, verdict, words: String::new(), remedy: None }
    }

    #[test]
    fn the_sum_names_where_to_begin_and_claims_nothing_it_does_not_know() {
        use LinkKind::{Door, Poll, Token};
        let good = [link(Token, Verdict::Good)];
        assert_eq!(sum_up(&good, true), "");
        assert_eq!(sum_up(&good, false), "Every link holds.");
        let unknown = [link(Token, Verdict::Good), link(Door, Verdict::NotKnown)];
        assert_eq!(sum_up(&unknown, false), "Nothing is broken that can be seen from here.");
        let bad = [link(Token, Verdict::Bad), link(Poll, Verdict::Good), link(Door, Verdict::Bad)];
        assert_eq!(sum_up(&bad[1..], false), "One link is broken: Webhook door.");
        assert_eq!(sum_up(&bad, false), "2 links are broken. Begin with: Token and permissions.");
    }
}
