//! The port of this computer that a browser comes back to after a sign-in, by itself or from the page at the
//! registered address. It takes the return of one sign-in and answers nothing else.

use crate::{
    graph::{Gift, Landing},
    model::{Code, Problem},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Longest request line that is read, in bytes.
const LIMIT: usize = 16 * 1024;
const PATH: &str = "/signed-in";

/// An open port.
pub(super) struct Returns {
    listener: TcpListener,
    pub port: u16,
}

impl Returns {
    /// Opens any port that is free, on this computer only.
    pub async fn open() -> Result<Self, Problem> {
        let none = |e: std::io::Error| {
            Problem::new(Code::Internal, format!("No local port is free for the browser to return to: {e}."))
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(none)?;
        let port = listener.local_addr().map_err(none)?.port();
        Ok(Self { listener, port })
    }

    /// Its address as Meta takes it: http only on "localhost", while the app is in development mode (graph-api a.3).
    pub fn address(&self) -> String {
        format!("http://localhost:{}{PATH}", self.port)
    }

    /// The first return whose state is `ours`. Anything else gets a refusal and is not the end: a browser also asks
    /// for an icon.
    pub async fn next(&self, ours: impl Fn(&str) -> bool) -> Landing {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                continue;
            };
            let Some(target) = request_target(&mut stream).await else {
                say(&mut stream, "400 Bad Request", "That could not be read.").await;
                continue;
            };
            let landing = Landing::read(&format!("http://localhost{target}"))
                .filter(|_| target.split('?').next() == Some(PATH))
                .filter(|landing| landing.state.as_deref().is_some_and(&ours));
            let Some(landing) = landing else {
                say(&mut stream, "404 Not Found", "This address only takes the return of a sign-in.").await;
                continue;
            };
            let words = match landing.gift {
                Gift::Refused(_) => "Nothing was connected. You can close this page.",
                _ => "Signed in. Go back to Heliograph and pick your accounts.",
            };
            say(&mut stream, "200 OK", words).await;
            return landing;
        }
    }
}

/// The target of the request line; the rest of the request does not matter.
async fn request_target(stream: &mut TcpStream) -> Option<String> {
    let read = async {
        let mut text = Vec::new();
        let mut chunk = [0; 2048];
        while !text.windows(4).any(|w| w == b"\r\n\r\n") && text.len() < LIMIT {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(n) => text.extend_from_slice(&chunk[..n]),
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut words = text.lines().next()?.split(' ');
        (words.next()? == "GET").then(|| words.next().map(str::to_owned)).flatten()
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), read).await.ok().flatten()
}

async fn say(stream: &mut TcpStream, status: &str, words: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>Heliograph</title><p>{words}</p>");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nReferrer-Policy: \
         no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // The person reads it or not; the sign-in goes on either way.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
