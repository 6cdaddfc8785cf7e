//! Voice messages and sounds: play and pause, where one is, and how fast.

use super::{file::FileView, listen, wave};
use crate::{
    format, ipc, kept,
    parts::{Icon, IconView},
};
use heliograph_model::Attachment;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlMediaElement;

/// How fast one may listen; the first is as it was spoken.
const SPEEDS: [(f64, &str); 3] = [(1.0, "1×"), (1.5, "1.5×"), (2.0, "2×")];
/// An arrow key goes this far, in seconds.
const STEP: f64 = 5.0;

/// One voice at a time: whatever else plays is paused.
pub fn quiet_others(e: ev::Event) {
    let this: Option<HtmlMediaElement> = e.target().and_then(|t| t.dyn_into().ok());
    let Ok(all) = document().query_selector_all("audio, video") else { return };
    for i in 0..all.length() {
        if let Some(other) = all.item(i).and_then(|n| n.dyn_into::<HtmlMediaElement>().ok())
            && Some(&other) != this.as_ref()
        {
            let _ = other.pause();
        }
    }
}

/// The player.
#[component]
pub fn Sound(a: Attachment) -> impl IntoView {
    let voice = a.kind == "voice" || !a.waveform.is_empty() || a.name.is_empty();
    let Some(file) = a.file.clone() else {
        let words = if voice { "Voice message, being fetched" } else { "Audio, being fetched" };
        return view! { <div class="sound waiting" role="img" aria-label=words><span class="skeleton round"></span><span class="skeleton"></span></div> }
            .into_any();
    };
    let unplayable = RwSignal::new(false);
    let whole = StoredValue::new(a);
    let inside = move || {
        if unplayable.get() {
            let a = whole.get_value();
            return view! {
                <p class="quiet sound-unplayable">"This kind of sound cannot be played here."</p>
                <FileView a />
            }
            .into_any();
        }
        view! { <Player a=whole.get_value() file=file.clone() voice unplayable /> }.into_any()
    };
    inside.into_any()
}

