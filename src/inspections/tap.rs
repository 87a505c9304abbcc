//! What a phone sends: one tap on a component, or the many that waited.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::catalogue::{Entry, catalogue};
use super::severity::Severity;
use crate::error::{Error, Result};
use crate::text::{Change, Prose};

/// One tap: absent keeps, null clears.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    category: String,
    component: String,
    #[serde(default)]
    pub(super) severity: Change<Severity>,
    #[serde(default)]
    pub(super) not_applicable: Change<bool>,
    #[serde(default)]
    pub(super) measurement: Change<f64>,
    #[serde(default)]
    pub(super) notes: Change<Prose<2000>>,
    /// Takes the rating back, with all that was said of the component; excludes saying anything else.
    #[serde(default)]
    pub(super) cleared: bool,
    pub(super) version: Option<i32>,
}

/// One tap or many: a JSON object, or a list of them, at most 200.
#[derive(Debug)]
pub struct Taps {
    taps: Vec<Tap>,
    is_list: bool,
}

/// More taps than this don't wait on one phone.
const MOST_TAPS: usize = 200;

impl Tap {
    /// What is rated, if the catalogue knows it.
    pub fn entry(&self) -> Result<Entry> {
        let category = catalogue()
            .category(&self.category)
            .ok_or_else(|| Error::invalid("category", "is not in the catalogue"))?;
        let component = catalogue()
            .find(&self.category, &self.component)
            .ok_or_else(|| Error::invalid("component", "is not in this category of the catalogue"))?;
        Ok(Entry { category, component })
    }

    /// Whether it says nothing about the component.
    pub(super) fn is_silent(&self) -> bool {
        self.severity.is_keep() && self.not_applicable.is_keep() && self.measurement.is_keep() && self.notes.is_keep()
    }
}

impl Taps {
    /// Judges each tap with what it is about. All or nothing: the first that can't be accepted refuses them all, and is
    /// named by its place where a list was sent.
    pub fn judge(self, mut judge: impl FnMut(Entry, Tap) -> Result<()>) -> Result<()> {
        let mut judged: Vec<Entry> = Vec::with_capacity(self.taps.len());
        for (place, tap) in self.taps.into_iter().enumerate() {
            let verdict = tap.entry().and_then(|entry| {
                let is_same = |known: &Entry| {
                    (known.category.key, known.component.key) == (entry.category.key, entry.component.key)
                };
                if judged.iter().any(is_same) {
                    return Err(Error::invalid("component", "stands twice in the list"));
                }
                judged.push(entry);
                judge(entry, tap)
            });
            verdict.map_err(|error| if self.is_list { at_place(place, error) } else { error })?;
        }
        Ok(())
    }
}

fn at_place(place: usize, error: Error) -> Error {
    match error {
        Error::Invalid(mut fields) => {
            for field in &mut fields {
                field.field = format!("{place}.{}", field.field);
            }
            Error::Invalid(fields)
        }
        other => other,
    }
}

impl PartialSchema for Taps {
    fn schema() -> RefOr<Schema> {
        let tap = || Ref::from_schema_name(Tap::name());
        OneOfBuilder::new().item(tap()).item(ArrayBuilder::new().items(tap()).max_items(Some(MOST_TAPS))).into()
    }
}

impl ToSchema for Taps {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Tap::schemas(schemas);
        schemas.push((Tap::name().into_owned(), Tap::schema()));
    }
}

impl<'de> Deserialize<'de> for Taps {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Taps;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a finding or a list of findings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Taps, A::Error> {
        let tap = Tap::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Taps { taps: vec![tap], is_list: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Taps, A::Error> {
        let taps: Vec<Tap> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        if taps.len() > MOST_TAPS {
            return Err(serde::de::Error::custom(format!("must be at most {MOST_TAPS} findings")));
        }
        Ok(Taps { taps, is_list: true })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_component_twice_is_refused_at_its_place() {
        let list = json!([
            { "category": "tires", "component": "spare", "severity": "green" },
            { "category": "tires", "component": "spare", "severity": "red" },
        ]);
        let taps: Taps = serde_json::from_value(list).expect("a list");
        match taps.judge(|_, _| Ok(())) {
            Err(Error::Invalid(fields)) => assert_eq!(fields[0].field, "1.component"),
            other => panic!("{other:?}"),
        }
    }
}
