//! Small pictures made by code: every person has a face of their own, every photo is another.

use crate::random::Chance;

type Rgb = [u8; 3];

/// Width and height of a profile picture.
const AVATAR: u32 = 96;
/// Width and height of a sticker.
const STICKER: u32 = 160;

const PALETTE: [(Rgb, Rgb, Rgb); 12] = [
    ([255, 203, 164], [240, 98, 146], [84, 28, 82]),
    ([178, 235, 242], [38, 128, 194], [13, 52, 94]),
    ([220, 237, 200], [102, 171, 92], [27, 74, 43]),
    ([255, 236, 179], [255, 145, 60], [120, 45, 12]),
    ([225, 210, 255], [126, 87, 194], [49, 27, 93]),
    ([255, 224, 224], [214, 69, 65], [90, 17, 29]),
    ([208, 242, 235], [0, 150, 136], [0, 66, 64]),
    ([250, 240, 215], [188, 153, 112], [77, 52, 30]),
    ([214, 226, 240], [96, 125, 160], [33, 47, 66]),
    ([255, 245, 190], [205, 190, 40], [85, 78, 8]),
    ([240, 214, 228], [173, 76, 132], [66, 20, 51]),
    ([205, 235, 255], [90, 110, 230], [30, 32, 110]),
];

/// A PNG of `size` whose colour at (x, y) — both from 0 to 1 — is what `colour` says.
fn png(width: u32, height: u32, colour: impl Fn(f32, f32) -> Rgb) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            pixels.extend(colour(x as f32 / width as f32, y as f32 / height as f32));
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&pixels));
    if written.is_err() {
        file.clear();
    }
    file
}

fn blend(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|i| (f32::from(a[i]) * (1.0 - share) + f32::from(b[i]) * share) as u8)
}

fn within(x: f32, y: f32, centre: (f32, f32), radius: f32) -> bool {
    (x - centre.0).powi(2) + (y - centre.1).powi(2) < radius * radius
}

/// A profile picture.
pub(crate) fn avatar(hash: u64) -> Vec<u8> {
    let mut chance = Chance::new(hash ^ 0xFACE);
    let (light, middle, dark) = chance.pick(&PALETTE);
    let skin = chance.pick(&[[250, 222, 196], [235, 190, 150], [198, 140, 96], [140, 92, 60], [92, 58, 40]]);
    let hair = chance.pick(&[[40, 28, 22], [92, 58, 30], [200, 160, 90], [150, 150, 150], [120, 40, 24]]);
    let (scene, tilt) = (chance.below(6), chance.below(100) as f32 / 100.0);
    png(AVATAR, AVATAR, |x, y| {
        let ground = blend(light, middle, y * (0.6 + 0.4 * tilt) + x * 0.3 * tilt);
        match scene {
            0..=2 => {
                let long = scene == 1 && within(x, y * 0.75, (0.5, 0.36), 0.27) && y > 0.3;
                if within(x, y, (0.5, 0.42), 0.185) && y > 0.30 + 0.1 * tilt {
                    skin
                } else if within(x, y, (0.5, 0.36), 0.215) || long {
                    hair
                } else if within(x, y, (0.5, 1.06), 0.40) {
                    dark
                } else {
                    ground
                }
            }
            3 => {
                let hill = 0.62 + 0.12 * (x * 5.0 + tilt * 6.0).sin();
                if y > hill {
                    dark
                } else if within(x, y, (0.3 + 0.4 * tilt, 0.34), 0.14) {
                    [255, 250, 225]
                } else {
                    ground
                }
            }
            4 => {
                let leaf = within(x, y, (0.38, 0.5), 0.3) && within(x, y, (0.66, 0.46), 0.3);
                if leaf { dark } else { ground }
            }
            _ => {
                let stripe = ((x + y * (0.4 + tilt)) * 9.0) as i32 % 2 == 0;
                if within(x, y, (0.5, 0.5), 0.33) { if stripe { dark } else { light } } else { ground }
            }
        }
    })
}

/// A photo: something from the shop on a table.
pub(crate) fn photo(hash: u64) -> Vec<u8> {
    let mut chance = Chance::new(hash ^ 0xF070);
    let (light, middle, dark) = chance.pick(&PALETTE);
    let (_, glaze, rim) = chance.pick(&PALETTE);
    let (tall, wide) = (0.25 + chance.below(30) as f32 / 100.0, 0.09 + chance.below(12) as f32 / 100.0);
    let belly = chance.below(10) as f32;
    png(480, 360, |x, y| {
        let foot = 0.78;
        let up = (foot - y) / tall;
        let radius = wide * (0.7 + 0.5 * (up * 3.0 + belly).sin().abs());
        if (0.0..1.0).contains(&up) && (x - 0.5).abs() < radius {
            let shade = (x - 0.5 + radius) / (2.0 * radius);
            return if up > 0.93 { rim } else { blend(glaze, rim, shade * 0.7) };
        }
        if y > 0.7 {
            blend(dark, [20, 15, 12], (y - 0.7) * 2.0)
        } else {
            blend(light, middle, y * 0.9 + x * 0.2)
        }
    })
}