#[component]
fn Player(a: Attachment, file: String, voice: bool, unplayable: RwSignal<bool>) -> impl IntoView {
    let element = NodeRef::<html::Audio>::new();
    let playing = RwSignal::new(false);
    let at = RwSignal::new(0.0_f64);
    let length = RwSignal::new(a.length_ms.map(|ms| f64::from(ms) / 1000.0));
    let known = kept::get("voice-speed").and_then(|s| s.parse::<usize>().ok()).unwrap_or(0);
    let speed = RwSignal::new(known.min(SPEEDS.len() - 1));
    let share = Memo::new(move |_| match length.get() {
        Some(length) if length > 0.0 => (at.get() / length).clamp(0.0, 1.0),
        _ => 0.0,
    });
    let toggle = move |_| {
        let Some(audio) = element.get_untracked() else { return };
        if audio.paused() {
            audio.set_playback_rate(SPEEDS[speed.get_untracked()].0);
            if let Ok(started) = audio.play() {
                // A refusal comes as an `error` event too.
                spawn_local(async move {
                    let _ = JsFuture::from(started).await;
                });
            }
        } else {
            let _ = audio.pause();
        }
    };
    let faster = move |_| {
        speed.update(|s| *s = (*s + 1) % SPEEDS.len());
        kept::set("voice-speed", &speed.get_untracked().to_string());
        if let Some(audio) = element.get_untracked() {
            audio.set_playback_rate(SPEEDS[speed.get_untracked()].0);
        }
    };
    let seek = move |to: f64| {
        let to = to.clamp(0.0, length.get_untracked().unwrap_or(0.0));
        if let Some(audio) = element.get_untracked() {
            audio.set_current_time(to);
        }
        at.set(to);
    };
    let told = move |_| {
        if let Some(audio) = element.get_untracked() {
            let duration = audio.duration();
            if duration.is_finite() && duration > 0.0 {
                length.set(Some(duration));
            }
        }
    };
    let moved = move |_| {
        if let Some(audio) = element.get_untracked() {
            at.set(audio.current_time());
        }
    };
    let ended = move |_| {
        playing.set(false);
        seek(0.0);
    };
    let time = move || {
        let shown = if playing.get() || at.get() > 0.0 { at.get() } else { length.get().unwrap_or(0.0) };
        format::duration(shown)
    };
    let what = if voice { "voice message" } else { "audio" };
    let title = (!voice).then(|| view! { <bdi class="sound-name">{a.name.clone()}</bdi> });
    let unheard = listen::unheard(&a);
    let loud = RwSignal::new(a.waveform);
    if let Some(file) = unheard {
        spawn_local(async move {
            let found = listen::loudness(&file).await;
            if !found.is_empty() {
                let _ = loud.try_set(found);
            }
        });
    }
    let bars = Memo::new(move |_| loud.with(|loud| wave::path(&wave::bars(loud))));
    view! {
        <div class="sound" class:playing=move || playing.get() data-test="sound">
            <button
                type="button"
                class="sound-play"
                aria-label=move || if playing.get() { format!("Pause {what}") } else { format!("Play {what}") }
                data-test="sound-play"
                on:click=toggle
            >
                {move || view! { <IconView icon=if playing.get() { Icon::Pause } else { Icon::Play } /> }}
            </button>
            <div class="sound-middle">
                {title}
                <Position bars share at length seek=Callback::new(seek) />
            </div>
            <span class="sound-time figures" role="timer">{time}</span>
            <button
                type="button"
                class="sound-speed figures"
                aria-label=move || format!("Speed {}", SPEEDS[speed.get()].1)
                data-tip="Speed"
                data-test="sound-speed"
                on:click=faster
            >
                {move || SPEEDS[speed.get()].1}
            </button>
            <audio
                node_ref=element
                src=ipc::media_url(&file)
                preload="none"
                on:play=move |e| {
                    playing.set(true);
                    quiet_others(e);
                }
                on:pause=move |_| playing.set(false)
                on:ended=ended
                on:timeupdate=moved
                on:durationchange=told
                on:error=move |_| unplayable.set(true)
            ></audio>
        </div>
    }
    .into_any()
}

/// Where one is: pressed, or moved with the arrow keys.
#[component]
fn Position(
    bars: Memo<String>,
    share: Memo<f64>,
    at: RwSignal<f64>,
    length: RwSignal<Option<f64>>,
    seek: Callback<f64>,
) -> impl IntoView {
    let view_box = format!("0 0 {} {}", wave::BARS * wave::STEP, wave::HEIGHT);
    let key = move |e: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let to = match e.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now - STEP,
            "ArrowRight" | "ArrowUp" => now + STEP,
            "Home" => 0.0,
            "End" => length.get_untracked().unwrap_or(now),
            _ => return,
        };
        e.prevent_default();
        seek.run(to);
    };
    let press = move |e: ev::MouseEvent| {
        let Some(length) = length.get_untracked() else { return };
        let track: Option<web_sys::Element> = e.current_target().and_then(|t| t.dyn_into().ok());
        if let Some(track) = track {
            let here = track.get_bounding_client_rect();
            let share = (f64::from(e.client_x()) - here.left()) / here.width().max(1.0);
            seek.run(share * length);
        }
    };
    view! {
        <div
            class="wave"
            role="slider"
            tabindex="0"
            aria-label="Position"
            aria-valuemin="0"
            aria-valuemax=move || format!("{:.0}", length.get().unwrap_or(0.0))
            aria-valuenow=move || format!("{:.0}", at.get())
            aria-valuetext=move || format::duration(at.get())
            data-own-keys=""
            style=("--share", move || format!("{:.4}", share.get()))
            on:keydown=key
            on:click=press
        >
            <svg viewBox=view_box.clone() preserveAspectRatio="none" aria-hidden="true"><path d=move || bars.get() /></svg>
            <svg class="played" viewBox=view_box preserveAspectRatio="none" aria-hidden="true"><path d=move || bars.get() /></svg>
        </div>
    }
    .into_any()
}
