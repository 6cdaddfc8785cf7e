//! Files from a hostile host: nothing private is asked, nothing false or endless is kept.

use super::*;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::Response,
    routing::get,
};
use futures_util::stream;

/// The smallest PNG's beginning, padded.
fn png(padding: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.resize(bytes.len() + padding, 7);
    bytes
}

struct Host {
    origin: String,
    media: Media,
    folder: tempfile::TempDir,
}

async fn serve(Path(name): Path<String>) -> Response<Body> {
    let to = |target: &str| {
        Response::builder().status(302).header("location", target).body(Body::empty()).unwrap()
    };
    match name.as_str() {
        "png" => Response::new(Body::from(png(100))),
        "other" => Response::new(Body::from(png(200))),
        "third" => Response::new(Body::from(png(300))),
        "moved" => to("/png"),
        "home" => to("http://127.0.0.1:9/secret"),
        "metadata" => to("http://169.254.169.254/latest/"),
        "file" => to("file:///etc/passwd"),
        "circle" => to("/circle"),
        "script" => Response::builder()
            .header("content-type", "image/png")
            .body(Body::from("<!doctype html><script>alert(1)</script>"))
            .unwrap(),
        "svg" => Response::new(Body::from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")),
        "empty" => Response::new(Body::empty()),
        "endless" => {
            let start = stream::once(async { Ok::<_, std::io::Error>(Bytes::from(png(0))) });
            let more = stream::repeat_with(|| Ok(Bytes::from(vec![0; 65_536])));
            Response::new(Body::from_stream(stream::StreamExt::chain(start, more)))
        }
        _ => Response::builder().status(403).body(Body::from("expired")).unwrap(),
    }
}

impl Host {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().route("/{name}", get(serve));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let folder = tempfile::tempdir().unwrap();
        let media = Media::open(folder.path().join("media"), &Hosts::all_at(&origin)).await.unwrap();
        Self { origin, media, folder }
    }

    async fn fetch(&self, name: &str) -> Result<String, MediaError> {
        self.media.fetch_picture(&format!("{}/{name}", self.origin)).await
    }

    /// Files in the folder, unfinished ones included.
    fn files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let inside = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
            inside.map(|p| if p.is_dir() { count(&p) } else { 1 }).sum()
        }
        count(self.folder.path())
    }
}

#[tokio::test]
async fn a_picture_is_kept_once_under_its_hash_and_found_again() {
    let host = Host::start().await;
    let hash = host.fetch("png").await.unwrap();
    assert_eq!(hash, host.fetch("moved").await.unwrap(), "the same content is the same file");
    let (mime, path) = host.media.find(&hash).await.unwrap();
    assert_eq!((mime.as_str(), std::fs::read(&path).unwrap()), ("image/png", png(100)));
    assert!(path.ends_with(format!("{}/{}", &hash[..2], &hash[2..])));
    assert_eq!(host.files(), 1);
    assert_eq!(host.media.size().await.unwrap(), png(100).len() as u64);
    host.media.remove(&hash).await.unwrap();
    host.media.remove(&hash).await.unwrap();
    assert!(host.media.find(&hash).await.is_none());
}

#[tokio::test]
async fn redirects_are_checked_like_first_addresses() {
    let host = Host::start().await;
    for bad in ["home", "metadata", "file"] {
        let refused = host.fetch(bad).await;
        assert!(matches!(refused, Err(MediaError::NotAllowed(_))), "{bad}: {refused:?}");
    }
    assert!(matches!(host.fetch("circle").await, Err(MediaError::Redirects)));
    assert_eq!(host.files(), 0);
}

#[tokio::test]
async fn what_is_not_a_picture_or_has_no_end_is_not_kept() {
    let host = Host::start().await;
    for bad in ["script", "svg"] {
        let refused = host.fetch(bad).await;
        assert!(matches!(refused, Err(MediaError::WrongKind { .. })), "{bad}: {refused:?}");
    }
    assert!(matches!(host.fetch("empty").await, Err(MediaError::Empty)));
    assert!(matches!(host.fetch("expired").await, Err(MediaError::Status(403))));
    assert!(matches!(host.fetch("endless").await, Err(MediaError::TooLarge(PICTURE))));
    let small = host.media.fetch(Want::new(&format!("{}/png", host.origin), FileKind::Picture, 50)).await;
    assert!(matches!(small, Err(MediaError::TooLarge(50))));
    assert_eq!(host.files(), 0, "nothing is left half written");
}

#[tokio::test]
async fn names_that_are_no_hashes_lead_nowhere() {
    let host = Host::start().await;
    let hash = host.fetch("png").await.unwrap();
    let up = format!("../{}", &hash[3..]);
    for bad in ["", "..", "../../etc/passwd", &hash[..63], &hash.to_uppercase(), &up, &format!("{hash}0")] {
        assert!(host.media.find(bad).await.is_none(), "{bad}");
        host.media.remove(bad).await.unwrap();
    }
    assert!(host.media.find(&hash).await.is_some());
}

#[tokio::test]
async fn a_crash_leaves_no_rubbish_and_age_is_told() {
    let host = Host::start().await;
    let old = host.fetch("png").await.unwrap();
    let path = host.media.find(&old).await.unwrap().1;
    let day = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(day).unwrap();
    host.fetch("other").await.unwrap();
    assert_eq!(host.media.kept_before(Timestamp(2_000_000_000)).await.unwrap(), [old]);

    let folder = host.folder.path().join("media");
    std::fs::write(folder.join("unfinished/half"), b"x").unwrap();
    Media::open(folder, &Hosts::default()).await.unwrap();
    assert_eq!(host.files(), 2);
}

#[tokio::test]
async fn what_is_on_screen_is_known_for_an_hour() {
    let host = Host::start().await;
    host.media.shown("a", Timestamp(0));
    host.media.shown("b", Timestamp(HOUR / 2));
    let mut seen = host.media.on_screen(Timestamp(HOUR - 1));
    seen.sort();
    assert_eq!(seen, ["a", "b"]);
    assert_eq!(host.media.on_screen(Timestamp(HOUR)), ["b"]);
}

#[tokio::test]
async fn without_a_simulator_loopback_is_never_asked() {
    let host = Host::start().await;
    let folder = tempfile::tempdir().unwrap();
    let strict = Media::open(folder.path().join("m"), &Hosts::default()).await.unwrap();
    let refused = strict.fetch_picture(&format!("{}/png?loopback", host.origin)).await;
    assert!(matches!(refused, Err(MediaError::NotAllowed(NotAllowed::Insecure))), "{refused:?}");
}
