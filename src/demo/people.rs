//! The shop, the people who work in it, and its customers.

use serde::Serialize;
use serde_json::{Value, json};

use crate::role::Role;

/// What customers know the shop by.
pub(super) const SHOP_NAME: &str = "Delgado & Sons";
/// The number that customers call and text. All numbers here are of the range that is nobody's, 555-01xx.
pub(super) const SHOP_PHONE: &str = "+14155550142";

/// Where the shop is.
pub(super) fn shop_address() -> Value {
    json!({
        "line1": "1180 Valencia Street", "city": "San Francisco", "state": "CA",
        "postal_code": "94110", "country": "US",
    })
}

/// How the shop counts, and what it often answers.
pub(super) fn shop_settings() -> Value {
    json!({
        "timezone": "America/Los_Angeles",
        "country": "US",
        "units": "us",
        "quick_replies":
            ["Your car is ready", "Running 30 minutes late", "Is it fine to go ahead?", "Please call us"],
    })
}

/// Somebody who works here.
#[derive(Serialize)]
pub(super) struct Colleague {
    pub(super) email: &'static str,
    pub(super) role: Role,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) phone: &'static str,
}

/// A colleague a line, managers first: first and last name, role, phone, e-mail.
macro_rules! staff {
    ($($first_name:literal $last_name:literal $role:ident $phone:literal $email:literal;)+) => {
        &[$(Colleague {
            email: $email, role: Role::$role, first_name: $first_name, last_name: $last_name, phone: $phone,
        }),+]
    };
}

pub(super) const STAFF: &[Colleague] = staff! {
    "Rosa"   "Delgado"    ShopManager "+14155550143" "rosa@delgado.example";
    "Marco"  "Delgado"    ShopManager "+14155550144" "marco@delgado.example";
    "Luis"   "Ortega"     Mechanic    "+14155550145" "luis@delgado.example";
    "Tomasz" "Wierzbicki" Mechanic    "+14155550146" "tomasz@delgado.example";
    "Dee"    "Okonkwo"    Mechanic    "+14155550147" "dee@delgado.example";
    "Aaron"  "Blake"      Mechanic    "+14155550148" "aaron@delgado.example";
};

/// Who takes cars in, reviews and sends.
pub(super) const MANAGER: &str = "Rosa";

/// Somebody whose car is looked after here.
pub(super) struct Customer {
    /// None is a firm, or somebody of whom only the phone is known.
    pub(super) first_name: Option<&'static str>,
    pub(super) last_name: Option<&'static str>,
    /// None where there is none; one of them is a landline.
    pub(super) phone: Option<&'static str>,
    pub(super) email: Option<&'static str>,
    /// For how many days.
    pub(super) since: i32,
}

impl Customer {
    /// Whether a car or a conversation is theirs: it names how their last name begins, or else their phone.
    pub(super) fn goes_by(&self, name: &str) -> bool {
        self.last_name.or(self.phone).is_some_and(|known| known.starts_with(name))
    }
}

/// A customer a line: first and last name, for how many days, phone, e-mail.
macro_rules! customers {
    (@optional -) => { None };
    (@optional $given:literal) => { Some($given) };
    ($($first_name:tt $last_name:tt $since:literal $phone:tt $email:tt;)+) => {
        &[$(Customer {
            first_name: customers!(@optional $first_name), last_name: customers!(@optional $last_name),
            phone: customers!(@optional $phone), email: customers!(@optional $email), since: $since,
        }),+]
    };
}

pub(super) const CUSTOMERS: &[Customer] = customers! {
    "Maria"       "Fernández-Villanueva"                    612 "+14155550101" "maria.fv@mail.example";
    -             "Bluewater Landscaping & Irrigation LLC" 1480 "+14155550102" "office@bluewater.example";
    "Jo"          "Park"                                    455 "+14155550103" -;
    "Theodore"    "Brandt"                                 1733 "+14155550104" "theo.brandt@mail.example";
    "Ngozi"       "Adeyemi-Whitfield"                       398 "+14155550105" "ngozi.aw@mail.example";
    "Ray"         "Castellano"                             1102 "+14155550106" -;
    "Priya"       "Raghunathan"                             301 "+14155550107" "priya@raghunathan.example";
    "Christopher" "Vandenberghe"                           1290 "+14155550108" "cvandenberghe@mail.example";
    "Lena"        "Sørensen"                                520 "+14155550109" "lena@sorensen.example";
    "Alexandria"  "Montgomery-Oyelaran"                     845 "+14155550110" "alex.mo@mail.example";
    "Walt"        "Hernandez"                               701 "+14155550111" -;
    "Imani"       "Brooks"                                   12 "+14155550112" "imani.brooks@mail.example";
    "Guadalupe"   "Santos-Whitaker"                        1610 "+14155550188" "guadalupe.sw@mail.example";
    "Dmitri"      "Volkov"                                  633 "+14155550114" "dvolkov@mail.example";
    "Earl"        "Tuttle"                                 1795 "+14155550115" -;
    "Hannah"      "Kowalczyk"                              1770 "+14155550173" "hannah.kowalczyk@mail.example";
    "Marguerite"  "Beauchamp-Delacroix"                     990 "+14155550117" "marguerite@beauchamp.example";
    "Sam"         "Ito"                                     815 "+14155550118" "sam.ito@mail.example";
    "Dorothy"     "Pell"                                   1801 "+14155550120" -;
    -             -                                           0 "+14155550119" -;
    "Amara"       "Nwosu"                                   288 "+14155550121" "amara.nwosu@mail.example";
    "Gil"         "Rosenthal"                              1520 "+14155550122" -;
    "Keiko"       "Tanabe"                                 1345 "+14155550123" "keiko.tanabe@mail.example";
    -             "Bayview Bakery"                          760 "+14155550124" "vans@bayviewbakery.example";
    "Owen"        "McAllister"                              940 "+14155550125" "owen.mca@mail.example";
    "Lucía"       "Ferreira"                                377 "+14155550126" "lucia.ferreira@mail.example";
    "Nadia"       "Haddad"                                  410 "+14155550127" "nadia.haddad@mail.example";
    "Peter"       "Lindqvist"                              1188 "+14155550128" "peter@lindqvist.example";
    "Rosalind"    "Achterberg"                              566 -              "rosalind@achterberg.example";
    "Tyrell"      "Jackson"                                 684 "+14155550130" "tyrell.jackson@mail.example";
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::{Address, Settings};
    use crate::text::{Country, Email, Phone};

    #[test]
    fn the_shop_is_what_a_shop_may_be() {
        serde_json::from_value::<Address>(shop_address()).expect("an address");
        serde_json::from_value::<Settings>(shop_settings()).expect("settings");
    }

    #[test]
    fn everybody_can_be_reached_as_it_is_written_here() {
        let phones = CUSTOMERS.iter().filter_map(|customer| customer.phone);
        for phone in phones.chain(STAFF.iter().map(|colleague| colleague.phone)).chain([SHOP_PHONE]) {
            assert_eq!(Phone::parse(phone, Country::US).expect("a phone").as_str(), phone);
            assert!(phone.starts_with("+141555501"), "{phone} may be somebody's");
        }
        let emails = CUSTOMERS.iter().filter_map(|customer| customer.email);
        for email in emails.chain(STAFF.iter().map(|colleague| colleague.email)) {
            assert_eq!(email.parse::<Email>().expect("an address").as_str(), email);
            assert!(email.ends_with(".example"), "{email} may be somebody's");
        }
    }
}
