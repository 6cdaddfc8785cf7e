//! The inbox in a headless Chromium, served by heliograph-server with the demo world.

use crate::cases::Cases;
use crate::drivers::Chromium;
use crate::page::{Page, quoted};
use crate::served::Served;
use crate::stories::{self, Scene};
use anyhow::{Context, Result, bail, ensure};

/// Tells all stories; answers whether they went well.
pub async fn run(filter: Option<&str>) -> Result<bool> {
    let served = Served::start(true).await?;
    let chromium = Chromium::start().await?;
    let page = Page::new(&chromium.driver);
    let simulator = served.simulator.clone().context("the demo world is missing")?;
    let scene = Scene { page: page.clone(), simulator };
    let mut cases = Cases::new("browser", filter, page.clone());

    page.driver.goto(&served.link).await?;
    if let Err(error) = page.until("the inbox behind the link", "seen(mark('conversation-list'))").await {
        bail!("the interface did not start: {error:#}\n{}", chromium.console_errors().await.join("\n"));
    }
    cases.case("somebody_new_is_seen_while_the_past_is_still_read", scene.hears_during_the_import()).await;
    stories::imported(&page).await?;
    stories::tell(&mut cases, &scene).await;
    cases.case("the_console_stays_free_of_errors", quiet(&chromium)).await;
    cases.case("a_link_opens_once", link_is_used(&page, &served)).await;
    let served = cases_after_restart(&mut cases, &scene, served).await;
    cases.case("the_first_start_offers_the_demo", first_start(&page)).await;
    let good = cases.finish();
    if !good {
        match served {
            Ok(served) => println!("heliograph-server said at the end:\n{}\n", served.said()),
            Err(error) => println!("{error:#}"),
        }
    }
    chromium.quit().await;
    Ok(good)
}

async fn quiet(chromium: &Chromium) -> Result<()> {
    let errors = chromium.console_errors().await;
    ensure!(errors.is_empty(), "the console says:\n{}", errors.join("\n"));
    Ok(())
}

async fn link_is_used(page: &Page, served: &Served) -> Result<()> {
    let cookies = page.driver.get_all_cookies().await?;
    ensure!(!cookies.is_empty(), "the link gave no cookie");
    ensure!(cookies.iter().all(|cookie| cookie.http_only == Some(true)), "scripts can read the cookie");
    page.driver.delete_all_cookies().await?;
    page.driver.goto(&served.link).await?;
    page.until(
        "a page that says the link is used",
        "seen(mark('link-used')) || says(document.body, 'not signed in')",
    )
    .await?;
    // Back in for the stories that follow.
    for cookie in cookies {
        page.driver.add_cookie(cookie).await?;
    }
    Ok(())
}

/// Ends the server as a power cut would: what was read stays, and the open page comes back by itself.
async fn cases_after_restart(cases: &mut Cases, scene: &Scene, served: Served) -> Result<Served> {
    let text = "Please keep this one over night";
    let mut again = Err(anyhow::anyhow!("the server was not started again"));
    let story = async {
        let page = &scene.page;
        page.driver.goto(format!("{}/", served.origin())).await?;
        scene.simulator.stranger_says("messenger", text).await?;
        page.open(text).await?;
        again = served.restart(false).await;
        again.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
        page.driver.refresh().await?;
        page.until("what was there before", &format!("seen(bubble({}))", quoted(text))).await?;
        Ok(())
    };
    cases.case("kill_and_start_again_lose_nothing", story).await;
    again
}

async fn first_start(page: &Page) -> Result<()> {
    let served = Served::start(false).await?;
    page.driver.goto(&served.link).await?;
    page.until("the first page", "seen(mark('first-start')) && seen(mark('demo-button'))").await?;
    page.click("demo-button").await?;
    page.until("the demo's conversations", "marks('conversation-row').filter(seen).length > 5").await?;
    Ok(())
}
