//! Where media may come from: Meta's CDNs over HTTPS, by name, at public addresses. A simulator's host is
//! the one exception.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
};
use url::{Host, Url};

/// A host that media come from.
struct MediaHost {
    /// This host, or anything below it where a dot leads.
    name: &'static str,
    /// It asks for the account's token (graph-api g.2); no other host is ever shown one.
    wants_token: bool,
}

/// Meta's media hosts (graph-api b, d.3, g.2).
const HOSTS: &[MediaHost] = &[
    MediaHost { name: ".fbcdn.net", wants_token: false },
    MediaHost { name: ".cdninstagram.com", wants_token: false },
    MediaHost { name: "lookaside.fbsbx.com", wants_token: true },
    MediaHost { name: "platform-lookaside.fbsbx.com", wants_token: false },
    MediaHost { name: "scontent.whatsapp.net", wants_token: false },
];

impl MediaHost {
    fn is(&self, name: &str) -> bool {
        if self.name.starts_with('.') { name.ends_with(self.name) } else { name == self.name }
    }
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    #[error("the link is not an address that can be fetched")]
    Address,
    #[error("the link is not HTTPS")]
    Insecure,
    #[error("the link does not lead to one of Meta's media hosts")]
    Host,
    #[error("the link leads to a host that must not see the account's token")]
    Token,
}

/// The rule.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// "127.0.0.1:8080"
    extra: Arc<RwLock<Vec<String>>>,
}

impl Sources {
    pub fn new(extra: &[String]) -> Self {
        Self { extra: Arc::new(RwLock::new(extra.iter().map(|h| h.to_ascii_lowercase()).collect())) }
    }

    /// Lets files come from `host` ("127.0.0.1:8080") too: a demo world's, started while the app runs.
    pub fn allow(&self, host: &str) {
        let mut extra = self.extra.write().unwrap_or_else(PoisonError::into_inner);
        let host = host.to_ascii_lowercase();
        if !extra.contains(&host) {
            extra.push(host);
        }
    }

    /// Refuses every address that is not Meta's.
    pub fn check(&self, url: &Url) -> Result<(), NotAllowed> {
        self.find(url).map(drop)
    }

    /// Refuses every address that must not see a token.
    pub fn check_token(&self, url: &Url) -> Result<(), NotAllowed> {
        match self.find(url)? {
            Some(host) if !host.wants_token => Err(NotAllowed::Token),
            _ => Ok(()),
        }
    }

    /// Meta's host that `url` leads to; `None` = a simulator's.
    fn find(&self, url: &Url) -> Result<Option<&'static MediaHost>, NotAllowed> {
        let host = url.host().ok_or(NotAllowed::Address)?;
        let port = url.port_or_known_default().ok_or(NotAllowed::Address)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed::Address);
        }
        let with_port = format!("{host}:{port}").to_ascii_lowercase();
        let plain = host.to_string().to_ascii_lowercase();
        let extra = self.extra.read().unwrap_or_else(PoisonError::into_inner);
        if extra.iter().any(|e| *e == with_port || (*e == plain && url.port().is_none())) {
            let known = ["http", "https"].contains(&url.scheme());
            return if known { Ok(None) } else { Err(NotAllowed::Address) };
        }
        if url.scheme() != "https" {
            return Err(NotAllowed::Insecure);
        }
        let Host::Domain(name) = host else {
            return Err(NotAllowed::Host);
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let found = HOSTS.iter().find(|host| host.is(&name)).filter(|_| port == 443);
        found.map(Some).ok_or(NotAllowed::Host)
    }

    /// Resolves names to public addresses only, so that a name cannot lead into the local network.
    pub fn resolver(&self) -> Arc<Public> {
        let extra = self.extra.read().unwrap_or_else(PoisonError::into_inner);
        let names = extra.iter().map(|e| e.rsplit_once(':').map_or(e.as_str(), |(name, _)| name).to_owned());
        Arc::new(Public { trusted: names.collect() })
    }
}

/// Resolves like the system, but leaves out private addresses.
#[derive(Debug)]
pub(super) struct Public {
    trusted: Vec<String>,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let trusted = self.trusted.contains(&name.to_ascii_lowercase());
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = all.filter(|a| trusted || is_public(a.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::other("the name leads to a private address").into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is out in the internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => public_v4(ip),
            None => public_v6(ip),
        },
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (18..20).contains(&b);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || benchmark
        || ip.octets()[..3] == [192, 0, 0])
}

fn public_v6(ip: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; NAT64 and 6to4 could hide a private IPv4 address.
    let [first, second, ..] = ip.segments();
    (first & 0xe000) == 0x2000 && first != 0x2002 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), NotAllowed> {
        Sources::new(&["127.0.0.1:8080".into()]).check(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_metas_hosts_over_https_and_the_simulator_are_asked() {
        for good in [
            "https://scontent.xx.fbcdn.net/v/t1.jpg?x=1",
            "https://scontent-fra3-1.cdninstagram.com/a.jpg",
            "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1",
            "https://platform-lookaside.fbsbx.com/platform/profilepic/?psid=1",
            "http://127.0.0.1:8080/media/1",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("http://scontent.xx.fbcdn.net/a", NotAllowed::Insecure),
            ("file:///etc/passwd", NotAllowed::Address),
            ("ftp://127.0.0.1:8080/a", NotAllowed::Address),
            ("https://fbcdn.net.evil.example/a", NotAllowed::Host),
            ("https://evilfbcdn.net/a", NotAllowed::Host),
            ("https://fbsbx.com/a", NotAllowed::Host),
            ("https://lookaside.fbsbx.com:8443/a", NotAllowed::Host),
            ("https://x@lookaside.fbsbx.com/a", NotAllowed::Address),
            ("https://127.0.0.1/a", NotAllowed::Host),
            ("http://127.0.0.1:8081/a", NotAllowed::Insecure),
            ("https://[::1]/a", NotAllowed::Host),
            ("https://169.254.169.254/latest/meta-data", NotAllowed::Host),
        ] {
            assert_eq!(check(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_token_is_shown_only_where_whatsapp_keeps_its_files() {
        let sources = Sources::new(&["127.0.0.1:8080".into()]);
        let check = |url: &str| sources.check_token(&Url::parse(url).unwrap());
        assert_eq!(check("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"), Ok(()));
        assert_eq!(check("http://127.0.0.1:8080/whatsapp_business/attachments/"), Ok(()));
        for other in ["https://scontent.xx.fbcdn.net/a", "https://platform-lookaside.fbsbx.com/a"] {
            assert_eq!(check(other), Err(NotAllowed::Token), "{other}");
        }
        assert_eq!(check("https://evil.example/a"), Err(NotAllowed::Host));
    }

    #[test]
    fn private_addresses_are_not_public_in_any_dress() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["157.240.0.1", "31.13.64.1", "2a03:2880:f10c::1", "::ffff:157.240.0.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
