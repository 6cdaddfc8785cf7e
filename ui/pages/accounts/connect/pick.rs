//! What the token reaches: pick, with the cautions beside each, and connect.

use super::{Connecting, Step, guide::guide};
use crate::{
    clock::clock,
    format,
    live::order,
    pages::accounts::{
        facts::Scope,
        scopes::wanted,
        standing::{ahead, capital},
    },
    parts::{Avatar, Button, Icon, IconView, Note, ProblemNote, TextField, Tone},
};
use heliograph_model::{
    Candidate, Login, MetaAccountId, Timestamp,
    call::{ConnectAccounts, Discovery},
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is ticked at first: the account to reconnect if it is there, else what works without a caution.
fn preselect(found: &[Candidate], again: Option<&MetaAccountId>) -> BTreeSet<MetaAccountId> {
    let of = |c: &Candidate| c.meta_id.clone();
    if let Some(again) = again
        && found.iter().any(|c| c.meta_id == *again)
    {
        return found.iter().filter(|c| c.meta_id == *again || c.connected.is_some()).map(of).collect();
    }
    if found.len() == 1 {
        return found.iter().map(of).collect();
    }
    found.iter().filter(|c| c.caution.is_none()).map(of).collect()
}

/// From so many accounts on there is a field to search in.
const MANY: usize = 8;

/// What fits `sought`, by business: those of the person first, then by name, in Meta's order within.
fn grouped(found: &[Candidate], sought: &str) -> Vec<(Option<String>, Vec<Candidate>)> {
    let sought = sought.trim().to_lowercase();
    let fits = |c: &&Candidate| {
        let business = c.business.as_deref().unwrap_or_default();
        [c.name.as_str(), c.handle.as_str(), business]
            .iter()
            .any(|text| text.to_lowercase().contains(&sought))
    };
    let mut groups = BTreeMap::<Option<String>, Vec<Candidate>>::new();
    for candidate in found.iter().filter(fits) {
        groups.entry(candidate.business.clone()).or_default().push(candidate.clone());
    }
    groups.into_iter().collect()
}

/// The list.
#[component]
pub fn Pick(connecting: Connecting, discovery: Discovery) -> impl IntoView {
    let again = connecting.again.get_value();
    let login = connecting.login.get_untracked();
    let found = StoredValue::new(discovery.candidates);
    let picked = RwSignal::new(found.with_value(|f| preselect(f, again.as_ref().map(|a| &a.meta_id))));
    let missed = again.filter(|a| found.with_value(|f| f.iter().all(|c| c.meta_id != a.meta_id)));
    let connect = order::<ConnectAccounts>(move |_| {
        crate::desk::desk().accounts.again();
        let picked = picked.get_untracked();
        let connected =
            found.with_value(|f| f.iter().filter(|c| picked.contains(&c.meta_id)).cloned().collect());
        connecting.step.set(Step::Done(connected));
    })
    .quiet();
    let id = discovery.id;
    let go = Callback::new(move |()| {
        let picked: Vec<_> = picked.get_untracked().into_iter().collect();
        if !picked.is_empty() {
            connect.run(ConnectAccounts { discovery: id.clone(), picked });
        }
    });
    let n = Memo::new(move |_| picked.with(BTreeSet::len) as u64);
    let label = Signal::derive(move || match n.get() {
        0 => "Connect".to_owned(),
        n => format!("Connect {}", format::plural(n, "account", "accounts")),
    });
    let back = Callback::new(move |()| connecting.step.set(Step::Ask));
    let total = found.with_value(Vec::len);
    if total == 0 {
        return view! { <Nothing login scopes=discovery.scopes back /> }.into_any();
    }
    let sought = RwSignal::new(String::new());
    let many = total > MANY;
    let rows = move || {
        let sought = sought.get();
        let groups = found.with_value(|f| grouped(f, &sought));
        if groups.is_empty() {
            return view! { <p class="candidates-none quiet">"None of them is called that."</p> }.into_any();
        }
        let named = groups.len() > 1 || groups.iter().any(|(name, _)| name.is_some());
        groups
            .into_iter()
            .map(|(name, those)| view! { <Group name=name.filter(|_| named) named those picked busy=connect.busy /> })
            .collect_view()
            .into_any()
    };
    let missing = lacking(login, &discovery.scopes);
    view! {
        <p class="dialog-words">
            {format!("This token reaches {}. Pick what you want here.", format::plural(total as u64, "account", "accounts"))}
        </p>
        {missed
            .map(|a| {
                view! {
                    <Note icon=Icon::Alert tone="warn">
                        <p>{format!("{} is not among them: this token belongs to somebody else, or {} was not shared with the app.", a.name, a.name)}</p>
                    </Note>
                }
            })}
        {many
            .then(|| {
                view! { <TextField label="Find an account" value=sought kind="search" placeholder="Name, handle or business" test="connect-find" /> }
            })}
        <fieldset class="candidates">
            <legend class="unseen">"Accounts"</legend>
            <div class="candidates-rows" class:many=many>
                {rows}
            </div>
        </fieldset>
        <TokenEnd at=discovery.token_expires_at />
        {(!missing.is_empty()).then(|| view! { <Missing missing /> })}
        <ProblemNote problem=connect.problem again=go test="connect-problem" />
        <div class="dialog-foot">
            <Button label="Back" on_press=back />
            <Button label tone=Tone::Primary busy=connect.busy disabled=Signal::derive(move || n.get() == 0) on_press=go test="connect-go" />
        </div>
    }
    .into_any()
}

/// What a token of this login should carry and does not. Nothing when Meta did not tell its scopes.
fn lacking(login: Login, scopes: &[String]) -> Vec<&'static str> {
    if scopes.is_empty() {
        return Vec::new();
    }
    wanted(login).iter().copied().filter(|w| scopes.iter().all(|s| s != w)).collect()
}

