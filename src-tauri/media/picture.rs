//! Looking at a picture: its size and a small copy. Whatever is in the file, memory and time stay bounded: sizes
//! are read first, and nothing huge is opened.

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage, imageops::FilterType,
    metadata::Orientation,
};
use std::{io::Cursor, path::Path};

/// Longest side of what is opened, and pixels in all.
const LONGEST_SIDE: u32 = 16_384;
const MOST_PIXELS: u64 = 50_000_000;
/// Memory one picture may take, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Longest side of the small copy.
const SMALL: u32 = 360;
const QUALITY: u8 = 80;

/// What a picture shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// As people see it: a photo taken sideways stands upright.
    pub size: (u32, u32),
    /// A small copy; `None` where the picture is small itself, or too large to be opened.
    pub small: Option<Vec<u8>>,
}

/// Looks at the file; `None` when it is no picture that can be read.
pub(super) fn look(path: &Path) -> Option<Picture> {
    let (picture, bytes) = (open(path)?, std::fs::metadata(path).ok()?.len());
    let size = picture.size;
    let small = if size.0.max(size.1) <= SMALL && bytes < 64 * 1024 {
        None
    } else {
        picture.pixels().and_then(|whole| encode(&whole.thumbnail(SMALL, SMALL)))
    };
    Some(Picture { size, small })
}

/// A picture whose size is known and whose pixels are not yet read.
pub(super) struct Opened {
    pub size: (u32, u32),
    orientation: Orientation,
    reader: Box<dyn ImageDecoder>,
}

/// Opens a picture without reading its pixels.
pub(super) fn open(path: &Path) -> Option<Opened> {
    let mut reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let sideways = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let size = if sideways { (height, width) } else { (width, height) };
    Some(Opened { size, orientation, reader: Box::new(decoder) })
}

impl Opened {
    /// The pixels, upright; `None` when there are too many or they are broken.
    pub fn pixels(self) -> Option<DynamicImage> {
        let (width, height) = self.size;
        if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
            return None;
        }
        let mut picture = DynamicImage::from_decoder(self.reader).ok()?;
        picture.apply_orientation(self.orientation);
        Some(picture)
    }
}

/// Longest side of a picture that is made to fit: what phones send.
const FITTING_SIDE: u32 = 4_096;
/// Smaller than this is no picture any more.
const SMALLEST_SIDE: u32 = 64;

/// A JPEG of at most `most` bytes, as large as that allows.
pub(super) fn fit(path: &Path, most: u64) -> Option<Vec<u8>> {
    let whole = open(path)?.pixels()?;
    let mut side = whole.width().max(whole.height()).min(FITTING_SIDE);
    while side >= SMALLEST_SIDE.min(whole.width().max(whole.height())) {
        let scaled = if side < whole.width().max(whole.height()) {
            Some(whole.resize(side, side, FilterType::Triangle))
        } else {
            None
        };
        for quality in [88, 75] {
            let mut file = Cursor::new(Vec::new());
            jpeg(scaled.as_ref().unwrap_or(&whole), quality, &mut file)?;
            if file.get_ref().len() as u64 <= most {
                return Some(file.into_inner());
            }
        }
        side = side * 3 / 4;
    }
    None
}

/// As JPEG, or as PNG where something shows through.
fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    if picture.color().has_alpha() {
        picture.write_to(&mut file, ImageFormat::Png).ok()?;
    } else {
        jpeg(picture, QUALITY, &mut file)?;
    }
    Some(file.into_inner())
}

/// Writes a JPEG; what shows through becomes white.
pub(super) fn jpeg(picture: &DynamicImage, quality: u8, into: &mut Cursor<Vec<u8>>) -> Option<()> {
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(into, quality);
    let flat = if picture.color().has_alpha() {
        let mut flat = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
        image::imageops::overlay(&mut flat, &picture.to_rgba8(), 0, 0);
        DynamicImage::ImageRgba8(flat).to_rgb8()
    } else {
        picture.to_rgb8()
    };
    flat.write_with_encoder(encoder).ok()
}
