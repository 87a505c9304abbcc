// Photos: taken, shown at once, and changed. What happened to each stands on it.

import { photoOf } from "./changes.js";
import { newId } from "./ids.js";
import { pictureOf } from "./kept.js";
import { icon, make, say } from "./parts.js";
import { shrink } from "./shrink.js";

// The addresses under which pictures that wait are shown, and how often each was drawn on or taken away.
const shown = new Map();
const stamps = new Map();

// What was just taken is on disk before it is worked on.
export async function takePictures(model, field, about, changed) {
  const files = [...field.files];
  field.value = "";
  const taken = await Promise.all(files.map(async (file) => {
    const change = photoOf(model.id, { id: newId(), ...about }, { raw: true });
    await model.queue.add(change, { picture: file });
    return change;
  }));
  changed();
  for (const change of taken) await shrink(model.queue, change);
  changed();
}

export function removePicture(model, { id }) {
  forget(id);
  return model.queue.removePhoto(model.id, id);
}

export function replacePicture(model, { category, component, kind, id }, picture, caption) {
  forget(id);
  return model.queue.replacePhoto(model.id, id, newId(), { category, component, kind, caption }, picture);
}

// Shows the photos of something, each leading to itself.
export function showPictures(model, place, photos) {
  const { words } = model;
  const wanted = photos.map((photo) => `${photo.id} ${stateOf(photo)} ${stampOf(photo)}`).join();
  if (place.dataset.of === wanted) return;
  place.dataset.of = wanted;
  place.replaceChildren(...photos.map((photo) => {
    const image = make("img", { alt: photo.caption || words.photo, loading: "lazy", decoding: "async" });
    source(photo).then((address) => address && (image.src = address));
    const state = stateOf(photo);
    const sign = state === "sent" ? undefined
      : make("span.state", {}, state === "refused" ? icon("lost") : icon("up"), words[`photo_${state}`]);
    const open = () => place.dispatchEvent(new CustomEvent("picture", { bubbles: true, detail: photo }));
    return make("button.thumb", { type: "button", "data-state": state, onclick: open }, image, sign);
  }));
}

const stateOf = ({ change }) => (!change ? "sent" : change.refused ? "refused" : "waiting");

// Where a photo is seen: among what is kept while it waits, else at the server.
async function source(photo) {
  if (!photo.change) return photo.urls?.thumb;
  const stamp = stampOf(photo);
  if (shown.get(photo.id)?.stamp !== stamp) {
    const kept = await pictureOf(photo.id).catch(() => undefined);
    if (!kept) return photo.urls?.thumb;
    // Only now nobody looks at the one before.
    if (shown.has(photo.id)) URL.revokeObjectURL(shown.get(photo.id).address);
    shown.set(photo.id, { stamp, address: URL.createObjectURL(kept.thumb ?? kept.picture) });
  }
  return shown.get(photo.id).address;
}

// Changes when a picture becomes another one under the same id.
export const stampOf = ({ id, change }) => `${stamps.get(id) ?? 0}${change?.raw ? " as taken" : ""}`;
const forget = (id) => stamps.set(id, (stamps.get(id) ?? 0) + 1);

// The picture itself, to draw on.
export async function whole(photo) {
  const kept = await pictureOf(photo.id).catch(() => undefined);
  if (kept) return kept.picture;
  const answer = await fetch(photo.urls.large);
  return answer.blob();
}

export const countWords = (words, count) => (count === 1 ? words.one_photo : say(words.photos, { n: count }));
