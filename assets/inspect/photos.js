// Photos: kept as they come out of the camera, made small enough to travel, and shown at once. What happened to each stands on it.

import { newId } from "./ids.js";
import { pictureOf } from "./kept.js";
import { icon, make, say } from "./parts.js";

const LONGEST_SIDE = 2048;
const THUMB_SIDE = 240;
const QUALITY = 0.85;
// The addresses under which pictures that wait are shown, and how often each became another one.
const shown = new Map();
const stamps = new Map();

// What was just taken is on disk before it is worked on: a phone that is short of memory ends a page while it shrinks.
export async function takePictures(model, field, about, changed) {
  const files = [...field.files];
  field.value = "";
  const ids = await Promise.all(files.map(async (file) => {
    const id = newId();
    await model.queue.add(changeOf(model, { id, ...about }, { raw: true }), { picture: file }).catch(() => {});
    return id;
  }));
  changed();
  for (const id of ids) await shrinkKept(model, id);
  changed();
}

// Those whose shrinking a closed tab has interrupted.
export async function shrinkLeft(model) {
  for (const { raw, body } of model.queue.of(model.id)) if (raw) await shrinkKept(model, body.id);
}

export const changeOf = (model, body, more = {}) => ({
  inspection: model.id, kind: "photo", thing: `photo/${body.id}`, body, ripe: 0, ...more,
});

async function shrinkKept(model, id) {
  const change = model.queue.last(model.id, `photo/${id}`);
  const kept = await pictureOf(id);
  if (!change?.raw || !kept) return;
  let small = kept;
  try {
    const drawn = await createImageBitmap(kept.picture, { imageOrientation: "from-image" });
    small = await pictureFrom(drawn, drawn.width, drawn.height);
    drawn.close();
  } catch {
    // Not a picture that this browser reads; the server says what it makes of it.
  }
  // Taken back or drawn on meanwhile, it is not what it was.
  if (!model.queue.last(model.id, `photo/${id}`)?.raw) return;
  forget(id);
  await model.queue.add(changeOf(model, change.body), small).catch(() => {});
}

// The picture as it travels, and the one that is shown of it.
export async function pictureFrom(drawn, width, height) {
  const picture = await jpeg(drawn, width, height, LONGEST_SIDE);
  const thumb = await jpeg(drawn, width, height, THUMB_SIDE);
  return { picture, thumb };
}

function jpeg(drawn, width, height, longest) {
  const share = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * share));
  canvas.height = Math.max(1, Math.round(height * share));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

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
  const wanted = photos.map((photo) => `${photo.id} ${stateOf(photo)} ${stampOf(photo.id)}`).join();
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
  const stamp = stampOf(photo.id);
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
export const stampOf = (id) => stamps.get(id) ?? 0;
const forget = (id) => stamps.set(id, stampOf(id) + 1);

// The picture itself, to draw on.
export async function whole(photo) {
  const kept = await pictureOf(photo.id).catch(() => undefined);
  if (kept) return kept.picture;
  const answer = await fetch(photo.urls.large);
  return answer.blob();
}

export const countWords = (words, count) => (count === 1 ? words.one_photo : say(words.photos, { n: count }));
