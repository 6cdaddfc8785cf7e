//! What a hostile host or a hostile sender may try. Each attempt ends in words, and nothing of it stays.

use super::*;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response},
    routing::get,
};
use futures_util::stream;
use image::{ImageBuffer, Rgb};
use std::io::Cursor;

/// What a host was asked: path and the token it was shown.
type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

struct Host {
    origin: String,
    asked: Asked,
}

/// A host that serves `bytes`, sends on to `elsewhere`, trickles, or never ends.
async fn host(elsewhere: &str, bytes: Vec<u8>) -> Host {
    let asked = Asked::default();
    let seen = asked.clone();
    let elsewhere = elsewhere.to_owned();
    let serve = move |Path(name): Path<String>, State(()): State<()>, headers: HeaderMap| {
        let (seen, elsewhere, bytes) = (seen.clone(), elsewhere.clone(), bytes.clone());
        async move {
            let token = headers.get("authorization").map(|t| t.to_str().unwrap().to_owned());
            seen.lock().unwrap().push((name.clone(), token));
            match name.as_str() {
                "elsewhere" => {
                    Response::builder().status(302).header("location", elsewhere).body(Body::empty()).unwrap()
                }
                "here" => {
                    Response::builder().status(302).header("location", "/file").body(Body::empty()).unwrap()
                }
                "silent" => {
                    Response::new(Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()))
                }
                "trickle" => {
                    let drops = stream::unfold((), |()| async {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
                    });
                    Response::new(Body::from_stream(drops))
                }
                // Says that it is small and is not.
                "liar" => {
                    let flood = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![7; 65_536])));
                    Response::new(Body::from_stream(flood))
                }
                _ => Response::new(Body::from(bytes)),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/{name}", get(serve)).with_state(());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Host { origin, asked }
}

struct Store {
    media: Media,
    folder: tempfile::TempDir,
}

/// A media store that trusts `hosts` as it trusts Meta, with little patience.
async fn store(hosts: &[&Host]) -> Store {
    let folder = tempfile::tempdir().unwrap();
    let trusted = hosts.iter().map(|h| h.origin.trim_start_matches("http://").to_owned()).collect();
    let hosts = Hosts { extra_media_hosts: trusted, ..Hosts::default() };
    let patience =
        Patience { silence: Duration::from_millis(300), grace: Duration::from_millis(300), pace: 4 * 1024 };
    let media = Media::open_with(folder.path().join("media"), &hosts, patience).await.unwrap();
    Store { media, folder }
}

impl Store {
    fn is_empty(&self) -> bool {
        fn files(folder: &std::path::Path) -> usize {
            let inside = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
            inside.map(|p| if p.is_dir() { files(&p) } else { 1 }).sum()
        }
        files(self.folder.path()) == 0
    }
}

fn small_png() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture: ImageBuffer<Rgb<u8>, Vec<u8>> = ImageBuffer::from_pixel(3, 2, Rgb([9, 8, 7]));
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn a_token_is_never_shown_to_another_host() {
    let other = host("", small_png()).await;
    let meta = host(&format!("{}/file", other.origin), small_png()).await;
    let store = store(&[&meta, &other]).await;
    let token = Secret::new("EAAsecret");
    for (name, hops) in [("file", 1), ("here", 2), ("elsewhere", 1)] {
        meta.asked.lock().unwrap().clear();
        let url = format!("{}/{name}", meta.origin);
        let want = Want { token: Some(&token), ..Want::new(&url, FileKind::Picture, 1 << 20) };
        store.media.fetch(want).await.unwrap();
        let asked = meta.asked.lock().unwrap().clone();
        assert_eq!(asked.len(), hops, "{name}");
        assert!(asked.iter().all(|(_, t)| t.as_deref() == Some("Bearer EAAsecret")), "{name}: {asked:?}");
    }
    let asked = other.asked.lock().unwrap().clone();
    assert_eq!(asked, [("file".to_owned(), None)], "the other host saw the file's path and no token");
}

#[tokio::test]
async fn redirects_into_the_own_network_are_refused_with_and_without_a_token() {
    let token = Secret::new("EAAsecret");
    for inward in [
        "http://127.0.0.1:1/admin",
        "http://localhost:1/admin",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:1/",
        "http://0.0.0.0:1/",
        "http://[::ffff:127.0.0.1]:1/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ] {
        let meta = host(inward, small_png()).await;
        let store = store(&[&meta]).await;
        let url = format!("{}/elsewhere", meta.origin);
        for token in [None, Some(&token)] {
            let want = Want { token, ..Want::new(&url, FileKind::Picture, 1 << 20) };
            let refused = store.media.fetch(want).await;
            assert!(matches!(refused, Err(MediaError::NotAllowed(_))), "{inward}: {refused:?}");
        }
        assert!(store.is_empty());
    }
}

#[tokio::test]
async fn bodies_without_an_end_without_a_byte_and_in_drops_end_soon() {
    let meta = host("", Vec::new()).await;
    let store = store(&[&meta]).await;
    for (name, too_slow) in [("silent", true), ("trickle", true), ("liar", false)] {
        let url = format!("{}/{name}", meta.origin);
        let ended = store.media.fetch(Want::new(&url, FileKind::File, 1 << 20)).await.unwrap_err();
        assert_eq!(ended.is_passing(), too_slow, "{name}: {ended:?}");
        assert_eq!(matches!(ended, MediaError::TooLarge(_)), !too_slow, "{name}: {ended:?}");
    }
    assert!(store.is_empty());
}

