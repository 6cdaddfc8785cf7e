//! The list pane: head, notices, rows, and what is said when there are none. Rows never move under the pointer
//! or while somebody types; a pill says how many would.

use super::{
    feed::Feed,
    filters::{ListHead, TABS, tally},
    inbox,
    keyboard::focus_composer,
    notices::{Notices, Synced},
    panes,
    row::Row,
    working::{BulkProgress, LISTS, SelectionBar},
};
use crate::{
    clock::{after, clock, ticks},
    desk::desk,
    format,
    live::live,
    parts::{Empty, Icon, IconView, Scroller, SkeletonRows, Trouble, VirtualList, scroll_for},
    route::{Route, router},
    theme::row_height,
};
use heliograph_model::{Filter, ImportState, Show, Sort, call::ListConversations};
use leptos::{ev, prelude::*};

/// A key pressed in a field holds the rows this long, in milliseconds.
const TYPING_MS: f64 = 1_500.0;

/// The pane.
#[component]
pub fn ListPane() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let feed = StoredValue::new_local(inbox.feed());
    let shown = feed.with_value(Feed::shown);
    let scroller = Scroller::new();
    let height = Memo::new(move |_| row_height(desk.chosen().appearance.density));
    hold_while_busy(feed);
    keep_in_place(scroller, shown.ids, height);
    follow_cursor(scroller, shown.ids, height);
    mark_when_usable(shown.ready);

    let open = Callback::new(move |id: i64| {
        inbox.cursor.set(Some(id));
        inbox.open(id);
        if panes::two_panes() {
            after(0, focus_composer);
        }
    });
    let row = Callback::new(move |(id, index): (i64, Signal<usize>)| match feed.with_value(|f| f.row(id)) {
        Some(row) => view! { <Row row index count=shown.ids cursor=inbox.cursor open /> }.into_any(),
        None => ().into_any(),
    });
    let near_end = Callback::new(move |()| {
        if shown.ready.get_untracked() {
            feed.with_value(Feed::next_page);
        }
    });
    let foot = move || match (shown.more.get(), shown.ids.with(Vec::len)) {
        (true, _) => view! { <SkeletonRows n=3 /> }.into_any(),
        (false, n) if n > 20 => {
            let n = u64::try_from(n).unwrap_or(u64::MAX);
            view! { <p class="list-end">{format::plural(n, "conversation", "conversations")}</p> }.into_any()
        }
        _ => ().into_any(),
    };
    let empty = Memo::new(move |_| shown.ready.get() && shown.ids.with(Vec::is_empty) && !shown.more.get());
    let body = move || {
        if let Some(problem) = shown.problem.get().filter(|_| !shown.ready.get()) {
            return view! { <Trouble problem again=Callback::new(move |()| feed.with_value(Feed::again)) /> }
                .into_any();
        }
        if !shown.ready.get() {
            return view! { <SkeletonRows n=12 /> }.into_any();
        }
        if empty.get() {
            return view! { <EmptyList /> }.into_any();
        }
        view! { <VirtualList scroller keys=shown.ids row_height=height row near_end foot /> }.into_any()
    };
    let scrolled = move |_| {
        scroller.measure();
        if let Some(top) = scroller.top.try_get_untracked() {
            inbox.list_top.set_value(top);
        }
    };
    let active = move || {
        let cursor = inbox.cursor.get()?;
        shown.ids.with(|ids| ids.contains(&cursor)).then(|| format!("row-{cursor}"))
    };
    let up = move |_| {
        feed.with_value(Feed::release);
        scroller.scroll_to(0.0);
    };
    view! {
        <section class="list-pane" aria-label="Conversations">
            <ListHead />
            <SelectionBar />
            <Notices />
            <BulkProgress />
            <div class="list-frame">
                {move || {
                    let n = shown.fresh.get();
                    (n > 0)
                        .then(|| {
                            view! {
                                <button type="button" class="pill" data-test="fresh" on:click=up>
                                    {format!("{n} new")}
                                    <IconView icon=Icon::Up />
                                </button>
                            }
                        })
                }}
                <div
                    class="list"
                    id="conversation-list"
                    role="listbox"
                    tabindex="0"
                    aria-label="Conversations"
                    aria-activedescendant=active
                    aria-busy=move || (!shown.ready.get()).then_some("true")
                    data-test="conversation-list"
                    node_ref=scroller.element
                    on:scroll=scrolled
                    on:pointerenter=move |_| feed.with_value(|f| f.set_hold(true))
                    on:pointerleave=move |_| feed.with_value(|f| f.set_hold(false))
                >
                    {body}
                </div>
            </div>
            <Synced />
        </section>
    }
    .into_any()
}