/// Whether a point is in the heart of a sticker.
fn heart(x: f32, y: f32) -> bool {
    let lobes = within(x, y, (0.32, 0.36), 0.2) || within(x, y, (0.68, 0.36), 0.2);
    lobes || (y > 0.36 && y < 0.88 && (x - 0.5).abs() < (0.88 - y) * 0.72)
}

/// A sticker as PNG, on white.
pub(crate) fn sticker_png(hash: u64) -> Vec<u8> {
    let (_, colour, _) = Chance::new(hash ^ 0x571C).pick(&PALETTE);
    png(STICKER, STICKER, |x, y| if heart(x, y) { colour } else { [255; 3] })
}

/// A sticker: a heart on nothing, as lossless WebP of two colours.
pub(crate) fn sticker(hash: u64) -> Vec<u8> {
    let (_, colour, _) = Chance::new(hash ^ 0x571C).pick(&PALETTE);
    let mut bits = Bits::default();
    bits.put(0x2F, 8);
    bits.put(STICKER - 1, 14);
    bits.put(STICKER - 1, 14);
    bits.put(1, 1);
    bits.put(0, 3);
    // No transform, no colour cache, one group of prefix codes.
    bits.put(0, 3);
    let [red, green, blue] = colour;
    for inside in [green, red, blue, 255] {
        bits.two_symbols(0, inside.max(1));
    }
    // Distances are never used: one symbol.
    bits.put(0b0001, 4);
    for y in 0..STICKER {
        for x in 0..STICKER {
            let (x, y) = (x as f32 / STICKER as f32, y as f32 / STICKER as f32);
            bits.put(if heart(x, y) { 0b1111 } else { 0 }, 4);
        }
    }
    let data = bits.finish();
    let padding = data.len() % 2;
    let mut file = b"RIFF".to_vec();
    file.extend((12 + data.len() as u32 + padding as u32).to_le_bytes());
    file.extend(b"WEBPVP8L");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(&data);
    file.extend(std::iter::repeat_n(0, padding));
    file
}

/// One second of a soft tone, as WAV.
pub(crate) fn tone(hash: u64) -> Vec<u8> {
    const RATE: u32 = 8000;
    let pitch = 220.0 + (hash % 440) as f32;
    let samples = (0..RATE).map(|n| {
        let t = n as f32 / RATE as f32;
        (128.0 + 60.0 * (t * pitch * std::f32::consts::TAU).sin() * (1.0 - t)) as u8
    });
    let mut file = b"RIFF".to_vec();
    file.extend((36 + RATE).to_le_bytes());
    file.extend(b"WAVEfmt ");
    for word in [16u32, 0x0001_0001, RATE, RATE, 0x0008_0001] {
        file.extend(word.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(RATE.to_le_bytes());
    file.extend(samples);
    file
}

/// The start of a film: enough for a player to know what it is, and nothing to play.
pub(crate) fn film() -> Vec<u8> {
    let atom = |name: &[u8; 4], inside: &[u8]| {
        let mut bytes = (8 + inside.len() as u32).to_be_bytes().to_vec();
        bytes.extend(name);
        bytes.extend(inside);
        bytes
    };
    let mut header = vec![0; 100];
    // 1000 parts a second, two seconds, normal speed and volume, next track 2.
    header[12..16].copy_from_slice(&1000u32.to_be_bytes());
    header[16..20].copy_from_slice(&2000u32.to_be_bytes());
    header[20..24].copy_from_slice(&0x0001_0000u32.to_be_bytes());
    header[24..26].copy_from_slice(&0x0100u16.to_be_bytes());
    header[96..100].copy_from_slice(&2u32.to_be_bytes());
    [
        atom(b"ftyp", b"isom\0\0\x02\0isomiso2mp41"),
        atom(b"moov", &atom(b"mvhd", &header)),
        atom(b"mdat", &[0; 2048]),
    ]
    .concat()
}

/// A page with one line on it, as PDF.
pub(crate) fn document() -> Vec<u8> {
    let line = "BT /F1 24 Tf 72 720 Td (Saltwind Studio: invoice 2031) Tj ET";
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{line}\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n\
         trailer<</Root 1 0 R/Size 6>>\n%%EOF\n",
        line.len()
    )
    .into_bytes()
}

/// Bits, least significant first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        self.open |= u64::from(value) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push((self.open & 0xFF) as u8);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    /// A prefix code of two symbols: bit 0 is the smaller, bit 1 the larger.
    fn two_symbols(&mut self, small: u8, large: u8) {
        self.put(0b111, 3);
        self.put(u32::from(small), 8);
        self.put(u32::from(large), 8);
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0, 7);
        self.bytes
    }
}