/// The accounts of one business, or the person's own, below a line that ticks them all.
#[component]
fn Group(
    name: Option<String>,
    named: bool,
    those: Vec<Candidate>,
    picked: RwSignal<BTreeSet<MetaAccountId>>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let ids = StoredValue::new(those.iter().map(|c| c.meta_id.clone()).collect::<Vec<_>>());
    let all = move || picked.with(|p| ids.with_value(|ids| ids.iter().all(|id| p.contains(id))));
    let flip = move |e: web_sys::Event| {
        let tick = event_target_checked(&e);
        picked.update(|p| {
            for id in ids.get_value() {
                if tick {
                    p.insert(id);
                } else {
                    p.remove(&id);
                }
            }
        });
    };
    let n = those.len() as u64;
    let head = named.then(|| {
        let name = name.unwrap_or_else(|| "Your own".to_owned());
        view! {
            <label class="candidate-group" data-test="connect-group">
                <input type="checkbox" prop:checked=all on:change=flip disabled=move || busy.get() />
                <strong>{name}</strong>
                <span class="quiet figures">{format::plural(n, "account", "accounts")}</span>
            </label>
        }
    });
    let rows = those.into_iter().map(|candidate| view! { <Row candidate picked busy /> }).collect_view();
    view! { {head} {rows} }.into_any()
}

#[component]
fn Row(
    candidate: Candidate,
    picked: RwSignal<BTreeSet<MetaAccountId>>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let id = StoredValue::new(candidate.meta_id.clone());
    let on = move || picked.with(|p| id.with_value(|id| p.contains(id)));
    let flip = move |e: web_sys::Event| {
        let tick = event_target_checked(&e);
        picked.update(|p| {
            let id = id.get_value();
            if tick {
                p.insert(id);
            } else {
                p.remove(&id);
            }
        });
    };
    let below = if candidate.handle.is_empty() {
        candidate.channel.name().to_owned()
    } else {
        format!("{} · {}", candidate.channel.name(), candidate.handle)
    };
    view! {
        <label class="candidate" data-test="connect-pick">
            <input type="checkbox" prop:checked=on on:change=flip disabled=move || busy.get() />
            <Avatar name=candidate.name.clone() picture=None channel=Some(candidate.channel) />
            <span class="candidate-who">
                <strong>{candidate.name}</strong>
                <span class="quiet">{below}</span>
                {candidate
                    .caution
                    .map(|caution| {
                        view! { <span class="candidate-caution"><IconView icon=Icon::Alert />{caution}</span> }
                    })}
            </span>
            {candidate.connected.map(|_| view! { <span class="tag">"Connected · will get the new token"</span> })}
        </label>
    }
    .into_any()
}

