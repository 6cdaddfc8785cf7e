//! Meta's error object (graph-api k.1) and the errors this Meta gives.

use serde_json::{Value, json};

/// One refusal, with the HTTP status it travels with.
#[derive(Debug, Clone)]
pub(crate) struct GraphError {
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub message: String,
    kind: &'static str,
    user: Option<&'static (&'static str, &'static str)>,
    transient: Option<bool>,
    details: Option<Box<str>>,
}

impl GraphError {
    /// An error of `code`; the status follows graph-api k.4.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        let status = match code {
            190 | 0 => 401,
            10 | 200..=299 | 368 => 403,
            2 => 503,
            1 | 3 => 500,
            _ => 400,
        };
        Self {
            status,
            code,
            subcode: None,
            message: message.into(),
            kind: "OAuthException",
            user: None,
            transient: None,
            details: None,
        }
    }

    pub fn sub(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn transient(mut self, transient: bool) -> Self {
        self.transient = Some(transient);
        self
    }

    /// Title and text for the person in front.
    pub fn user(mut self, words: &'static (&'static str, &'static str)) -> Self {
        self.user = Some(words);
        self
    }

    /// WhatsApp's way to say more.
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into().into_boxed_str());
        self
    }

    /// (#100) about a parameter.
    pub fn param(message: impl AsRef<str>) -> Self {
        Self::new(100, format!("(#100) {}", message.as_ref()))
    }

    /// An object that is not there, or not for this token: 100/33.
    pub fn missing(method: &str, id: &str) -> Self {
        Self::new(
            100,
            format!(
                "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation. Please read the Graph API documentation at \
                 https://developers.facebook.com/docs/graph-api",
                method.to_lowercase()
            ),
        )
        .sub(33)
        .kind("GraphMethodException")
    }

    /// A path that means nothing.
    pub fn unknown_path(path: &str) -> Self {
        Self::new(2500, format!("Unknown path components: /{path}"))
    }

    /// The body as Meta writes it.
    pub fn body(&self, trace: &str) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind, "code": self.code });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(transient) = self.transient {
            error["is_transient"] = json!(transient);
        }
        if let Some((title, message)) = self.user {
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(message);
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        }
        error["fbtrace_id"] = json!(trace);
        json!({ "error": error })
    }
}
