// A photo by itself: an arrow or a circle drawn where to look, words below it, and away with it.

import { removePicture, replacePicture, whole } from "./photos.js";
import { pictureFrom } from "./shrink.js";

const COLOUR = "#ffd400";
const RIM = "#000";
// Counts what was opened: a picture that comes late must not show itself when another one is looked at.
let opened = 0;

export function openPicture(model, dialog, photo) {
  const part = (name) => dialog.querySelector(`[data-${name}]`);
  const canvas = part("canvas");
  const pen = canvas.getContext("2d");
  const shapes = [];
  const opening = opened += 1;
  let drawn;
  let tool = "arrow";
  let begun;

  const paint = (on = pen, width = canvas.width, height = canvas.height) => {
    on.drawImage(drawn, 0, 0, width, height);
    for (const shape of begun ? [...shapes, begun] : shapes) trace(on, shape, width, height);
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    begun = { tool, from: at(event), to: at(event) };
  };
  canvas.onpointermove = (event) => {
    if (!begun) return;
    begun.to = at(event);
    paint();
  };
  canvas.onpointerup = () => {
    const [[x, y], [right, bottom]] = [begun.from, begun.to];
    // A tap that went nowhere is no arrow.
    if (Math.hypot(right - x, bottom - y) > 0.03) shapes.push(begun);
    begun = undefined;
    paint();
  };
  for (const button of dialog.querySelectorAll("[data-tool]")) {
    button.onclick = () => {
      tool = button.dataset.tool;
      for (const other of dialog.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", other === button);
    };
  }
  part("undo").onclick = () => {
    shapes.pop();
    paint();
  };
  part("close").onclick = () => dialog.close();
  part("delete").onclick = () => {
    removePicture(model, photo).catch(() => {});
    dialog.close();
  };
  part("save").onclick = async () => {
    const caption = part("caption").value.trim();
    // Closed before anything else, so that it is pressed once.
    dialog.close();
    if (shapes.length === 0 && caption === (photo.caption ?? "")) return;
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [drawn.width, drawn.height];
    paint(sheet.getContext("2d"), sheet.width, sheet.height);
    const picture = await pictureFrom(sheet, sheet.width, sheet.height);
    replacePicture(model, photo, picture, caption).catch(() => {});
  };
  part("caption").value = photo.caption ?? "";
  // Without network there may be nothing to draw on; taking it away goes all the same.
  const bitmapOf = (blob) => createImageBitmap(blob, { imageOrientation: "from-image" });
  return whole(photo).then(bitmapOf).catch(() => undefined).then((bitmap) => {
    if (opening !== opened) return;
    drawn = bitmap;
    for (const it of [canvas, part("undo").parentElement, part("caption").parentElement, part("save")]) it.hidden = !drawn;
    dialog.showModal();
    if (!drawn) return;
    const share = Math.min(1, 1024 / Math.max(bitmap.width, bitmap.height));
    canvas.width = bitmap.width * share;
    canvas.height = bitmap.height * share;
    paint();
  });
}

// With a dark rim, so that it is seen on whatever is below.
function trace(pen, { tool, from, to }, width, height) {
  const [x, y, right, bottom] = [from[0] * width, from[1] * height, to[0] * width, to[1] * height];
  const thick = Math.max(width, height) / 110;
  const path = new Path2D();
  if (tool === "circle") {
    path.ellipse((x + right) / 2, (y + bottom) / 2, Math.abs(right - x) / 2, Math.abs(bottom - y) / 2, 0, 0, 2 * Math.PI);
  } else {
    const angle = Math.atan2(bottom - y, right - x);
    const head = 5 * thick;
    path.moveTo(x, y);
    path.lineTo(right, bottom);
    for (const side of [-0.5, 0.5]) {
      path.moveTo(right, bottom);
      path.lineTo(right - head * Math.cos(angle + side), bottom - head * Math.sin(angle + side));
    }
  }
  Object.assign(pen, { lineCap: "round", lineJoin: "round" });
  for (const [colour, wide] of [[RIM, 2 * thick], [COLOUR, thick]]) {
    Object.assign(pen, { strokeStyle: colour, lineWidth: wide });
    pen.stroke(path);
  }
}
