//! The settings page: what customers see of the shop, how it counts, and what it texts often.

pub mod pages;

use crate::shops::Shop;
use crate::text::Phone;
use crate::web::Filled;

/// What is known of the shop, as the form shows it.
fn filled(shop: &Shop) -> Filled {
    let address = &shop.address;
    let line = |line: Option<String>| line.unwrap_or_default();
    let number = |phone: &Option<Phone>| line(phone.as_ref().map(|phone| phone.shown_in(shop.settings.country)));
    Filled::with([
        ("name", shop.name.to_string()),
        ("phone", number(&shop.phone)),
        ("email", line(shop.email.as_ref().map(|email| email.as_str().to_owned()))),
        ("address.line1", line(address.line1.as_ref().map(ToString::to_string))),
        ("address.line2", line(address.line2.as_ref().map(ToString::to_string))),
        ("address.city", line(address.city.as_ref().map(ToString::to_string))),
        ("address.state", line(address.state.as_ref().map(ToString::to_string))),
        ("address.postal_code", line(address.postal_code.as_ref().map(ToString::to_string))),
        ("settings.timezone", shop.settings.timezone.as_str().to_owned()),
        ("settings.country", shop.settings.country.to_string()),
        ("settings.units", shop.settings.units.as_str().to_owned()),
        ("sms_number", number(&shop.sms_number)),
    ])
}

/// What is to be done with a list of quick replies: `up.2`, `down.0`, `remove.1`; anything else leaves it as it was
/// written. What is left empty is no reply.
fn rearranged(mut replies: Vec<String>, step: &str) -> Vec<String> {
    if let Some((what, place)) = step.split_once('.').and_then(|(what, place)| Some((what, place.parse().ok()?))) {
        match what {
            "up" if 0 < place && place < replies.len() => replies.swap(place - 1, place),
            "down" if place + 1 < replies.len() => replies.swap(place, place + 1),
            "remove" if place < replies.len() => drop(replies.remove(place)),
            _ => {}
        }
    }
    replies.retain(|reply| !reply.trim().is_empty());
    replies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_change_places_and_go() {
        let after = |step: &str| rearranged(["a", "b", "c", " "].map(str::to_owned).to_vec(), step).concat();
        for (step, list) in [
            ("save", "abc"),
            ("up.1", "bac"),
            ("up.0", "abc"),
            ("down.0", "bac"),
            ("down.2", "abc"),
            ("down.3", "abc"),
            ("remove.1", "ac"),
            ("remove.9", "abc"),
            ("up.x", "abc"),
            ("shuffle.1", "abc"),
        ] {
            assert_eq!(after(step), list, "{step}");
        }
    }
}
