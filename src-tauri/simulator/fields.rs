//! `fields=a,b{c,d},edge.limit(5){…}`: what a caller wants of a node (graph-api 0).

use crate::error::GraphError;
use serde_json::{Map, Value};

/// One wanted field with its arguments and what is wanted inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub name: String,
    pub args: Vec<(String, String)>,
    pub inner: Vec<Field>,
}

impl Field {
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Reads a `fields` parameter; a comma list with braces and arguments.
pub(crate) fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    let mut rest = text;
    let fields = list(&mut rest, 0)?;
    if rest.is_empty() { Ok(fields) } else { Err(syntax(text, rest)) }
}

fn list(rest: &mut &str, depth: u8) -> Result<Vec<Field>, GraphError> {
    let mut fields = Vec::new();
    if depth > 8 {
        return Err(syntax(rest, rest));
    }
    loop {
        *rest = rest.trim_start();
        let name = word(rest);
        if name.is_empty() {
            return if fields.is_empty() { Ok(fields) } else { Err(syntax(rest, rest)) };
        }
        let mut field = Field { name: name.to_owned(), args: Vec::new(), inner: Vec::new() };
        while let Some(after) = rest.strip_prefix('.') {
            *rest = after;
            let arg = word(rest).to_owned();
            let Some((value, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) else {
                return Err(syntax(rest, rest));
            };
            field.args.push((arg, value.to_owned()));
            *rest = after;
        }
        if let Some(after) = rest.strip_prefix('{') {
            *rest = after;
            field.inner = list(rest, depth + 1)?;
            *rest = rest.trim_start().strip_prefix('}').ok_or_else(|| syntax(rest, rest))?;
        }
        fields.push(field);
        *rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Ok(fields),
        }
    }
}

fn word<'t>(rest: &mut &'t str) -> &'t str {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after;
    word
}

fn syntax(text: &str, at: &str) -> GraphError {
    let shown: String = at.chars().take(20).collect();
    let _ = text;
    GraphError::new(
        2500,
        format!("Syntax error \"Expected end of string instead of \"{shown}\".\" in fields"),
    )
}

/// Builds a node from the wanted fields: `id` always, then whatever `give` knows. `None` from `give` leaves the
/// field out; a name not in `known` is refused as Meta does.
pub(crate) fn project(
    node: &str,
    id: &str,
    known: &[&str],
    wanted: &[Field],
    mut give: impl FnMut(&Field) -> Result<Option<Value>, GraphError>,
) -> Result<Value, GraphError> {
    let mut object = Map::new();
    for field in wanted {
        if field.name == "id" {
            continue;
        }
        if !known.contains(&field.name.as_str()) {
            return Err(GraphError::param(format!(
                "Tried accessing nonexisting field ({}) on node type ({node})",
                field.name
            )));
        }
        if let Some(value) = give(field)? {
            object.insert(field.name.clone(), value);
        }
    }
    object.insert("id".to_owned(), Value::from(id));
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_with_arguments_are_read() {
        let fields = parse("id,participants,messages.limit(3).after(QX){id,from{id}}").unwrap();
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[2].arg("limit"), Some("3"));
        assert_eq!(fields[2].arg("after"), Some("QX"));
        assert_eq!(fields[2].inner[1].inner[0].name, "id");
    }

    #[test]
    fn broken_fields_are_refused() {
        for text in ["id,messages{id", "id}", "id,,name", "a.limit", "a.limit(3", "ü"] {
            assert_eq!(parse(text).map_err(|e| e.code), Err(2500), "{text}");
        }
        assert!(parse("").unwrap().is_empty());
    }
}
