//! Lists in pages: opaque cursors that hold a place, `limit` as an upper bound, the end = no `next`.
//! A cursor belongs to one list; any other is refused with error 100.

use crate::error::GraphError;
use crate::fields::Field;
use crate::ids;
use crate::random::mix2;
use serde_json::{Value, json};

/// A place in a list that is ordered by time and number.
pub(crate) type Place = (i64, u32);

/// What was asked of a list.
#[derive(Debug)]
pub(crate) struct Ask {
    pub limit: usize,
    pub after: Option<Place>,
    pub before: Option<Place>,
}

/// Which list it is: no two share cursors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List(pub u64);

impl List {
    pub const fn new(seed: u64, edge: u64, owner: u64) -> Self {
        Self(mix2(mix2(seed, edge), owner))
    }

    pub fn cursor(self, place: Place) -> String {
        let mut payload = place.0.to_le_bytes().to_vec();
        payload.extend(place.1.to_le_bytes());
        format!("QVFI{}", ids::seal(self.0, &payload, 42))
    }

    fn place(self, cursor: &str) -> Result<Place, GraphError> {
        let opened = cursor.strip_prefix("QVFI").and_then(|c| ids::unseal(self.0, c, 12));
        let place = opened.and_then(|bytes| {
            let (time, number) = bytes.split_first_chunk::<8>()?;
            Some((i64::from_le_bytes(*time), u32::from_le_bytes(number.try_into().ok()?)))
        });
        place.ok_or_else(|| GraphError::param("Invalid cursor: the cursor does not belong to this list"))
    }

    /// Reads `limit`, `after` and `before`, given by `param`.
    pub fn ask<'p>(
        self,
        param: impl Fn(&str) -> Option<&'p str>,
        default: usize,
        most: usize,
    ) -> Result<Ask, GraphError> {
        let limit = match param("limit") {
            None => default,
            Some(text) => match text.parse::<usize>() {
                Ok(0) | Err(_) => {
                    return Err(GraphError::param("Param limit must be an integer greater than 0"));
                }
                Ok(limit) => limit.min(most),
            },
        };
        let place = |name| param(name).filter(|c| !c.is_empty()).map(|c| self.place(c)).transpose();
        Ok(Ask { limit, after: place("after")?, before: place("before")? })
    }
}

/// Where the links of a page point: everything of the request that they repeat.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// `http://…/v26.0/{node}/{edge}`.
    pub base: String,
    pub params: Vec<(String, String)>,
}

impl Link {
    /// The link of a list inside a node, asked by `field`.
    pub fn inner(&self, base: String, field: &Field) -> Self {
        let mut params: Vec<_> =
            self.params.iter().filter(|(name, _)| name == "access_token").cloned().collect();
        if !field.inner.is_empty() {
            params.push(("fields".to_owned(), written(&field.inner)));
        }
        params.extend(field.args.iter().filter(|(n, _)| n == "limit").cloned());
        Self { base, params }
    }

    fn to(&self, name: &str, cursor: &str) -> String {
        let kept = self.params.iter().filter(|(n, _)| n != "after" && n != "before");
        let pairs = kept.map(|(n, v)| (n.as_str(), v.as_str())).chain([(name, cursor)]);
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.base)
    }
}

fn written(fields: &[Field]) -> String {
    let one = |f: &Field| {
        let args: String = f.args.iter().map(|(n, v)| format!(".{n}({v})")).collect();
        let inner = if f.inner.is_empty() { String::new() } else { format!("{{{}}}", written(&f.inner)) };
        format!("{}{args}{inner}", f.name)
    };
    fields.iter().map(one).collect::<Vec<_>>().join(",")
}

/// One page: its rows with their places, and whether there is more on either side.
pub(crate) struct Page {
    pub rows: Vec<(Place, Value)>,
    pub more_after: bool,
    pub more_before: bool,
}

impl Page {
    /// The envelope around the rows.
    pub fn write(self, list: List, link: &Link) -> Value {
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else {
            return json!({ "data": [] });
        };
        let (before, after) = (list.cursor(first.0), list.cursor(last.0));
        let mut paging = json!({ "cursors": { "before": before, "after": after } });
        if self.more_after {
            paging["next"] = json!(link.to("after", &after));
        }
        if self.more_before {
            paging["previous"] = json!(link.to("before", &before));
        }
        let data: Vec<Value> = self.rows.into_iter().map(|(_, row)| row).collect();
        json!({ "data": data, "paging": paging })
    }
}

/// A short list that is always given whole.
pub(crate) fn whole(rows: Vec<Value>) -> Value {
    if rows.is_empty() {
        return json!({ "data": [] });
    }
    json!({ "data": rows, "paging": { "cursors": { "before": "MAZDZD", "after": "MQZDZD" } } })
}
