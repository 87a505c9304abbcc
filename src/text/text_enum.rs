//! Enums that are stored, and sent, as a word.

/// Declares an enum whose variants are words in JSON and in text columns:
/// `text_enum! { pub enum Role { ShopManager = "shop_manager", Mechanic = "mechanic" } }`.
///
/// Every variant is documented, like the enum itself. The original schema keeps such columns as VARCHAR with a check,
/// so reading an unknown word from the database is an error, not a panic.
macro_rules! text_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$variant_attribute])* #[schema(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            $visibility const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word it is stored as.
            #[must_use]
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::Refusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::text::Refusal::NotOneOf(&[$($word),+])),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }

        impl postgres_types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &postgres_types::Type,
                out: &mut postgres_types::private::BytesMut,
            ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                postgres_types::ToSql::to_sql(&self.as_str(), ty, out)
            }

            fn accepts(ty: &postgres_types::Type) -> bool {
                <&str as postgres_types::ToSql>::accepts(ty)
            }

            postgres_types::to_sql_checked!();
        }

        impl<'a> postgres_types::FromSql<'a> for $name {
            fn from_sql(
                ty: &postgres_types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                let word = <&str as postgres_types::FromSql>::from_sql(ty, raw)?;
                word.parse().map_err(Into::into)
            }

            fn accepts(ty: &postgres_types::Type) -> bool {
                <&str as postgres_types::FromSql>::accepts(ty)
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use postgres_types::{FromSql, IsNull, ToSql, Type};

    text_enum! {
        /// Two words.
        enum Light {
            /// Go.
            Green = "green",
            /// Stop; its word differs from its name.
            Red = "deep_red",
        }
    }

    #[test]
    fn every_value_is_its_word_and_back() {
        assert_eq!(Light::ALL, [Light::Green, Light::Red]);
        assert_eq!(Light::Red.to_string(), "deep_red");
        for light in Light::ALL {
            assert_eq!(light.as_str().parse(), Ok(*light));
            let json = serde_json::to_value(light).expect("json");
            assert_eq!(json, light.as_str());
            assert_eq!(serde_json::from_value::<Light>(json).expect("a light"), *light);
        }
    }

    #[test]
    fn another_word_is_refused_with_the_list() {
        for word in ["Green", "red", "", " green"] {
            let refusal = word.parse::<Light>().expect_err("no such word");
            assert_eq!(refusal.to_string(), "must be one of green, deep_red", "{word}");
        }
        let error = serde_json::from_str::<Light>(r#""bl\u0075e""#).expect_err("no such word");
        assert!(error.to_string().starts_with("must be one of green, deep_red"), "{error}");
    }

    #[test]
    fn it_is_stored_as_text() {
        let mut raw = postgres_types::private::BytesMut::new();
        let written = Light::Red.to_sql_checked(&Type::VARCHAR, &mut raw).expect("text");
        assert!(matches!(written, IsNull::No));
        assert_eq!(&raw[..], b"deep_red");
        assert_eq!(Light::from_sql(&Type::TEXT, &raw).expect("a light"), Light::Red);
        assert!(Light::from_sql(&Type::TEXT, b"blue").is_err());
        assert!(<Light as ToSql>::accepts(&Type::TEXT) && <Light as FromSql>::accepts(&Type::VARCHAR));
        assert!(!<Light as ToSql>::accepts(&Type::BOOL) && !<Light as FromSql>::accepts(&Type::BOOL));
    }
}
