//! What the published document says of texts: the limits that the parsing holds, from the same constants.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Something visible on one line, as patterns have it (ECMA-262): no line break, tab or other control character.
pub(super) const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$";

/// The same on one or several lines, which may be indented with tabs.
pub(super) const PROSE: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

/// A text, about which more is to be said.
pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// The schema's name for a type with a limit in it: `Line100`.
pub(super) fn name(of: &str, max: usize) -> Cow<'static, str> {
    Cow::Owned(format!("{of}{max}"))
}
