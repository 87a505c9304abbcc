//! Whether a request comes from Twilio (twilio.com/docs/usage/security#validating-requests).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, verify};

use super::Account;

/// Whether one of the account's tokens has signed this form for this address, in constant time. `public_url` is a scheme and
/// an authority; Twilio may or may not have written the standard port into what it signed.
pub(super) fn is_signed(account: &Account, address: [&str; 2], form: &[(String, String)], said: &str) -> bool {
    let Ok(said) = STANDARD.decode(said) else { return false };
    let [public_url, path] = address;
    let fields = sorted(form);
    let tokens = [Some(&account.token), account.second_token.as_ref()];
    let mut is_signed = false;
    for url in with_and_without_port(public_url) {
        let signed = format!("{url}{path}{fields}");
        for token in tokens.into_iter().flatten() {
            let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_str().as_bytes());
            is_signed |= verify(&key, signed.as_bytes(), &said).is_ok();
        }
    }
    is_signed
}

/// Each field's name and value, by name; what stands there twice counts once.
fn sorted(form: &[(String, String)]) -> String {
    let mut fields: Vec<&(String, String)> = form.iter().collect();
    fields.sort_unstable();
    fields.dedup();
    fields.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

/// The address as it is, and as it is with the scheme's standard port written out, or left out.
fn with_and_without_port(url: &str) -> [String; 2] {
    let port = if url.starts_with("https://") { ":443" } else { ":80" };
    let other = match url.strip_suffix(port) {
        Some(without) => without.to_owned(),
        None => format!("{url}{port}"),
    };
    [url.to_owned(), other]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(tokens: [&str; 2]) -> Account {
        let [token, second] = tokens.map(|token| token.to_owned().into());
        let second_token = Some(second);
        Account { sid: "AC1".into(), token, second_token, api_url: String::new(), messaging_service: None }
    }

    fn form(from: &str) -> Vec<(String, String)> {
        let fields = [
            ("To", "+18005551212"),
            ("From", from),
            ("Digits", "1234"),
            ("Caller", from),
            ("CallSid", "CA1234567890ABCDE"),
        ];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    const PATH: &str = "/myapp.php?foo=1&bar=2";
    const VECTORS: [(&str, &str); 2] =
        [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")];

    #[test]
    fn twilios_own_examples_are_signed() {
        for (from, signature) in VECTORS {
            for tokens in [["12345", "67890"], ["67890", "12345"]] {
                for url in ["https://mycompany.com", "https://mycompany.com:443"] {
                    assert!(is_signed(&account(tokens), [url, PATH], &form(from), signature), "{from} {url}");
                }
            }
        }
    }

    #[test]
    fn whatever_else_is_not() {
        let (from, signature) = VECTORS[0];
        let ours = account(["12345", "67890"]);
        let url = "https://mycompany.com";
        let mut longer = form(from);
        longer.push(("Extra".into(), String::new()));
        assert!(!is_signed(&ours, [url, PATH], &longer, signature), "another field");
        assert!(!is_signed(&ours, [url, "/myapp.php"], &form(from), signature), "another path");
        assert!(!is_signed(&ours, ["http://mycompany.com", PATH], &form(from), signature), "another scheme");
        assert!(!is_signed(&ours, ["https://mycompany.com:8443", PATH], &form(from), signature), "another port");
        assert!(!is_signed(&account(["a", "b"]), [url, PATH], &form(from), signature), "another token");
        for garbled in ["", "====", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "ä", VECTORS[1].1] {
            assert!(!is_signed(&ours, [url, PATH], &form(from), garbled), "{garbled}");
        }
    }
}
