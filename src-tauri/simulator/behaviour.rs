//! How Meta behaves as a sender of webhooks, and what became of what it sent.

/// Where deliveries go and the secret that signs them.
#[derive(Debug, Clone)]
pub struct WebhookTarget {
    pub url: String,
    pub secret: String,
}

/// How Meta behaves as a sender. The default is a good day: one event a body, in order, once.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default)]
pub struct WebhookBehaviour {
    /// Events in one body, at most.
    pub batch: usize,
    /// Every n-th body is delivered twice; 0 = none.
    pub duplicate_every: u64,
    /// Events of a moment change places.
    pub reorder: bool,
    /// Milliseconds before a first attempt.
    pub delay_ms: u64,
    /// Every n-th body is never delivered; 0 = none.
    pub drop_every: u64,
    /// Every n-th body is delivered twice in another way: an earlier one comes once more, long after it was answered;
    /// 0 = none.
    pub repeat_every: u64,
    /// First attempts under way at once; 1 keeps the order.
    pub parallel: usize,
    /// Attempts per body before Meta gives up; the gap starts at 100 ms and doubles up to 3.2 s.
    pub attempts: u32,
}

impl Default for WebhookBehaviour {
    fn default() -> Self {
        Self {
            batch: 1,
            duplicate_every: 0,
            reorder: false,
            delay_ms: 0,
            drop_every: 0,
            repeat_every: 0,
            parallel: 1,
            attempts: 60,
        }
    }
}

/// What became of the deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct WebhookStats {
    /// Events not yet answered 200, dropped or given up.
    pub pending: u64,
    /// Events answered 200.
    pub delivered: u64,
    /// Bodies answered 200, duplicates included.
    pub bodies: u64,
    /// Requests made.
    pub attempts: u64,
    /// Requests answered otherwise than 200.
    pub refused: u64,
    /// Requests without an answer.
    pub unreachable: u64,
    /// Bodies sent a second time.
    pub duplicates: u64,
    /// Events never sent.
    pub dropped: u64,
    /// Events given up after all attempts.
    pub given_up: u64,
    /// The last answer.
    pub last_status: Option<u16>,
}

/// An event that no webhook told.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Untold {
    /// The entry's id: Instagram account, Page or WABA.
    pub entry: String,
    /// "messaging", "standby" or the field of a change.
    pub field: String,
    /// As the entry would have carried it.
    pub told: serde_json::Value,
}
