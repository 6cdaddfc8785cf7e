//! Voice messages, recorded by the web view in a form that the channel takes. Where it records no such form, the
//! button says so.

use super::Tray;
use crate::{
    clock::ticks,
    parts::{Icon, IconView},
    toast::toasts,
};
use heliograph_model::{Channel, Code, Problem};
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobEvent, BlobPropertyBag, MediaRecorder, MediaRecorderOptions, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

/// Forms in the order we like them, with their file's extension. WhatsApp takes no WebM (graph-api g.2).
const FORMS: [(&str, &str, bool); 4] = [
    ("audio/ogg;codecs=opus", "ogg", true),
    ("audio/mp4;codecs=mp4a.40.2", "m4a", true),
    ("audio/mp4", "m4a", true),
    ("audio/webm;codecs=opus", "webm", false),
];

/// The form this web view records that `channel` takes.
fn form(channel: Channel) -> Option<(&'static str, &'static str)> {
    let known = js_sys::Reflect::has(&js_sys::global(), &"MediaRecorder".into()).unwrap_or(false);
    FORMS
        .into_iter()
        .filter(|(.., everywhere)| *everywhere || channel == Channel::Messenger)
        .find(|(mime, ..)| known && MediaRecorder::is_type_supported(mime))
        .map(|(mime, end, _)| (mime, end))
}

/// What hears each piece, and what hears the end.
type Ears = (Closure<dyn FnMut(BlobEvent)>, Closure<dyn FnMut()>);

/// A recording under way.
struct Recording {
    recorder: MediaRecorder,
    stream: MediaStream,
    began: f64,
    /// Whether what was recorded is kept when it stops.
    keep: bool,
    _heard: Ears,
}

fn release(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
            track.stop();
        }
    }
}

/// Begins and ends a recording.
#[component]
pub fn VoiceButton(tray: Tray) -> impl IntoView {
    let recording = StoredValue::new_local(None::<Recording>);
    let on = RwSignal::new(false);
    let seconds = RwSignal::new(0_u32);
    let form = Memo::new(move |_| form(tray.channel.get()));
    // Meta documents the upload of sounds for Messenger and WhatsApp alone.
    let allowed = move || {
        tray.channel.get() != Channel::Instagram || crate::desk::desk().chosen().composer.unproven_files
    };
    let begin = move || {
        let Some((mime, end)) = form.get_untracked() else { return };
        spawn_local(async move {
            match start(tray, recording, on, mime, end).await {
                Ok(()) => seconds.set(0),
                Err(why) => toasts().problem(&Problem::new(Code::NotAllowed, why)),
            }
        });
    };
    let stop = move |keep: bool| {
        recording.update_value(|r| {
            if let Some(recording) = r {
                recording.keep = keep;
                let _ = recording.recorder.stop();
            }
        });
    };
    let clock = set_interval_with_handle(
        move || {
            let began = recording.try_with_value(|r| r.as_ref().map(|r| r.began)).flatten();
            if let Some(began) = began {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let _ = seconds.try_set(((ticks() - began) / 1000.0).max(0.0) as u32);
            }
        },
        std::time::Duration::from_millis(500),
    );
    on_cleanup(move || {
        stop(false);
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let idle = move || {
        let tip = match form.get() {
            Some(_) => "Record a voice message".to_owned(),
            None => format!("This web view records nothing that {} takes", tray.channel.get().name()),
        };
        view! {
            <button
                type="button"
                class="icon-button small"
                aria-label=tip.clone()
                data-tip=tip
                data-test="record"
                disabled=move || form.get().is_none()
                on:click=move |_| begin()
            >
                <IconView icon=Icon::Voice />
            </button>
        }
        .into_any()
    };
    let running = move || {
        view! {
            <span class="recording" role="timer" data-test="recording">
                <span class="recording-dot" aria-hidden="true"></span>
                <span class="figures">{move || format!("{}:{:02}", seconds.get() / 60, seconds.get() % 60)}</span>
                <button type="button" class="button quiet small" on:click=move |_| stop(false)>"Discard"</button>
                <button type="button" class="button small" data-test="record-done" on:click=move |_| stop(true)>"Done"</button>
            </span>
        }
        .into_any()
    };
    move || allowed().then(|| if on.get() { running() } else { idle() })
}

/// Asks for the microphone and records until the recorder is stopped.
async fn start(
    tray: Tray,
    recording: StoredValue<Option<Recording>, LocalStorage>,
    on: RwSignal<bool>,
    mime: &'static str,
    end: &'static str,
) -> Result<(), String> {
    let no = "The microphone cannot be used: the system or the browser does not allow it.";
    let devices = window().navigator().media_devices().map_err(|_| no.to_owned())?;
    let wish = MediaStreamConstraints::new();
    wish.set_audio(&JsValue::TRUE);
    let asked = devices.get_user_media_with_constraints(&wish).map_err(|_| no.to_owned())?;
    let stream: MediaStream =
        JsFuture::from(asked).await.ok().and_then(|s| s.dyn_into().ok()).ok_or_else(|| no.to_owned())?;
    let options = MediaRecorderOptions::new();
    options.set_mime_type(mime);
    let Ok(recorder) = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)
    else {
        release(&stream);
        return Err("This web view cannot record.".into());
    };
    let pieces = Array::new();
    let heard = Closure::<dyn FnMut(BlobEvent)>::new({
        let pieces = pieces.clone();
        move |e: BlobEvent| {
            if let Some(piece) = e.data() {
                pieces.push(&piece);
            }
        }
    });
    let stopped = Closure::<dyn FnMut()>::new(move || {
        let ended = recording.try_update_value(Option::take).flatten();
        let _ = on.try_set(false);
        let Some(ended) = ended else { return };
        release(&ended.stream);
        if ended.keep && pieces.length() > 0 {
            let kind = BlobPropertyBag::new();
            kind.set_type(mime.split(';').next().unwrap_or(mime));
            if let Ok(blob) = Blob::new_with_blob_sequence_and_options(&pieces, &kind) {
                tray.take(vec![(format!("voice message.{end}"), blob)], true);
            }
        }
    });
    recorder.set_ondataavailable(Some(heard.as_ref().unchecked_ref()));
    recorder.set_onstop(Some(stopped.as_ref().unchecked_ref()));
    if recorder.start().is_err() {
        release(&stream);
        return Err("This web view cannot record.".into());
    }
    recording.set_value(Some(Recording {
        recorder,
        stream,
        began: ticks(),
        keep: false,
        _heard: (heard, stopped),
    }));
    on.set(true);
    Ok(())
}
