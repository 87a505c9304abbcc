//! The photos of the demo shop: one of each finding that can be painted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::pictures::Scene;
use crate::error::{Error, Result};
use crate::ids::{PhotoId, ShopId};
use crate::photos::{Key, Print, Store, develop};

/// Photos and their rows.
pub(super) struct Album {
    pub(super) rows: Vec<Value>,
    /// Each with the place of its picture among the drawn ones.
    photos: Vec<(PhotoId, usize)>,
    pictures: Vec<Picture>,
}

struct Picture {
    scene: Scene,
    print: Print,
    digest: Vec<u8>,
}

impl Album {
    /// Of what was found.
    pub(super) fn of(findings: &[Value]) -> Result<Self> {
        let pictures = Scene::ALL.into_iter().map(Picture::of).collect::<Result<Vec<_>>>()?;
        let mut album = Self { rows: Vec::new(), photos: Vec::new(), pictures };
        for finding in
            findings.iter().filter(|finding| ["yellow", "red"].map(Value::from).contains(&finding["severity"]))
        {
            let key = |member| finding[member].as_str().unwrap_or_default();
            let scene = Scene::of(key("category"), key("component"));
            if let Some(place) = album.pictures.iter().position(|picture| Some(picture.scene) == scene) {
                album.add(finding, place);
            }
        }
        Ok(album)
    }

    fn add(&mut self, finding: &Value, place: usize) {
        let (id, picture) = (PhotoId::new(), &self.pictures[place]);
        self.rows.push(json!({
            "id": id, "inspection_id": finding["inspection_id"], "category": finding["category"],
            "component": finding["component"], "width": picture.print.width, "height": picture.print.height,
            "size": picture.print.large.len(), "digest": STANDARD.encode(&picture.digest),
            "uploaded_by": finding["rated_by"], "taken": finding["rated"],
        }));
        self.photos.push((id, place));
    }

    /// Keeps the prints.
    pub(super) async fn keep(&self, store: &Store, shop: ShopId) -> Result<()> {
        for (photo, place) in &self.photos {
            let Picture { print, digest, .. } = &self.pictures[*place];
            store.keep(&Key { shop, photo: *photo, digest: digest.clone() }, print).await?;
        }
        Ok(())
    }
}

impl Picture {
    fn of(scene: Scene) -> Result<Self> {
        let upload = scene.paint();
        let print = develop(&upload).map_err(|reason| Error::Internal(reason.to_string()))?;
        Ok(Self { scene, print, digest: Sha256::digest(&upload).to_vec() })
    }
}
