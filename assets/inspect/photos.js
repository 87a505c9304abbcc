// Photos: taken, shown at once, and changed. What happened to each stands on it.

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
    const change = changeOf(model, { id: newId(), ...about }, { raw: true });
    await model.queue.add(change, { picture: file }).catch(() => {});
    return change;
  }));
  changed();
  for (const change of taken) await shrink(model.queue, change);
  changed();
}

export const changeOf = (model, body, more = {}) => ({
  inspection: model.id, kind: "photo", thing: `photo/${body.id}`, body, ripe: 0, ...more,
});

// Takes a photo out of the queue, or asks the server to.
export function removePicture(model, photo) {
  forget(photo.id);
  const waiting = photo.change && model.queue.last(model.id, `photo/${photo.id}`);
  if (waiting && (!waiting.tried || waiting.refused)) return model.queue.drop([waiting.seq], [photo.id]);
  return model.queue.add({
    inspection: model.id, kind: "unphoto", thing: `photo/${photo.id}`, body: { id: photo.id }, ripe: 0,
  });
}

// Puts another picture in the place of one. One that has left already makes way for a new one.
export async function replacePicture(model, photo, picture, caption) {
  const { category, component, kind, id } = photo;
  const about = { category, component, kind, caption };
  const waiting = model.queue.last(model.id, `photo/${id}`);
  forget(id);
  if (waiting?.kind === "photo" && (!waiting.tried || waiting.refused)) {
    return model.queue.add(changeOf(model, { id, ...about }), picture);
  }
  await model.queue.add(changeOf(model, { id: newId(), ...about }), picture);
  return removePicture(model, photo);
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
