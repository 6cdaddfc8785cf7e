//! Lists in pages. A cursor is Meta's, never made by us, and only handed back to the host it came from
//! (graph-api 0): of `next` we keep the cursor, and nothing else it carries.

use super::{
    Error, Graph,
    client::{Call, Host},
    delivery::values::{list, object, text},
};
use crate::vault::Secret;
use serde_json::{Map, Value};
use url::Url;

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub data: Vec<T>,
    /// Give it back as `after`; `None` = the end. An empty page may have one.
    pub next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { data: Vec::new(), next: None }
    }
}

/// The cursor of the page after `of`; `origin` is the host that answered.
pub(crate) fn next(of: &Map<String, Value>, origin: &str) -> Option<String> {
    let paging = object(of, "paging")?;
    let link = Url::parse(&text(paging, "next")?).ok()?;
    if Url::parse(origin).ok()?.origin() != link.origin() {
        tracing::warn!("a list's next page is on another host; the list ends here");
        return None;
    }
    object(paging, "cursors")
        .and_then(|c| text(c, "after"))
        .or_else(|| link.query_pairs().find(|(k, _)| k == "after").map(|(_, v)| v.into_owned()))
}

/// Reads a page, leaving out what `read` cannot use.
pub(crate) fn page<T>(
    of: &Map<String, Value>,
    origin: &str,
    read: impl FnMut(&Map<String, Value>) -> Option<T>,
) -> Page<T> {
    Page {
        data: list(of, "data").iter().filter_map(Value::as_object).filter_map(read).collect(),
        next: next(of, origin),
    }
}

/// Most pages that [`all`] walks.
const MOST: usize = 20;

impl Graph {
    /// Every member of a short list, page by page.
    pub(crate) async fn all(
        &self,
        host: Host,
        path: [&str; 2],
        fields: &str,
        token: &Secret,
        proof: Option<&str>,
    ) -> Result<Vec<Map<String, Value>>, Error> {
        let (mut members, mut after) = (Vec::new(), None::<String>);
        for _ in 0..MOST {
            let call = Call::get(host, path)
                .with("fields", fields)
                .with("limit", "100")
                .maybe("after", after.as_deref())
                .maybe("appsecret_proof", proof);
            let answer = self.ask(call, Some(token)).await?;
            let Some(answer) = answer.as_object() else { break };
            let page = page(answer, self.origin(host), |m| Some(m.clone()));
            members.extend(page.data);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(members)
    }
}
