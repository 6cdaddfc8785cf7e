//! What of an account is worth a notification: a sign-in that died, grave news from Meta, an end that comes near; and
//! when one that stands is over. Pure: it shows nothing itself.

use heliograph_model::{Account, DAY, Ending, HOUR, Timestamp};

/// What to do about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A notification with these words.
    Say(String),
    /// What was said is over.
    Over,
    Nothing,
}

/// What is new about an account. `before`: as it was when last looked at.
pub fn of(before: Option<&Account>, now: &Account) -> News {
    let (was, is) = (before.map(|a| &a.health), &now.health);
    let known = was.and_then(|h| h.problem.as_ref()).map(|p| p.code);
    if let Some(problem) = &is.problem {
        let new = known != Some(problem.code) || was.is_some_and(|h| h.fault != is.fault);
        return match is.fault {
            _ if !new => News::Nothing,
            Some(fault) => News::Say(format!("{}. {}", fault.title(), fault.helps())),
            None => News::Say(problem.message.clone()),
        };
    }
    let seen = was.and_then(|h| h.alert.as_ref());
    match &is.alert {
        Some(alert) if seen != Some(alert) => News::Say(format!("Meta says: {}", alert.words)),
        None if known.is_some() || seen.is_some() => News::Over,
        Some(_) if known.is_some() => News::Over,
        _ => News::Nothing,
    }
}

/// The words about an end that comes near; `None` = it has come.
pub fn ending(of: Ending, now: Timestamp) -> Option<String> {
    let what = if of.of_data { "Its access to personal data ends" } else { "Its sign-in ends" };
    let when = match now.until(of.at) {
        ..=0 => return None,
        left if left < HOUR => "within the hour".to_owned(),
        left if left < 2 * DAY => format!("in {} hours", left / HOUR),
        left => format!("in {} days", left / DAY),
    };
    Some(format!("{what} {when}. Sign in again to keep receiving."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{
        AccountEvent, AccountId, Channel, Code, Health, Import, Login, MetaAccountId, Problem, SignInFault,
    };

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn shop(health: Health) -> Account {
        Account {
            id: AccountId(1),
            channel: Channel::WhatsApp,
            login: Login::WhatsAppCloud,
            meta_id: MetaAccountId("1".into()),
            name: "Shop".into(),
            handle: String::new(),
            picture: None,
            demo: false,
            health,
            import: Import::default(),
        }
    }

    fn dead(fault: SignInFault) -> Account {
        let mut health = Health::default();
        health.trouble(Problem::new(Code::SignInAgain, "Meta's words"), Some(fault), NOW);
        shop(health)
    }

    fn warned(words: &str) -> Account {
        let alert = AccountEvent { at: NOW, name: "account_update".into(), words: words.into(), grave: true };
        shop(Health { alert: Some(alert), ..Health::default() })
    }

    #[test]
    fn a_sign_in_that_dies_is_told_once_and_again_when_it_dies_otherwise() {
        let well = shop(Health::default());
        let News::Say(words) = of(Some(&well), &dead(SignInFault::PasswordChanged)) else { panic!() };
        assert!(words.starts_with("The password was changed. "), "{words}");
        let sick = dead(SignInFault::PasswordChanged);
        assert_eq!(of(Some(&sick), &sick), News::Nothing);
        assert!(matches!(of(Some(&sick), &dead(SignInFault::Revoked)), News::Say(_)));
        assert_eq!(of(Some(&sick), &well), News::Over, "a notification that is over goes");
        assert_eq!(of(Some(&well), &well), News::Nothing);
    }

    #[test]
    fn grave_news_of_metas_are_told_once_each() {
        let well = shop(Health::default());
        let restricted = warned("Account: account restriction");
        let words = "Meta says: Account: account restriction".to_owned();
        assert_eq!(of(Some(&well), &restricted), News::Say(words));
        assert_eq!(of(Some(&restricted), &restricted), News::Nothing);
        assert!(matches!(of(Some(&restricted), &warned("Account: account deleted")), News::Say(_)));
        assert_eq!(of(Some(&restricted), &well), News::Over, "somebody has seen it");
    }

    #[test]
    fn an_end_is_told_in_its_nearest_unit() {
        let end =
            |left: i64, of_data| ending(Ending { at: NOW.plus(left), of_data }, NOW).unwrap_or_default();
        assert_eq!(end(7 * DAY, false), "Its sign-in ends in 7 days. Sign in again to keep receiving.");
        assert_eq!(end(DAY, false), "Its sign-in ends in 24 hours. Sign in again to keep receiving.");
        assert!(end(HOUR / 2, true).starts_with("Its access to personal data ends within the hour."));
        assert_eq!(end(-1, false), "");
    }
}
