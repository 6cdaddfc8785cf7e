//! The usage headers (graph-api k.5) and the pace of the Conversations API.

use crate::world::Channel;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How much of Meta's patience is used up.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Told instead of what was counted, in percent.
    pub percent: Option<u8>,
    calls: HashMap<String, u64>,
    /// Recent conversation calls per account.
    recent: HashMap<String, Vec<Instant>>,
}

impl Usage {
    /// Counts a call of an account, or of none in particular; returns the headers. `percent` overrides.
    pub fn headers(
        &mut self,
        of: Option<(&str, Channel)>,
        percent: Option<u8>,
    ) -> Vec<(&'static str, String)> {
        let account = of.map_or_else(String::new, |(account, _)| account.to_owned());
        let calls = self.calls.entry(account).or_default();
        *calls += 1;
        let counted = (*calls / 40).min(35) as u8;
        let percent = percent.or(self.percent).unwrap_or(counted);
        let app = json!({ "call_count": percent, "total_time": percent / 3, "total_cputime": percent / 4 });
        let mut headers = vec![("x-app-usage", app.to_string())];
        let Some((account, channel)) = of else {
            return headers;
        };
        let kind = match channel {
            Channel::Instagram => "instagram",
            Channel::Messenger => "messenger",
            Channel::WhatsApp => "whatsapp",
        };
        let regain = if percent >= 100 { 5 } else { 0 };
        let business = json!({ account: [{
            "type": kind, "call_count": percent, "total_cputime": percent / 4, "total_time": percent / 3,
            "estimated_time_to_regain_access": regain,
        }] });
        headers.push(("x-business-use-case-usage", business.to_string()));
        headers
    }

    /// Whether the account may make one more conversation call in this second of two.
    pub fn may_converse(&mut self, account: &str) -> bool {
        let recent = self.recent.entry(account.to_owned()).or_default();
        recent.retain(|at| at.elapsed() < Duration::from_secs(1));
        let may = recent.len() < 2;
        if may {
            recent.push(Instant::now());
        }
        may
    }
}
