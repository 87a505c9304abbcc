// The first screen: why the car is here, and what is read off it.

import { icon, make, say } from "./parts.js";
import { showPictures, takePictures } from "./photos.js";
import { doubtOfVin } from "./verdict.js";

const CAR_PHOTOS = ["front", "rear", "left", "right", "vin", "odometer", "damage"];

export function makeCar(model, changed) {
  const { words } = model;
  const concerns = model.whole.customer_concerns;
  const told = concerns.length > 0
    ? make("ul.concerns", {}, ...concerns.map((concern) => make("li", {}, `“${concern}”`)))
    : make("p.quiet", {}, words.nothing_told);
  const fields = [odometer(model, changed), vin(model, changed), plate(model, changed)];
  const kinds = CAR_PHOTOS.map((kind) => photosOf(model, kind, changed));
  const count = make("p.small.quiet");
  const notes = model.whole.internal_notes ? make("p.words", {}, model.whole.internal_notes) : undefined;
  const element = make("div.car-screen", {},
    make("section", {}, make("h2", {}, words.came_for), told, notes),
    make("section", {}, ...fields.map((field) => field.element)),
    make("section", {}, make("h2", {}, words.photos_of_car), make("ul.kinds", {}, ...kinds.map((kind) => kind.element)), count));
  const update = () => {
    for (const part of [...fields, ...kinds]) part.update();
    count.textContent = say(words.photos_target, { n: model.photosOf(() => true).length });
  };
  update();
  return { element, update };
}

function field(model, changed, { name, label, having, read, doubt }) {
  const input = make("input.input", { id: `car-${name}`, autocomplete: "off", ...having });
  const warning = make("p.small.wrong", { id: `car-${name}-doubt`, hidden: true });
  input.setAttribute("aria-describedby", warning.id);
  const update = () => {
    const value = model.readOff(name);
    if (document.activeElement !== input) input.value = value ?? "";
    const word = doubt?.(input.value);
    warning.hidden = !word;
    warning.textContent = word ? model.words[word] : "";
  };
  input.addEventListener("input", () => {
    const value = read(input.value);
    if (value !== undefined) model.write(name, value).catch(() => {});
    update();
    changed();
  });
  return { element: make("div.field", {}, make("label", { for: input.id }, label), input, warning), update };
}

function odometer(model, changed) {
  // Nothing is no number: what is left empty stays as it was.
  const read = (typed) => {
    const digits = typed.replace(/[\s.,]/g, "");
    return /^\d{1,7}$/.test(digits) ? Number(digits) : undefined;
  };
  const label = `${model.words.odometer}, ${model.sheet.distance}`;
  return field(model, changed, { name: "odometer", label, having: { inputmode: "numeric", maxlength: 9 }, read });
}

function vin(model, changed) {
  const read = (typed) => (typed.trim() === "" ? null : typed.trim().toUpperCase());
  const having = { autocapitalize: "characters", spellcheck: "false", maxlength: 17 };
  return field(model, changed, { name: "vin", label: model.words.vin, having, read, doubt: doubtOfVin });
}

function plate(model, changed) {
  const read = (typed) => (typed.trim() === "" ? null : typed.trim());
  const having = { autocapitalize: "characters", spellcheck: "false", maxlength: 15 };
  return field(model, changed, { name: "license_plate", label: model.words.plate, having, read });
}

function photosOf(model, kind, changed) {
  const { words } = model;
  const label = words[kind];
  const camera = make("input.said", {
    type: "file", accept: "image/*", capture: "environment", multiple: true, "aria-label": say(words.photo_of, { label }),
  });
  const pictures = make("div.pictures");
  const update = () => showPictures(model, pictures, model.photosOf((photo) => photo.kind === kind));
  camera.addEventListener("change", () => takePictures(model, camera, { kind }, () => {
    update();
    changed();
  }));
  const element = make("li", {}, make("label.button.camera", {}, icon("camera"), make("span", {}, label), camera), pictures);
  return { element, update };
}

