//! Places, people and orders, as cards. Nothing of them is loaded from anywhere.

use super::words::OpenLink;
use crate::parts::{Icon, IconView};
use heliograph_model::{Card, OrderLine};
use leptos::prelude::*;

/// The card.
#[component]
pub fn CardView(card: Card) -> impl IntoView {
    match card {
        Card::Place { latitude, longitude, name, address } => place(latitude, longitude, name, address),
        Card::Person { name, phones, emails, organisation } => person(name, phones, emails, organisation),
        Card::Order { lines, note } => order(lines, note),
        // These have views of their own.
        Card::Post { .. } | Card::Panels { .. } => ().into_any(),
    }
}

fn place(latitude: f64, longitude: f64, name: String, address: String) -> AnyView {
    let here = format!("{latitude:.5}, {longitude:.5}");
    let link = format!(
        "https://www.openstreetmap.org/?mlat={latitude:.6}&mlon={longitude:.6}#map=16/{latitude:.6}/{longitude:.6}"
    );
    let title = if name.is_empty() { "Location".to_owned() } else { name };
    view! {
        <div class="link-card" data-test="place">
            <span class="card-icon"><IconView icon=Icon::Location /></span>
            <div>
                <p class="card-title" dir="auto">{title}</p>
                {(!address.is_empty()).then(|| view! { <p dir="auto">{address}</p> })}
                <p class="quiet figures">{here}</p>
                <OpenLink link words="Open in maps" />
            </div>
        </div>
    }
    .into_any()
}

fn person(name: String, phones: Vec<String>, emails: Vec<String>, organisation: String) -> AnyView {
    let title = if name.is_empty() { "Contact".to_owned() } else { name };
    let phone = |phone: String| {
        let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        view! { <OpenLink link=format!("tel:{digits}") words=phone /> }.into_any()
    };
    let email = |email: String| view! { <OpenLink link=format!("mailto:{email}") words=email /> }.into_any();
    view! {
        <div class="link-card" data-test="contact-card">
            <span class="card-icon"><IconView icon=Icon::Person /></span>
            <div>
                <p class="card-title" dir="auto">{title}</p>
                {(!organisation.is_empty()).then(|| view! { <p class="quiet" dir="auto">{organisation}</p> })}
                {phones.into_iter().map(phone).collect_view()}
                {emails.into_iter().map(email).collect_view()}
            </div>
        </div>
    }
    .into_any()
}

fn order(lines: Vec<OrderLine>, note: String) -> AnyView {
    let sum = total(&lines);
    let one = |line: OrderLine| {
        let price = if line.price.is_empty() { String::new() } else { money(&line.price, &line.currency) };
        view! {
            <tr>
                <td class="figures">{format!("{} ×", line.quantity)}</td>
                <td dir="auto">{line.name}</td>
                <td class="figures">{price}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <div class="order-card" data-test="order">
            <span class="card-what"><IconView icon=Icon::Cart />"Order"</span>
            <table>
                <tbody>{lines.into_iter().map(one).collect_view()}</tbody>
                {sum.map(|sum| view! { <tfoot><tr><td></td><th scope="row">"Total"</th><td class="figures">{sum}</td></tr></tfoot> })}
            </table>
            {(!note.is_empty()).then(|| view! { <p class="order-note" dir="auto">{note}</p> })}
        </div>
    }
    .into_any()
}

fn money(amount: &str, currency: &str) -> String {
    if currency.is_empty() { amount.to_owned() } else { format!("{amount} {currency}") }
}

/// The sum, when every line tells its price in one currency.
fn total(lines: &[OrderLine]) -> Option<String> {
    let currency = &lines.first()?.currency;
    let decimals = lines.iter().map(|l| l.price.split_once('.').map_or(0, |(_, d)| d.len())).max()?;
    let mut sum: u128 = 0;
    for line in lines {
        if line.currency != *currency || decimals > 4 {
            return None;
        }
        let (whole, part) = line.price.split_once('.').unwrap_or((&line.price, ""));
        let smallest: u128 = format!("{whole}{part:0<decimals$}").parse().ok()?;
        sum = sum.checked_add(smallest.checked_mul(line.quantity.into())?)?;
    }
    let digits = format!("{sum:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let amount = if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") };
    Some(money(&amount, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: u32, price: &str, currency: &str) -> OrderLine {
        OrderLine { name: "Tea".into(), quantity, price: price.into(), currency: currency.into() }
    }

    #[test]
    fn an_order_is_summed_to_the_cent() {
        assert_eq!(total(&[line(3, "0.1", "EUR"), line(1, "12.50", "EUR")]).as_deref(), Some("12.80 EUR"));
        assert_eq!(total(&[line(2, "500", "JPY")]).as_deref(), Some("1000 JPY"));
        assert_eq!(total(&[line(1, "0.05", "")]).as_deref(), Some("0.05"));
    }

    #[test]
    fn what_cannot_be_summed_has_no_total() {
        assert_eq!(total(&[]), None);
        assert_eq!(total(&[line(1, "", "EUR")]), None, "a price is missing");
        assert_eq!(total(&[line(1, "1.00", "EUR"), line(1, "1.00", "USD")]), None);
        assert_eq!(total(&[line(1, "12,50", "EUR")]), None);
        assert_eq!(total(&[line(1, "-5", "EUR")]), None);
    }
}
