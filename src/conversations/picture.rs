//! What a customer sends along with a text: a picture, mostly.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::ids::PhotoId;
use crate::inspections::PhotoUrls;
use crate::text::text_enum;

text_enum! {
    /// How far something has come that was texted.
    pub enum PictureState {
        /// It is still with the provider.
        Waiting = "waiting",
        /// It is here.
        Kept = "kept",
        /// It can't be shown.
        GivenUp = "given_up",
    }
}

text_enum! {
    /// Why something that was texted can't be shown.
    pub enum Trouble {
        /// It is no picture, or of a kind that is not taken in.
        NoPicture = "no_picture",
        /// It has more bytes than a picture may have.
        TooLarge = "too_large",
        /// It can't be read.
        Damaged = "damaged",
        /// The provider does not have it.
        Gone = "gone",
        /// The provider does not give it away, or was not reached for hours.
        NotReached = "not_reached",
    }
}

/// What came along with a text from a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MessagePicture)]
pub struct TextedPicture {
    /// Its id.
    pub id: PhotoId,
    /// How far it has come.
    pub state: PictureState,
    /// What the provider says it is, such as `image/jpeg`.
    pub content_type: Option<String>,
    /// Of the large picture, in pixels, once it is here.
    pub width: Option<i32>,
    /// Of the large picture, in pixels, once it is here.
    pub height: Option<i32>,
    /// Where managers look at it, once it is here.
    pub urls: Option<PhotoUrls>,
    /// Why it can't be shown, in words for staff.
    pub error: Option<&'static str>,
}

/// The same as it stands with its text.
#[derive(Deserialize)]
struct Noted {
    id: PhotoId,
    state: PictureState,
    content_type: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    trouble: Option<Trouble>,
}

impl From<Noted> for TextedPicture {
    fn from(noted: Noted) -> Self {
        let Noted { id, state, content_type, width, height, trouble } = noted;
        let urls = (state == PictureState::Kept).then(|| address(id));
        let error = trouble.map(|trouble| trouble.words(content_type.as_deref()));
        Self { id, state, content_type, width, height, urls, error }
    }
}

/// Reads what stands with a text.
impl<'de> Deserialize<'de> for TextedPicture {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Noted::deserialize(from).map(Self::from)
    }
}

fn address(id: PhotoId) -> PhotoUrls {
    let of = |size| format!("/api/v1/pictures/{id}/{size}");
    PhotoUrls { large: of("large"), thumb: of("thumb") }
}

impl Trouble {
    /// What staff should know. What it is said to be tells what else than a picture it is.
    #[must_use]
    pub fn words(self, content_type: Option<&str>) -> &'static str {
        let family = content_type.unwrap_or_default().split('/').next().unwrap_or_default();
        match (self, family) {
            (Self::NoPicture, "video") => "A video came along, which can't be shown here.",
            (Self::NoPicture, "audio") => "A recording came along, which can't be played here.",
            (Self::NoPicture, "image") => "A picture came along of a kind that can't be shown here.",
            (Self::NoPicture, "text") => "A contact or a note came along, which can't be shown here.",
            (Self::NoPicture, _) => "A file came along, which can't be shown here.",
            (Self::TooLarge, _) => "Something came along that is larger than 12 MB, and was not taken in.",
            (Self::Damaged, _) => "A picture came along that can't be read.",
            (Self::Gone, _) => "A picture came along, but the texting provider does not have it.",
            (Self::NotReached, _) => "A picture came along, but the texting provider did not hand it over.",
        }
    }
}

/// What a text without words says, in a line.
#[must_use]
pub fn wordless(pictures: &[TextedPicture]) -> String {
    let is_lost = |picture: &TextedPicture| picture.state == PictureState::GivenUp;
    match pictures {
        [] => String::new(),
        all if all.iter().all(is_lost) => "Sent something that can't be shown".to_owned(),
        [_] => "Sent a picture".to_owned(),
        many => format!("Sent {} pictures", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn noted(state: &str, content_type: &str, trouble: Option<&str>) -> TextedPicture {
        let side = (state == "kept").then_some(4);
        let id = "0190f0c0-0000-7000-8000-0000000000cc";
        let noted = json!({
            "id": id, "state": state, "content_type": content_type, "width": side, "height": side, "trouble": trouble,
        });
        serde_json::from_value(noted).expect("a picture")
    }

    #[test]
    fn only_what_is_here_can_be_looked_at() {
        let kept = noted("kept", "image/jpeg", None);
        let thumb = kept.urls.as_ref().map(|urls| urls.thumb.as_str());
        assert_eq!(thumb, Some("/api/v1/pictures/0190f0c0-0000-7000-8000-0000000000cc/thumb"));
        assert!(noted("waiting", "image/jpeg", None).urls.is_none());
        assert!(noted("given_up", "image/jpeg", Some("gone")).urls.is_none());
    }

    #[test]
    fn what_is_no_picture_is_called_what_it_is() {
        for (kind, word) in [("video/3gpp", "video"), ("audio/amr", "recording"), ("text/vcard", "contact")] {
            let error = noted("given_up", kind, Some("no_picture")).error.expect("words");
            assert!(error.contains(word), "{error}");
        }
        assert!(noted("given_up", "", Some("no_picture")).error.expect("words").contains("file"));
    }

    #[test]
    fn a_text_without_words_says_what_came_along() {
        let (kept, lost) = (noted("kept", "image/png", None), noted("given_up", "video/mp4", Some("no_picture")));
        assert_eq!(wordless(&[]), "");
        assert_eq!(wordless(std::slice::from_ref(&kept)), "Sent a picture");
        assert_eq!(wordless(&[kept, lost.clone()]), "Sent 2 pictures");
        assert_eq!(wordless(&[lost]), "Sent something that can't be shown");
    }
}
