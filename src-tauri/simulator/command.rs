//! `heliograph-server simulate`: one world until it is told to stop.

use crate::behaviour::WebhookTarget;
use crate::{Error, Options, start};
use serde_json::json;
use std::net::SocketAddr;

/// What the command line says.
#[derive(Debug, Clone)]
pub struct Command {
    pub listen: SocketAddr,
    pub seed: u64,
    pub people: u32,
    pub messages: u32,
    /// Where deliveries go.
    pub webhook: Option<String>,
    /// Signs deliveries; `None` = the simulated app's own secret.
    pub secret: Option<String>,
    /// People keep writing.
    pub busy: bool,
    /// One line of JSON instead of text.
    pub json: bool,
}

/// Runs a simulator until Ctrl+C; prints where it is and how to use it.
///
/// # Errors
/// When it cannot start.
#[expect(clippy::print_stdout, reason = "a command speaks to the person who started it")]
pub async fn run_command(command: Command) -> Result<(), Error> {
    let secret = command.secret.unwrap_or_else(|| crate::seed::apps(command.seed).0.secret);
    let options = Options {
        listen: command.listen,
        seed: command.seed,
        people: command.people,
        messages: command.messages,
        webhook: command.webhook.map(|url| WebhookTarget { url, secret: secret.clone() }),
        start_at_ms: None,
        busy: command.busy,
    };
    let webhook = options.webhook.as_ref().map(|w| w.url.clone());
    let simulator = start(options).await?;
    let (origin, accounts, app) = (simulator.origin(), simulator.accounts(), simulator.app());
    if command.json {
        let line = json!({
            "origin": origin, "accounts": accounts, "app_id": app.0, "app_secret": app.1,
            "instagram_app_id": simulator.instagram_app().0, "instagram_app_secret": simulator.instagram_app().1,
            "user_token": simulator.user_token(), "verify_token": simulator.verify_token(),
            "webhook": webhook, "webhook_secret": secret,
        });
        println!("{line}");
    } else {
        println!("A Meta to practise against: {origin}\n");
        println!("  {} people, {} messages, seed {}", command.people, command.messages, command.seed);
        match &webhook {
            Some(url) => println!("  webhooks go to {url}, signed with {secret}"),
            None => println!("  no webhook (set one: POST {origin}/_sim/webhook {{\"url\":…,\"secret\":…}})"),
        }
        for account in &accounts {
            println!("\n  {} · {} · {}", account.channel, account.name, account.handle);
            println!("    id     {}", account.meta_id);
            if let Some(waba) = &account.waba {
                println!("    waba   {waba}");
            }
            println!("    token  {}", account.token);
        }
        println!("\n  app          {} (secret {})", app.0, app.1);
        println!("  user token   {}", simulator.user_token());
        println!("  verify token {}", simulator.verify_token());
        println!("\n  Try: curl -H 'Authorization: Bearer TOKEN' {origin}/v26.0/me/conversations");
        println!("       curl -d account=instagram -d text='Do you ship to Malta?' {origin}/_sim/say");
        println!("       curl {origin}/_sim");
        println!("\n  Ctrl+C ends it.");
    }
    let _ = tokio::signal::ctrl_c().await;
    simulator.stop().await;
    Ok(())
}
