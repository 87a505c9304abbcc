//! What the published document says of texts: the limits that the parsing holds, from the same constants.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Something visible on one line, as patterns have it (ECMA-262): no line break, tab or other control character.
pub(super) const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$";

/// The same on one or several lines, which may be indented with tabs.
pub(super) const PROSE: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

/// What people write between the digits of a phone number: white space, dots, slashes, brackets, dashes, and the direction
/// marks of address books.
const BETWEEN: &str =
    r"[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u200e-\u2015\u2028-\u202f\u205f\u3000./()-]*";

/// Digits, perhaps after a plus, as people write them. Nobody's number has fewer than three.
pub(super) fn dialled() -> String {
    format!(r"^{BETWEEN}\+?({BETWEEN}[0-9]){{3,}}{BETWEEN}$")
}

/// A text, about which more is to be said.
pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// The schema's name for a type with a limit in it: `Line100`.
pub(super) fn name(of: &str, max: usize) -> Cow<'static, str> {
    Cow::Owned(format!("{of}{max}"))
}
