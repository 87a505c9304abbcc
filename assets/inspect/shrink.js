// Photos are kept as they come out of the camera, and made small enough to travel once they are: a phone that is short of
// memory ends a page while it shrinks.

import { pictureOf } from "./kept.js";

const LONGEST_SIDE = 2048;
const THUMB_SIDE = 240;
const QUALITY = 0.85;

// Of every inspection, because a tab that was closed has left them, or one that a phone killed.
export async function shrinkLeft(queue) {
  for (const change of queue.waiting.filter(({ raw }) => raw)) await shrink(queue, change);
}

export async function shrink(queue, { inspection, thing, body }) {
  try {
    const kept = await pictureOf(body.id);
    // Whoever sends one that the phone has lost is told.
    await queue.ready(inspection, thing, kept && await smaller(kept));
  } catch {
    // The disk does not answer; whichever page comes next finds it as it is.
  }
}

async function smaller(kept) {
  try {
    const drawn = await createImageBitmap(kept.picture, { imageOrientation: "from-image" });
    const small = await pictureFrom(drawn, drawn.width, drawn.height);
    drawn.close();
    return small;
  } catch {
    // Not a picture that this browser reads; the server says what it makes of it.
    return kept;
  }
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
