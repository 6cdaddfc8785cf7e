//! A voice's loudness as bars. Pure.

use std::fmt::Write as _;

/// Bars of a drawn voice.
pub const BARS: usize = 44;
/// From one bar to the next, and the height of the drawing, in its own units.
pub const STEP: usize = 4;
pub const HEIGHT: usize = 28;

/// The loudness in [`BARS`] steps, each the loudest of its share; where nothing is known, all the same.
#[must_use]
pub fn bars(waveform: &[u8]) -> Vec<u8> {
    if waveform.is_empty() {
        return vec![0; BARS];
    }
    let share = |i: usize| {
        let from = i * waveform.len() / BARS;
        let to = ((i + 1) * waveform.len()).div_ceil(BARS).clamp(from + 1, waveform.len());
        waveform[from..to].iter().copied().max().unwrap_or(0)
    };
    (0..BARS).map(share).collect()
}

/// The loudness of samples from -1 to 1 in [`BARS`] steps: peaks, the loudest one highest. Silence has none.
#[must_use]
pub fn loudness(samples: &[f32]) -> Vec<u8> {
    let peaks: Vec<f32> = samples
        .chunks(samples.len().div_ceil(BARS).max(1))
        .map(|share| share.iter().fold(0.0_f32, |peak, s| peak.max(s.abs())))
        .collect();
    let loudest = peaks.iter().copied().fold(0.0_f32, f32::max);
    if !loudest.is_normal() {
        return Vec::new();
    }
    // From 0 to 255 by construction.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    peaks.iter().map(|peak| (peak / loudest * 255.0).clamp(0.0, 255.0) as u8).collect()
}

/// The bars as path data: strokes from the middle line, the quiet ones as dots.
#[must_use]
pub fn path(bars: &[u8]) -> String {
    let mut path = String::with_capacity(bars.len() * 12);
    let most = (HEIGHT / 2 - 2) * 10;
    for (i, loud) in bars.iter().enumerate() {
        let tenths = (usize::from(*loud) * most / 255).max(5);
        let (up, down) = (HEIGHT * 5 - tenths, HEIGHT * 5 + tenths);
        let x = i * STEP + STEP / 2;
        let _ = write!(path, "M{x} {}.{}V{}.{}", up / 10, up % 10, down / 10, down % 10);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voice_has_as_many_bars_and_none_of_its_peaks_is_lost() {
        for n in [0, 1, 7, BARS, 64, 1000] {
            let mut loud = vec![3; n];
            if let Some(last) = loud.last_mut() {
                *last = 200;
            }
            let bars = bars(&loud);
            assert_eq!(bars.len(), BARS, "{n}");
            assert_eq!(bars.iter().max(), Some(if n == 0 { &0 } else { &200 }), "{n}");
        }
    }

    #[test]
    fn what_was_decoded_is_as_loud_as_its_loudest_moment() {
        let samples: Vec<f32> = (0..8000).map(|n| if n < 4000 { 0.1 } else { -0.4 }).collect();
        let loud = loudness(&samples);
        assert_eq!((loud.len(), loud[0], loud[BARS - 1]), (BARS, 63, 255));
        assert_eq!(loudness(&[0.0; 500]), Vec::<u8>::new(), "silence");
        assert_eq!(loudness(&[]), Vec::<u8>::new());
        assert_eq!(loudness(&[f32::NAN, 0.5]), [0, 255]);
    }

    #[test]
    fn bars_stand_around_the_middle_and_inside_the_drawing() {
        assert_eq!(path(&[0]), "M2 13.5V14.5");
        assert_eq!(path(&[255]), "M2 2.0V26.0");
    }
}
