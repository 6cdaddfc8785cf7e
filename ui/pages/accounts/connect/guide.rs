//! Which token a login needs and where it comes from, in Meta's own names for its pages; and what a pasted
//! text looks like before anybody is asked about it.

use heliograph_model::{Channel, Login};

/// The words of one login.
pub struct Guide {
    pub login: Login,
    pub title: &'static str,
    pub channels: &'static [Channel],
    pub says: &'static str,
    /// The label of the token field.
    pub token: &'static str,
    /// What kind of token.
    pub kind: &'static str,
    pub placeholder: &'static str,
    pub steps: &'static [Step],
    /// Whether signing in with an own app can work from a computer (graph-api a.3, a.5).
    pub sign_in: bool,
    /// What to know before signing in with an own app.
    pub sign_in_says: &'static str,
    /// What the app's id and secret are called in the dashboard.
    pub app: (&'static str, &'static str),
    /// What is mostly wrong when a token reaches nothing.
    pub nothing: &'static str,
}

/// One step of the way to a token.
pub struct Step {
    pub text: &'static str,
    /// A page of Meta's: words and address.
    pub link: Option<(&'static str, &'static str)>,
}

const fn step(text: &'static str) -> Step {
    Step { text, link: None }
}

const fn at(text: &'static str, label: &'static str, url: &'static str) -> Step {
    Step { text, link: Some((label, url)) }
}

static PAGE: Guide = Guide {
    login: Login::FacebookPage,
    title: "Facebook Page",
    channels: &[Channel::Messenger, Channel::Instagram],
    says: "Messenger, and the Instagram account linked to the Page",
    token: "Page or user access token",
    kind: "A Page token connects that Page. A user token reaches every Page you manage.",
    placeholder: "EAA…",
    steps: &[
        at(
            "Open the Graph API Explorer and choose your app.",
            "Graph API Explorer",
            "https://developers.facebook.com/tools/explorer/",
        ),
        step("Add the permissions below and press Generate Access Token."),
        step("Under User or Page choose your Page, or keep the user token to pick from all your Pages."),
        step("Copy the token and paste it here."),
    ],
    sign_in: true,
    sign_in_says: "A browser can return to this computer only while your app is in development mode. Everybody whose \
                   Page you connect needs a role in the app.",
    app: ("App ID", "App secret"),
    nothing: "Mostly the token lacks pages_show_list, or the Page was not ticked in Meta’s dialog.",
};

static INSTAGRAM: Guide = Guide {
    login: Login::InstagramLogin,
    title: "Instagram",
    channels: &[Channel::Instagram],
    says: "One professional account, without a Facebook Page",
    token: "Instagram user access token",
    kind: "A token of Instagram Login. It begins with IGAA and belongs to one professional account.",
    placeholder: "IGAA…",
    steps: &[
        at(
            "Open your app in the dashboard: Instagram, then API setup with Instagram login.",
            "App dashboard",
            "https://developers.facebook.com/apps/",
        ),
        step("Under Generate access tokens add your professional account."),
        step("Press Generate token beside it and sign in."),
        step("Copy the token and paste it here."),
    ],
    sign_in: true,
    sign_in_says: "Instagram returns only to https addresses that are registered in the app. You bring back where you \
                   landed; the token is then made to last sixty days and renewed every week.",
    app: ("Instagram app ID", "Instagram app secret"),
    nothing: "Mostly the account is personal. Switch it to a professional account in the Instagram app.",
};

static WHATSAPP: Guide = Guide {
    login: Login::WhatsAppCloud,
    title: "WhatsApp",
    channels: &[Channel::WhatsApp],
    says: "Business numbers on the WhatsApp Cloud API",
    token: "System user access token",
    kind: "A token of a system user in your business. It need not end.",
    placeholder: "EAA…",
    steps: &[
        at(
            "Open Business settings, Users, System users, and add an admin system user.",
            "Business settings",
            "https://business.facebook.com/settings/system-users",
        ),
        step("Assign it your app and your WhatsApp account with full control."),
        step("Press Generate token, choose the app and the permissions below; choose Never for its end."),
        step("Copy the token and paste it here."),
    ],
    sign_in: false,
    sign_in_says: "",
    app: ("App ID", "App secret"),
    nothing: "Mostly the WhatsApp account was not assigned to the system user.",
};

/// The guide of a login.
#[must_use]
pub const fn guide(login: Login) -> &'static Guide {
    match login {
        Login::FacebookPage => &PAGE,
        Login::InstagramLogin => &INSTAGRAM,
        Login::WhatsAppCloud => &WHATSAPP,
    }
}

/// Takes away what copying adds: quotes, line breaks, blanks, invisible marks. A token holds none of them.
#[must_use]
pub fn clean(token: &str) -> String {
    token.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`')).collect()
}

/// What a pasted text seems to be, where that is worth a word. A guess: nothing is refused for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// A token of another login.
    Belongs(Login),
    /// `{app id}|{app secret}`: reaches no account.
    AppToken,
    /// A web address or a sentence.
    NoToken,
}

/// Judges a pasted text by its shape (graph-api a.1, a.2).
#[must_use]
pub fn looks(token: &str, login: Login) -> Option<Looks> {
    let token = clean(token);
    if token.contains("://") || token.contains('@') {
        return Some(Looks::NoToken);
    }
    if token.split_once('|').is_some_and(|(id, _)| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())) {
        return Some(Looks::AppToken);
    }
    let instagram = token.starts_with("IGAA") || token.starts_with("IGQ");
    match login {
        Login::InstagramLogin if token.starts_with("EAA") => Some(Looks::Belongs(Login::FacebookPage)),
        Login::FacebookPage | Login::WhatsAppCloud if instagram => {
            Some(Looks::Belongs(Login::InstagramLogin))
        }
        _ => None,
    }
}

impl Looks {
    /// The word about it.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Belongs(login) => format!("This looks like a token for {}.", guide(login).title),
            Self::AppToken => "This is an app token: it names the app itself and reaches no account.".into(),
            Self::NoToken => {
                "This does not look like a token. It is one long word of letters and digits.".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_copying_added_is_taken_away() {
        assert_eq!(clean(" \"EAAB\u{200b}x\ny\u{a0}z\" \r\n"), "EAABxyz");
        assert_eq!(clean("123|abc-_"), "123|abc-_");
    }

    #[test]
    fn a_token_of_another_login_is_recognised() {
        let page = Login::FacebookPage;
        assert_eq!(looks("IGAAxyz", page), Some(Looks::Belongs(Login::InstagramLogin)));
        assert_eq!(looks("EAAxyz", Login::InstagramLogin), Some(Looks::Belongs(page)));
        assert_eq!(looks("EAAxyz", page), None);
        assert_eq!(looks("EAAxyz", Login::WhatsAppCloud), None, "these two look alike");
        assert_eq!(looks("1517776481860111|secret", page), Some(Looks::AppToken));
        assert_eq!(looks("https://developers.facebook.com", page), Some(Looks::NoToken));
        assert_eq!(looks("", page), None);
        assert_eq!(looks("sim-token-42", page), None, "an unknown shape is Meta's to judge");
    }

    #[test]
    fn every_login_has_its_own_guide() {
        for login in Login::ALL {
            let guide = guide(login);
            assert_eq!(guide.login, login);
            assert!(!guide.channels.is_empty() && !guide.steps.is_empty());
            assert!(guide.steps.iter().filter_map(|s| s.link).all(|(_, url)| crate::ipc::may_open(url)));
        }
    }
}
