//! One request as the Graph API reads it, and one answer.

use crate::error::GraphError;
use crate::paging::Link;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The hosts this Meta answers for; as first part of a path they make it as strict as the host is.
const HOSTS: [&str; 5] = [
    "graph.facebook.com",
    "graph.instagram.com",
    "api.instagram.com",
    "www.facebook.com",
    "www.instagram.com",
];

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: Method,
    /// The host, where the path named one.
    pub host: Option<&'static str>,
    pub version: Option<String>,
    /// Without host and version.
    pub path: Vec<String>,
    /// Query and form, and whatever is simple in a JSON body.
    pub params: HashMap<String, String>,
    /// The query as it came, for the links of a page.
    query: Vec<(String, String)>,
    json: Map<String, Value>,
    pub body: Bytes,
    pub bearer: Option<String>,
    /// Files of a multipart body.
    files: Vec<(String, Part)>,
}

/// A file in a multipart body.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub mime: String,
    pub bytes: Bytes,
}

impl Call {
    pub fn read(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let mut path: Vec<String> = uri.path().split('/').filter(|p| !p.is_empty()).map(decoded).collect();
        let host = path.first().and_then(|first| HOSTS.into_iter().find(|h| h == first));
        if host.is_some() {
            path.remove(0);
        }
        let version = path.first().filter(|p| is_version(p)).cloned();
        if version.is_some() {
            path.remove(0);
        }
        let query = pairs(uri.query().unwrap_or_default().as_bytes());
        let mut params: HashMap<String, String> = query.iter().cloned().collect();
        let mut json = Map::new();
        let mut files = Vec::new();
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            params.extend(pairs(&body));
        } else if let Some(boundary) = kind.strip_prefix("multipart/form-data").and_then(boundary_of) {
            for (name, mime, content) in parts_of(&body, &boundary) {
                match mime {
                    Some(mime) => files.push((name, Part { mime, bytes: content })),
                    None => drop(params.insert(name, String::from_utf8_lossy(&content).into_owned())),
                }
            }
        } else if let Ok(Value::Object(object)) = serde_json::from_slice(&body) {
            for (name, value) in &object {
                match value {
                    Value::String(text) => drop(params.insert(name.clone(), text.clone())),
                    Value::Number(_) | Value::Bool(_) => drop(params.insert(name.clone(), value.to_string())),
                    _ => {}
                }
            }
            json = object;
        }
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("OAuth ")))
            .map(str::to_owned);
        Self { method, host, version, path, params, query, json, body, bearer, files }
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// Every parameter, by name.
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter that must be there.
    pub fn need(&self, name: &str) -> Result<&str, GraphError> {
        self.param(name)
            .filter(|v| !v.is_empty())
            .ok_or_else(|| GraphError::param(format!("The parameter {name} is required")))
    }

    /// A nested value: from a JSON body, or a form field that holds JSON.
    pub fn value(&self, name: &str) -> Option<Value> {
        let nested = self.json.get(name).cloned();
        nested.or_else(|| serde_json::from_str(self.param(name)?).ok())
    }

    /// A file of a multipart body.
    pub fn part(&self, name: &str) -> Option<Part> {
        self.files.iter().find(|(n, _)| n == name).map(|(_, part)| part.clone())
    }

    pub fn token(&self) -> Option<&str> {
        self.bearer.as_deref().or_else(|| self.param("access_token"))
    }

    pub fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The start of links to `node`, with this call's parameters.
    pub fn link(&self, origin: &str, node: &str) -> Link {
        let mut params = self.query.clone();
        if let Some(token) = self.token().filter(|_| self.param("access_token").is_none()) {
            params.push(("access_token".to_owned(), token.to_owned()));
        }
        Link { base: format!("{}/{node}", self.base(origin)), params }
    }

    fn base(&self, origin: &str) -> String {
        let host = self.host.map(|h| format!("/{h}")).unwrap_or_default();
        format!("{origin}{host}/{}", self.version.as_deref().unwrap_or("v26.0"))
    }

    /// What faults are matched against. Signs (seen, typing) go to the address of messages: they say "sign", the rest "said".
    pub fn words(&self) -> String {
        let sign = self.param("sender_action").is_some() || self.param("status") == Some("read");
        let what = match (self.path.last().map(String::as_str), self.method.as_str()) {
            (Some("messages"), "POST") if sign => " sign",
            (Some("messages"), "POST") => " said",
            _ => "",
        };
        format!("{} /{}{what}", self.method, self.path.join("/"))
    }
}

/// The boundary that a content type names.
fn boundary_of(rest: &str) -> Option<String> {
    let named = rest.split(';').find_map(|p| p.trim().strip_prefix("boundary="))?;
    Some(named.trim_matches('"').to_owned())
}

/// Name, type where it is a file, and content of each part.
fn parts_of(body: &Bytes, boundary: &str) -> Vec<(String, Option<String>, Bytes)> {
    let line = format!("--{boundary}");
    let mut starts = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&body[from..], line.as_bytes()) {
        starts.push(from + at);
        from += at + line.len();
    }
    let mut parts = Vec::new();
    for pair in starts.windows(2) {
        let whole = body.slice(pair[0] + line.len()..pair[1]);
        let Some(end) = find(&whole, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&whole[..end]).into_owned();
        let content = whole.slice(end + 4..whole.len().saturating_sub(2).max(end + 4));
        let value = |key: &str| {
            let at = head.find(&format!("{key}=\""))? + key.len() + 2;
            head[at..].split('"').next().map(str::to_owned)
        };
        let mime = head.lines().find_map(|l| {
            let (name, mime) = l.split_once(':')?;
            name.eq_ignore_ascii_case("content-type").then(|| mime.trim().to_owned())
        });
        if let Some(name) = value(" name") {
            parts.push((name, mime, content));
        }
    }
    parts
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|v| {
        v.split_once('.').is_some_and(|(a, b)| {
            !a.is_empty() && !b.is_empty() && (a.to_owned() + b).bytes().all(|c| c.is_ascii_digit())
        })
    })
}

/// Percent signs resolved; anything else stays.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// What goes back.
#[derive(Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    Page(u16, String),
    Text(u16, String),
    Bytes { mime: &'static str, bytes: Bytes },
    Redirect(String),
}

impl Reply {
    pub fn text(status: u16, text: &str) -> Self {
        Self::Text(status, text.to_owned())
    }

    pub fn html(status: u16, page: &str) -> Self {
        Self::Page(status, page.to_owned())
    }

    /// `{"success":true}`.
    pub fn success() -> Self {
        Self::Json(200, serde_json::json!({ "success": true }))
    }

    pub fn into_response(self) -> Response<Body> {
        let (status, mime, body) = match self {
            Self::Json(status, value) => {
                (status, "application/json; charset=UTF-8", Body::from(crate::escape::meta(&value)))
            }
            Self::Page(status, page) => (status, "text/html; charset=utf-8", Body::from(page)),
            Self::Text(status, text) => (status, "text/plain; charset=utf-8", Body::from(text)),
            Self::Bytes { mime, bytes } => (200, mime, Body::from(bytes)),
            Self::Redirect(to) => return redirect(&to),
        };
        respond(status, mime, body)
    }
}

/// A response of these three; never fails, since all are checked.
pub(crate) fn respond(status: u16, mime: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(mime));
    response
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = respond(302, "text/plain; charset=utf-8", Body::empty());
    match header::HeaderValue::from_str(to) {
        Ok(to) => drop(response.headers_mut().insert(header::LOCATION, to)),
        Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    response
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self::Json(200, value)
    }
}
