//! What Meta's permissions mean for an inbox, in a few words each (graph-api a.6).

use heliograph_model::Login;

/// What a scope is for; empty for one this inbox does not use.
#[must_use]
pub fn meaning(scope: &str) -> &'static str {
    match scope {
        "pages_show_list" => "See which Pages you manage",
        "pages_messaging" => "Read and answer Messenger",
        "pages_manage_metadata" => "Receive webhooks",
        "pages_read_engagement" => "Read the Page and what belongs to it",
        "pages_read_user_content" => "Read comments of visitors",
        "pages_manage_engagement" => "Answer comments",
        "business_management" => "See Pages that a business owns",
        "instagram_basic" | "instagram_business_basic" => "See the Instagram account",
        "instagram_manage_messages" | "instagram_business_manage_messages" => {
            "Read and answer Instagram messages"
        }
        "instagram_manage_comments" | "instagram_business_manage_comments" => "Read and answer comments",
        "instagram_manage_insights" | "instagram_business_manage_insights" | "read_insights" => {
            "Read figures"
        }
        "whatsapp_business_messaging" => "Send and receive WhatsApp messages",
        "whatsapp_business_management" => "See the number and its account",
        _ => "",
    }
}

/// What a token of this login should carry.
#[must_use]
pub const fn wanted(login: Login) -> &'static [&'static str] {
    match login {
        Login::FacebookPage => &[
            "pages_show_list",
            "pages_messaging",
            "pages_manage_metadata",
            "pages_read_engagement",
            "instagram_basic",
            "instagram_manage_messages",
        ],
        Login::InstagramLogin => &["instagram_business_basic", "instagram_business_manage_messages"],
        Login::WhatsAppCloud => &["whatsapp_business_messaging", "whatsapp_business_management"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wanted_scope_is_explained() {
        for login in Login::ALL {
            for scope in wanted(login) {
                assert!(!meaning(scope).is_empty(), "{scope}");
            }
        }
    }
}