#[component]
fn TokenEnd(at: Option<Timestamp>) -> impl IntoView {
    let words = move || {
        let now = clock().now();
        match at {
            None => "Meta names no end for this token.".to_owned(),
            Some(at) if at <= now => "This token has ended.".to_owned(),
            Some(at) => format!("This token ends {} ({}).", ahead(now.until(at)), format::date(at)),
        }
    };
    view! {
        <p class="candidate-end quiet">
            <IconView icon=Icon::Clock />
            {move || capital(&words())}
        </p>
    }
    .into_any()
}

#[component]
fn Missing(missing: Vec<&'static str>) -> impl IntoView {
    let list =
        missing.into_iter().map(|s| view! { <Scope scope=s.to_owned() granted=false /> }).collect_view();
    view! {
        <Note icon=Icon::Alert tone="warn">
            <p>"The token lacks permissions. It can be connected, but this will not work:"</p>
            <ul class="scopes">{list}</ul>
        </Note>
    }
    .into_any()
}

#[component]
fn Nothing(login: Login, scopes: Vec<String>, back: Callback<()>) -> impl IntoView {
    let missing = lacking(login, &scopes);
    view! {
        <div class="connect-nothing">
            <IconView icon=Icon::Search />
            <p class="empty-title">"Meta accepts this token, but it reaches no account"</p>
            <p class="quiet">{guide(login).nothing}</p>
        </div>
        {(!missing.is_empty()).then(|| view! { <Missing missing /> })}
        <div class="dialog-foot">
            <Button label="Use another token" tone=Tone::Primary on_press=back />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{AccountId, Channel};

    fn candidate(id: &str, connected: bool, caution: bool) -> Candidate {
        Candidate {
            channel: Channel::Messenger,
            login: Login::FacebookPage,
            meta_id: MetaAccountId(id.into()),
            name: id.into(),
            handle: String::new(),
            business: None,
            connected: connected.then_some(AccountId(1)),
            caution: caution.then(|| "lacks a task".into()),
        }
    }

    fn ticked(found: &[Candidate], again: Option<&str>) -> Vec<String> {
        let again = again.map(|a| MetaAccountId(a.into()));
        preselect(found, again.as_ref()).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn what_would_not_work_fully_is_left_for_the_person_to_tick() {
        let found = [candidate("a", false, false), candidate("b", false, true), candidate("c", true, false)];
        assert_eq!(ticked(&found, None), ["a", "c"]);
        assert_eq!(ticked(&found[1..2], None), ["b"], "the only one is what was wanted");
    }

    #[test]
    fn reconnecting_renews_what_is_connected_and_adds_nothing() {
        let found = [candidate("a", false, false), candidate("b", true, true), candidate("c", true, false)];
        assert_eq!(ticked(&found, Some("b")), ["b", "c"]);
        assert_eq!(ticked(&found, Some("gone")), ["a", "c"], "another token: as if new");
    }

    #[test]
    fn many_are_grouped_by_business_and_found_by_any_of_their_names() {
        let of = |id: &str, business: Option<&str>| Candidate {
            business: business.map(str::to_owned),
            ..candidate(id, false, false)
        };
        let found = [
            of("Bakery", Some("Zest")),
            of("Café", None),
            of("Deli", Some("Alba")),
            of("Eatery", Some("Zest")),
        ];
        let shape = |sought: &str| {
            let groups = grouped(&found, sought);
            groups
                .into_iter()
                .map(|(name, those)| {
                    (
                        name.unwrap_or_default(),
                        those.into_iter().map(|c| c.name).collect::<Vec<_>>().join(" "),
                    )
                })
                .collect::<Vec<_>>()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(shape(""), [pair("", "Café"), pair("Alba", "Deli"), pair("Zest", "Bakery Eatery")]);
        assert_eq!(shape(" zest "), [pair("Zest", "Bakery Eatery")]);
        assert_eq!(shape("del"), [pair("Alba", "Deli")]);
        assert!(shape("nobody").is_empty());
    }

    #[test]
    fn scopes_that_meta_did_not_tell_are_not_called_missing() {
        assert!(lacking(Login::WhatsAppCloud, &[]).is_empty());
        assert_eq!(
            lacking(Login::WhatsAppCloud, &["whatsapp_business_messaging".into()]),
            ["whatsapp_business_management"]
        );
    }
}
