//! What a locked window shows: that it is locked, and the field that opens it.

use crate::{
    clock::clock,
    gate::gate,
    live::order,
    parts::{Button, Icon, IconView, SecretField, Tone},
    rail::BrandMark,
};
use heliograph_model::{LockKind, SecretText, Timestamp, call::Unlock};
use leptos::prelude::*;
use std::time::Duration;

/// The page.
#[component]
pub fn LockPage() -> impl IntoView {
    let gate = gate();
    let kind = Memo::new(move |_| gate.lock.with(|l| l.and_then(|l| l.kind)).unwrap_or(LockKind::Passphrase));
    let words = RwSignal::new(String::new());
    let unlock = order::<Unlock>(|_| ()).quiet();
    // The engine's clock: the one that the wait is counted by.
    Effect::new(move |_| {
        if let Some(now) = gate.lock.with(|l| l.map(|l| l.now)) {
            clock().set(now);
        }
    });
    let left = seconds_left(Signal::derive(move || gate.lock.with(|l| l.and_then(|l| l.wait_until))));
    let waits = Signal::derive(move || left.get() > 0);
    let fault = Signal::derive(move || {
        let said = unlock.problem.with(|p| p.as_ref().map(|p| p.message.clone()));
        match left.get() {
            0 => said.filter(|_| gate.lock.with(|l| l.is_some_and(|l| l.wait_until.is_none()))),
            1 => Some("Too many wrong tries. The next one is in 1 second.".to_owned()),
            s if s < 90 => Some(format!("Too many wrong tries. The next one is in {s} seconds.")),
            s => Some(format!("Too many wrong tries. The next one is in {} minutes.", s.div_ceil(60))),
        }
    });
    let go = move || {
        let typed = words.get_untracked();
        if !typed.is_empty() && !waits.get_untracked() {
            words.set(String::new());
            unlock.run(Unlock { words: SecretText(typed) });
        }
    };
    let field = move || {
        let label = match kind.get() {
            LockKind::Passphrase => "Passphrase",
            LockKind::Pin => "PIN",
        };
        view! {
            <SecretField label value=words fault first=true disabled=waits on_enter=Callback::new(move |()| go()) test="unlock-words" />
        }
    };
    view! {
        <main class="lock-page" data-test="locked" aria-labelledby="locked-title">
            <div class="lock-box">
                <BrandMark />
                <h1 id="locked-title"><IconView icon=Icon::Lock />"Locked"</h1>
                {field}
                <Button
                    label="Unlock"
                    tone=Tone::Primary
                    busy=unlock.busy
                    disabled=Signal::derive(move || waits.get() || words.with(String::is_empty))
                    on_press=Callback::new(move |()| go())
                    test="unlock"
                />
                <p class="quiet">"Messages still arrive, and replies that wait still leave."</p>
                <details class="fold quiet">
                    <summary>{move || format!("Forgotten the {}?", kind.get().name())}</summary>
                    <p>
                        "Nothing is ever wiped. Whoever may use this computer’s files can take the lock off: Heliograph’s README says how, under “When something does not work”."
                    </p>
                </details>
            </div>
        </main>
    }
    .into_any()
}

/// Whole seconds until `until`, counted down.
fn seconds_left(until: Signal<Option<Timestamp>>) -> RwSignal<u64> {
    let left = RwSignal::new(0);
    let count = move || {
        let ms = until.get_untracked().map_or(0, |until| clock().peek().until(until));
        let seconds = u64::try_from(ms.max(0)).unwrap_or(0).div_ceil(1000);
        if left.get_untracked() != seconds {
            left.set(seconds);
        }
    };
    Effect::new(move |_| {
        until.track();
        count();
    });
    if let Ok(ticking) = set_interval_with_handle(count, Duration::from_millis(250)) {
        on_cleanup(move || ticking.clear());
    }
    left
}
