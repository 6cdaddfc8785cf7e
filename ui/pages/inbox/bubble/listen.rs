//! The loudness of a voice that the engine could not decode: WhatsApp's voice notes are Opus, which browsers and webviews
//! play, and so decode, inside their own walls. Where one cannot, nothing is told and the bars stay level.

use super::wave;
use crate::ipc;
use heliograph_model::Attachment;
use js_sys::ArrayBuffer;
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioBuffer, OfflineAudioContext, Response};

/// Larger files are left alone: a voice message of fifteen minutes has half of it.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Samples a second that it is decoded to: enough for loudness, and little memory.
const RATE: f32 = 8000.0;
/// As many are remembered.
const REMEMBERED: usize = 200;

thread_local! {
    /// By content hash, which names the same sound for ever; empty where nothing could be told.
    static KNOWN: RefCell<HashMap<String, Vec<u8>>> = RefCell::default();
}

/// The file of a voice whose loudness is to be found out here.
#[must_use]
pub fn unheard(a: &Attachment) -> Option<String> {
    let small = a.bytes.is_none_or(|bytes| bytes <= LARGEST);
    a.file.clone().filter(|_| a.waveform.is_empty() && small)
}

/// Its loudness from 0 to 255, or nothing.
pub async fn loudness(file: &str) -> Vec<u8> {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(file).cloned()) {
        return known;
    }
    let found = decoded(file).await.map(|samples| wave::loudness(&samples)).unwrap_or_default();
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(file.to_owned(), found.clone());
    });
    found
}

/// Its first channel.
async fn decoded(file: &str) -> Result<Vec<f32>, JsValue> {
    let answer: Response =
        JsFuture::from(leptos::prelude::window().fetch_with_str(&ipc::media_url(file))).await?.dyn_into()?;
    if !answer.ok() {
        return Err(JsValue::UNDEFINED);
    }
    let bytes: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
    let context = OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(1, 1, RATE)?;
    let sound: AudioBuffer = JsFuture::from(context.decode_audio_data(&bytes)?).await?.dyn_into()?;
    sound.get_channel_data(0)
}
