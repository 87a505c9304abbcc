//! The team's page: who works here, how they come in, and how they leave.

pub mod pages;
pub mod person_pages;
mod qr;
mod queries;

use jiff::Timestamp;
use rand::RngExt as _;

use crate::role::Role;
use crate::users::{User, UserStatus};

/// Somebody of the team.
#[derive(Debug)]
struct Member {
    person: User,
    /// When one of their sessions was last used, as long as any of those is kept.
    last_seen: Option<Timestamp>,
}

impl Member {
    fn is_active(&self) -> bool {
        self.person.status == UserStatus::Active
    }

    fn role(&self) -> &'static str {
        role(self.person.role)
    }
}

/// What people call a role.
fn role(role: Role) -> &'static str {
    match role {
        Role::ShopManager => "Shop manager",
        Role::Mechanic => "Mechanic",
    }
}

/// What a password is made of: nothing that looks like something else on paper, or changes with the keyboard's language.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwx23456789";
/// Three groups of four are 58 bits, and can be read out over the noise of a shop.
const GROUPS: usize = 3;
const GROUP: usize = 4;

/// A password that nobody chose: "k7mf-2xpa-q9tc".
fn new_password() -> String {
    let mut random = rand::rng();
    let mut group =
        || -> String { (0..GROUP).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect() };
    (0..GROUPS).map(|_| group()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::text::Password;

    #[test]
    fn a_password_can_be_read_out_and_is_never_the_same() {
        let made: HashSet<String> = (0..1000).map(|_| new_password()).collect();
        assert_eq!(made.len(), 1000);
        for password in made {
            password.parse::<Password>().expect("it may be one");
            assert_eq!(password.len(), GROUPS * GROUP + GROUPS - 1);
            assert!(!password.contains(['0', 'o', '1', 'l', 'i', 'y', 'z']), "{password}");
        }
    }
}