#[tokio::test]
async fn content_that_is_not_what_was_announced_is_not_kept() {
    let program = [b"MZ\x90\0".to_vec(), vec![0; 200]].concat();
    for (bytes, kind, said, sha256) in [
        (b"<!doctype html><script>alert(1)</script>".to_vec(), FileKind::Picture, "image/png", None),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            FileKind::Picture,
            "",
            None,
        ),
        (program.clone(), FileKind::File, "application/pdf", None),
        (program, FileKind::Video, "video/mp4", None),
        (small_png(), FileKind::Sound, "audio/ogg; codecs=opus", None),
        (small_png(), FileKind::Picture, "image/png", Some("00".repeat(32))),
    ] {
        let meta = host("", bytes).await;
        let store = store(&[&meta]).await;
        let url = format!("{}/file", meta.origin);
        let want = Want { said, sha256: sha256.as_deref(), ..Want::new(&url, kind, 1 << 20) };
        let refused = store.media.fetch(want).await;
        assert!(
            matches!(refused, Err(MediaError::WrongKind { .. } | MediaError::WrongHash)),
            "{said}: {refused:?}"
        );
        assert!(store.is_empty(), "{said}");
    }
}

#[tokio::test]
async fn a_digest_is_read_in_hex_and_in_base64() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let bytes = small_png();
    let digest = Sha256::digest(&bytes);
    let meta = host("", bytes).await;
    let store = store(&[&meta]).await;
    let url = format!("{}/file", meta.origin);
    for told in [hex::encode(digest), hex::encode_upper(digest), STANDARD.encode(digest)] {
        let want = Want { sha256: Some(&told), ..Want::new(&url, FileKind::Picture, 1 << 20) };
        assert_eq!(store.media.fetch(want).await.unwrap().hash, hex::encode(digest));
    }
}

/// A PNG that says it is enormous and holds next to nothing.
fn pixel_bomb() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = png::Encoder::new(&mut file, 17_000, 17_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let row = vec![0_u8; 17_000 / 8];
    {
        use std::io::Write;
        let mut stream = writer.stream_writer().unwrap();
        for _ in 0..17_000 {
            stream.write_all(&row).unwrap();
        }
        stream.finish().unwrap();
    }
    writer.finish().unwrap();
    file.into_inner()
}

#[tokio::test]
async fn a_pixel_bomb_is_kept_as_a_file_and_never_opened() {
    let bomb = pixel_bomb();
    assert!(bomb.len() < 2 * 1024 * 1024, "it is small on the wire: {}", bomb.len());
    let store = store(&[]).await;
    let kept = store.media.keep(&bomb).await.unwrap();
    let began = std::time::Instant::now();
    let looks = store.media.look(&kept).await;
    assert_eq!(looks.thumbnail, None);
    assert_eq!(looks.size, Some((17_000, 17_000)));
    let (_, path) = store.media.find(&kept.hash).await.unwrap();
    assert_eq!(picture::fit(&path, 1 << 20), None, "nor is it made to fit a channel");
    assert!(began.elapsed() < Duration::from_secs(5), "its pixels were not read");
}

#[tokio::test]
async fn archives_and_broken_files_are_only_bytes() {
    let store = store(&[]).await;
    let mut cut = small_png();
    cut.truncate(40);
    let zip = [b"PK\x03\x04".to_vec(), vec![0xFF; 4096]].concat();
    let wav = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0data\xff\xff\xff\xff".to_vec();
    let ogg = [b"OggS\0\x02".to_vec(), vec![0; 300]].concat();
    let mp4 = [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\xff\xff\xff\xffmoov".to_vec(), vec![0xFF; 100]].concat();
    for bytes in [cut, zip, wav, ogg, mp4] {
        let kept = store.media.keep(&bytes).await.unwrap();
        let looks = store.media.look(&kept).await;
        assert_eq!((looks.thumbnail, looks.waveform), (None, Vec::new()), "{}", kept.mime);
    }
}

#[tokio::test]
async fn a_photo_has_a_size_and_a_small_copy_and_a_sound_its_length_and_waveform() {
    let store = store(&[]).await;
    let mut file = Cursor::new(Vec::new());
    let photo: ImageBuffer<Rgb<u8>, Vec<u8>> =
        ImageBuffer::from_fn(1200, 900, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 90]));
    photo.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    let kept = store.media.keep(&file.into_inner()).await.unwrap();
    let looks = store.media.look(&kept).await;
    assert_eq!(looks.size, Some((1200, 900)));
    let small = store.media.find(&looks.thumbnail.unwrap()).await.unwrap();
    assert_eq!(
        image::image_dimensions(&small.1).ok().or_else(|| {
            image::ImageReader::open(&small.1).unwrap().with_guessed_format().unwrap().into_dimensions().ok()
        }),
        Some((360, 270))
    );
    assert_eq!(small.0, "image/jpeg");

    let kept = store.media.keep(&wav(8_000, 12_000)).await.unwrap();
    assert_eq!(kept.mime, "audio/wav");
    let looks = store.media.look(&kept).await;
    assert_eq!(looks.length_ms, Some(1_500));
    assert!(looks.waveform.len() >= 40, "{:?}", looks.waveform);
    assert!(looks.waveform[0] < looks.waveform[looks.waveform.len() - 1], "it grows louder");
}

/// A tone of `frames` samples that grows louder.
fn wav(rate: u32, frames: u32) -> Vec<u8> {
    let bytes = frames * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(bytes.to_le_bytes());
    for n in 0..frames {
        let loud = f64::from(n) / f64::from(frames) * 30_000.0;
        let sample = ((f64::from(n) * 0.3).sin() * loud) as i16;
        file.extend(sample.to_le_bytes());
    }
    file
}