/// Notes in the page's own timeline when the list was first drawn, for whoever measures the start.
fn mark_when_usable(ready: RwSignal<bool>) {
    Effect::new(move |marked: Option<bool>| {
        let usable = marked == Some(true) || ready.get();
        if usable && marked != Some(true) {
            request_animation_frame(|| {
                if let Some(timeline) = window().performance() {
                    let _ = timeline.mark("list");
                }
            });
        }
        usable
    });
}

/// Keys in a field hold the rows for a moment; the pointer over the list holds them while it is there.
fn hold_while_busy(feed: StoredValue<Feed, LocalStorage>) {
    let until = StoredValue::new(0.0_f64);
    let typed = window_event_listener(ev::input, move |_| {
        let waits = until.get_value() > ticks();
        until.set_value(ticks() + TYPING_MS);
        if !waits {
            let _ = feed.try_with_value(|f| f.set_hold(true));
            release_later(feed, until);
        }
    });
    on_cleanup(move || {
        typed.remove();
        let _ = feed.try_with_value(|f| f.set_hold(false));
    });
}

fn release_later(feed: StoredValue<Feed, LocalStorage>, until: StoredValue<f64>) {
    let Some(left) = until.try_get_value().map(|until| until - ticks()) else {
        return;
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    after(left.max(0.0) as u64 + 10, move || match until.try_get_value() {
        Some(until_now) if until_now > ticks() => release_later(feed, until),
        _ => {
            let hovered = document().query_selector("#conversation-list:hover").ok().flatten().is_some();
            let _ = feed.try_with_value(|f| f.set_hold(hovered));
        }
    });
}

/// When rows move while the list is scrolled, what is in sight stays where it is.
fn keep_in_place(scroller: Scroller, ids: RwSignal<Vec<i64>>, height: Memo<f64>) {
    let before = StoredValue::new(Vec::<i64>::new());
    let restored = StoredValue::new(false);
    Effect::new(move |_| {
        let now = ids.get();
        let old = before.try_update_value(|b| std::mem::replace(b, now.clone())).unwrap_or_default();
        let (top, row) = (scroller.top.get_untracked(), height.get_untracked());
        if old.is_empty() && !now.is_empty() && !restored.get_value() {
            restored.set_value(true);
            let kept = inbox().list_top.get_value();
            if kept > 0.0 {
                request_animation_frame(move || scroller.scroll_to(kept));
            }
            return;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        if top > row / 2.0
            && let Some(anchor) = old.get((top / row) as usize)
            && let Some(index) = now.iter().position(|id| id == anchor)
        {
            let to = index as f64 * row + top % row;
            if (to - top).abs() >= 1.0 {
                request_animation_frame(move || scroller.scroll_to(to));
            }
        }
    });
}

/// The row under the cursor comes into sight.
fn follow_cursor(scroller: Scroller, ids: RwSignal<Vec<i64>>, height: Memo<f64>) {
    let cursor = inbox().cursor;
    Effect::new(move |_| {
        let Some(id) = cursor.get() else { return };
        let index = ids.with_untracked(|ids| ids.iter().position(|i| *i == id));
        if let Some(index) = index {
            scroller.measure();
            let (top, view) = (scroller.top.get_untracked(), scroller.height.get_untracked());
            if view > 0.0
                && let Some(to) = scroll_for(index, top, view, height.get_untracked())
            {
                scroller.scroll_to(to);
            }
        }
    });
}

/// Nothing to list: says why, and offers what helps.
#[component]
fn EmptyList() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let filter = inbox.filter.get_untracked();
    let clear = move |_| inbox.clear();
    let whole = filter == Filter::default();
    let total = desk.counts.with_untracked(|c| {
        c.map_or(0, |c| tally(c, &Filter { show: Show::All, ..filter.clone() }).conversations)
    });
    let waits = matches!(filter.show, Show::Unread | Show::Waiting);
    if whole && inbox.sort.get_untracked() == Sort::Newest {
        return view! { <NobodyYet /> }.into_any();
    }
    if total > 0 && (waits || inbox.sort.get_untracked() == Sort::WaitingLongest) {
        return view! {
            <Empty icon=Icon::Check title="All answered." text=next_window()>
                <button type="button" class="button" on:click=clear>"Show all"</button>
            </Empty>
        }
        .into_any();
    }
    if filter.show == Show::Spam {
        return view! {
            <Empty
                icon=Icon::Spam
                title="No spam here"
                text="What you mark as spam moves here and keeps quiet."
            />
        }
        .into_any();
    }
    if filter.show == Show::Requests {
        return view! {
            <Empty
                icon=Icon::Person
                title="No message requests"
                text="Messenger keeps strangers apart until you answer; they stand in the inbox too, so that none is missed. Instagram and WhatsApp do not tell which of theirs are requests."
            />
        }
        .into_any();
    }
    let mut words: Vec<String> = Vec::new();
    if filter.show != Show::All {
        words.extend(TABS.iter().find(|(s, _)| *s == filter.show).map(|(_, w)| w.to_lowercase()));
        words.extend(LISTS.iter().find(|(s, ..)| *s == filter.show).map(|(_, w, _)| w.to_lowercase()));
    }
    words.extend(filter.label.and_then(|l| desk.label(l)).map(|l| l.name));
    words.extend(filter.assignee.map(|a| desk.called(a)));
    words.extend(filter.channel.map(|c| c.name().to_owned()));
    words.extend(filter.account.and_then(|a| desk.account(a)).map(|a| a.name));
    if inbox.sort.get_untracked() == Sort::EndingSoonest {
        words.push("open windows".into());
    }
    let clear_all = move |_| {
        inbox.sort_by(Sort::Newest);
        inbox.clear();
    };
    view! {
        <Empty icon=Icon::Filter title=format!("Nothing matches: {}", words.join(" · "))>
            <button type="button" class="button" on:click=clear_all>"Clear filter"</button>
        </Empty>
    }
    .into_any()
}

/// "Next window ends in 3 h."
fn next_window() -> Signal<String> {
    let clock = clock();
    let soonest = live(|| {
        Some(ListConversations {
            filter: Filter::default(),
            sort: Sort::EndingSoonest,
            after: None,
            limit: 1,
        })
    });
    Signal::derive(move || {
        let end = soonest.with(|page| page.and_then(|p| p.rows.first().and_then(|c| c.window.closes_at)));
        end.map_or_else(
            || "No reply window is open.".to_owned(),
            |end| format!("The next window ends in {}.", format::left(clock.now().until(end))),
        )
    })
}

#[component]
fn NobodyYet() -> impl IntoView {
    let desk = desk();
    let reading = move || {
        desk.accounts.with(|all| {
            all.is_some_and(|all| {
                all.iter().any(|a| matches!(a.import.state, ImportState::Running | ImportState::Waiting))
            })
        })
    };
    let title = Signal::derive(move || {
        if reading() { "Reading your conversations…" } else { "Nobody has written yet" }.to_owned()
    });
    let text = Signal::derive(move || {
        if reading() {
            "The first ones appear here in a moment; you can work while the rest follow."
        } else {
            "New messages appear here by themselves. WhatsApp shares no past messages: its list begins with the next one."
        }
        .to_owned()
    });
    view! {
        <Empty icon=Icon::Inbox title text>
            <button type="button" class="button" on:click=move |_| router().go(Route::Accounts)>"Look at accounts"</button>
        </Empty>
    }
    .into_any()
}
