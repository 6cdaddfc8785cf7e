//! Looking at sound and film: how long, and how loud from beginning to end. Opus, which WhatsApp's voice notes
//! are, has no well-kept decoder in Rust: of those only the length is known here, and the window that plays them finds out
//! how loud they are.

use std::{fs::File, path::Path};
use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    errors::Error,
    formats::{FormatReader, Track, TrackType},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    units::Timestamp,
};

/// Bars of a waveform.
const BARS: usize = 64;
/// Longer sound has no waveform: it is music, and reading it would take long. In milliseconds.
const LONGEST: u64 = 15 * 60_000;
/// Packets looked through at most, whatever the file says of itself.
const MOST_PACKETS: usize = 200_000;

/// What sound says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sound {
    pub length_ms: Option<u32>,
    /// Loudness from 0 to 255 in equal steps; empty = not known.
    pub waveform: Vec<u8>,
}

/// Looks at the file; what cannot be told is absent. `bars`: a film needs no waveform.
pub(super) fn look(path: &Path, bars: bool) -> Sound {
    let Ok(file) = File::open(path) else {
        return Sound::default();
    };
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    let Ok(mut format) = probe.probe(&Default::default(), stream, Default::default(), Default::default())
    else {
        return Sound::default();
    };
    let told = format.tracks().iter().filter_map(length).max();
    if !bars || told.is_some_and(|ms| ms > LONGEST) {
        return Sound { length_ms: told.and_then(|ms| u32::try_from(ms).ok()), waveform: Vec::new() };
    }
    let (played, waveform) = listen(format.as_mut()).unwrap_or_default();
    let length = told.filter(|ms| *ms > 0).or(played);
    Sound { length_ms: length.and_then(|ms| u32::try_from(ms).ok()), waveform }
}

/// A track's length in milliseconds, as the container tells.
fn length(track: &Track) -> Option<u64> {
    let time = track.time_base?.calc_duration(track.duration?)?;
    u64::try_from(time.as_nanos() / 1_000_000).ok()
}

/// Plays it through: its length by the last packet, and its loudness where it can be decoded.
fn listen(format: &mut dyn FormatReader) -> Option<(Option<u64>, Vec<u8>)> {
    let track = format.default_track(TrackType::Audio)?;
    let (id, base) = (track.id, track.time_base);
    let coded = track.codec_params.as_ref().and_then(|params| params.audio().cloned());
    let mut decoder = coded.and_then(|audio| {
        let codecs = symphonia::default::get_codecs();
        codecs.make_audio_decoder(&audio, &AudioDecoderOptions::default()).ok()
    });
    let mut loud = Loudness::default();
    let mut samples: Vec<f32> = Vec::new();
    let mut end = 0_i64;
    for _ in 0..MOST_PACKETS {
        let packet = match format.next_packet() {
            Ok(Some(packet)) if packet.track_id == id => packet,
            Ok(Some(_)) => continue,
            Ok(None) | Err(_) => break,
        };
        end = end.max(packet.pts.get().saturating_add(i64::try_from(packet.dur.get()).unwrap_or(0)));
        let Some(working) = &mut decoder else { continue };
        match working.decode(&packet) {
            Ok(buffer) => {
                let channels = buffer.spec().channels().count().max(1);
                buffer.copy_to_vec_interleaved(&mut samples);
                loud.hear(&samples, channels);
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => {}
            Err(_) => decoder = None,
        }
    }
    let played = base
        .and_then(|base| base.calc_time(Timestamp::new(end)))
        .and_then(|time| u64::try_from(time.as_nanos() / 1_000_000).ok())
        .filter(|ms| *ms > 0);
    Some((played, loud.bars()))
}

/// Peaks of short stretches, joined pairwise whenever there are too many, so that memory is bounded.
#[derive(Debug, Default)]
struct Loudness {
    peaks: Vec<f32>,
    /// Frames of one stretch, and how many of the current one were heard.
    step: usize,
    heard: usize,
    peak: f32,
}

impl Loudness {
    fn hear(&mut self, samples: &[f32], channels: usize) {
        if self.step == 0 {
            self.step = 256;
        }
        for frame in samples.chunks(channels) {
            let peak = frame.iter().fold(0.0_f32, |p, s| p.max(s.abs()));
            self.peak = self.peak.max(peak);
            self.heard += 1;
            if self.heard == self.step {
                self.peaks.push(std::mem::take(&mut self.peak));
                self.heard = 0;
            }
            if self.peaks.len() == 16 * BARS {
                self.peaks = self.peaks.chunks(2).map(|pair| pair[0].max(pair[1])).collect();
                self.step *= 2;
            }
        }
    }

    /// As bars from 0 to 255, the loudest one highest.
    fn bars(mut self) -> Vec<u8> {
        if self.heard > 0 {
            self.peaks.push(self.peak);
        }
        let loudest = self.peaks.iter().copied().fold(0.0_f32, f32::max);
        if self.peaks.len() < 2 || !loudest.is_normal() {
            return Vec::new();
        }
        let count = BARS.min(self.peaks.len());
        (0..count)
            .map(|n| {
                let (from, to) = (n * self.peaks.len() / count, (n + 1) * self.peaks.len() / count);
                let peak = self.peaks[from..to].iter().copied().fold(0.0_f32, f32::max);
                // From 0 to 255 by construction.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let bar = (peak / loudest * 255.0).clamp(0.0, 255.0) as u8;
                bar
            })
            .collect()
    }
}
