// One component: its number, its rating, and the reason for it.

import { drawGauge, make, say } from "./parts.js";
import { showPictures, stampOf, takePictures } from "./photos.js";
import { inWords, isRated, number, propose, reading, verdict, wantsReason, withUnit } from "./verdict.js";

const template = document.getElementById("row");
// A hand that trembles taps twice and means once.
const TWICE = 700;

export function makeRow(model, category, component, changed) {
  const row = template.content.cloneNode(true).firstElementChild;
  const part = (name) => row.querySelector(`[data-${name}]`);
  const { words } = model;
  const { scale, label } = component;
  row.id = `${category.key}-${component.key}`;
  part("label").textContent = label;
  part("legend").textContent = label;
  part("optional").hidden = component.required;
  part("last").textContent = lastTime(model, category, component);
  // `before` is what the rating was that is taken back.
  const rate = (tap, before) => {
    row.dataset.before = before ? JSON.stringify(before) : "";
    model.rate(category.key, component.key, tap).catch(() => {});
    update();
    changed();
  };
  listenToChoices(row, () => model.finding(category.key, component.key), rate);
  part("again").addEventListener("click", () => {
    rate(JSON.parse(row.dataset.before));
    row.querySelector(".rate :checked").focus({ preventScroll: true });
  });
  if (scale) listenToNumber(part, scale, words, label, rate);
  else part("measure").remove();
  const notes = part("words");
  notes.setAttribute("aria-label", say(words.note_for, { label }));
  notes.addEventListener("input", () => rate({ notes: notes.value.trim() === "" ? null : notes.value }));
  part("pen").addEventListener("click", () => {
    row.dataset.writing = "";
    update();
    notes.focus();
  });
  part("camera").setAttribute("aria-label", say(words.photo_of, { label }));
  part("camera").addEventListener("change", (event) => {
    takePictures(model, event.target, { category: category.key, component: component.key }, () => {
      update();
      changed();
    });
  });
  part("mine").addEventListener("click", () => resolve(false));
  part("theirs").addEventListener("click", () => resolve(true));
  const resolve = (isTheirs) => {
    const { seq } = model.queue.last(model.id, `${category.key}/${component.key}`);
    if (isTheirs) model.queue.drop([seq]).catch(() => {});
    else model.queue.retry([seq]).catch(() => {});
  };
  const update = () => updateRow(model, category, component, row, part, rate);
  update();
  return { element: row, update };
}

// A tap rates; another one on the same button takes it back, and what it was can be had again. What was measured goes with its
// number: a tap on the colour that the number proposes only agrees.
function listenToChoices(row, finding, rate) {
  let last = -TWICE;
  for (const choice of row.querySelectorAll(".rate input")) {
    choice.name = row.id;
    choice.addEventListener("change", () => {
      last = performance.now();
      rate(choice.value === "na" ? { not_applicable: true } : { severity: choice.value });
    });
    // It comes before the change that it makes, and by itself if it makes none.
    choice.addEventListener("click", () => {
      const before = finding();
      if (chosen(before) !== choice.value || isMeasured(before) || performance.now() - last < TWICE) return;
      rate({ cleared: true }, verdict(before));
    });
  }
}

const isMeasured = (finding) => typeof finding?.measurement === "number";
const chosen = (finding) => (finding?.not_applicable ? "na" : finding?.severity);

function listenToNumber(part, scale, words, label, rate) {
  const field = part("number");
  const suffix = scale.suffix.trim();
  part("number-label").textContent = `${label}, ${suffix.startsWith("/") ? 1 : ""}${suffix}`;
  part("unit").textContent = suffix;
  field.addEventListener("input", () => {
    const value = reading(scale, field.value);
    const isOff = field.value.trim() !== "" && value === undefined;
    field.setAttribute("aria-invalid", isOff);
    part("proposes").classList.toggle("quiet", !isOff);
    part("proposal").dataset.hint = isOff ? offScale(words, scale) : keptAs(words, scale, field.value, value);
    rate(value === undefined ? { measurement: null } : { measurement: value });
  });
  field.addEventListener("blur", () => {
    const value = reading(scale, field.value);
    if (value !== undefined) field.value = number(scale, value);
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
}

function offScale(words, scale) {
  if (!scale.millimetres) return say(words.off_scale, scale);
  return say(words.off_range, { min: withUnit(scale, scale.min), max: withUnit(scale, scale.max) });
}

// Between two steps of the scale there is no number.
function keptAs(words, scale, typed, value) {
  const isAsTyped = value === undefined || Number(typed.trim().replace(",", ".")) === Number(number(scale, value));
  return isAsTyped ? "" : say(words.kept_as, { value: withUnit(scale, value) });
}

function updateRow(model, category, component, row, part, rate) {
  const { words } = model;
  const { scale } = component;
  const finding = model.finding(category.key, component.key);
  const photos = model.photosOfComponent(category.key, component.key);
  // Most rows stay as they are whatever was tapped.
  const state = JSON.stringify([finding, part("proposal").dataset.hint, "writing" in row.dataset, row.dataset.before,
    photos.map((photo) => [photo.id, Boolean(photo.change), photo.change?.refused?.status, stampOf(photo)]), model.clash(category.key, component.key)]);
  if (row.dataset.state === state) return;
  row.dataset.state = state;
  for (const choice of row.querySelectorAll(".rate input")) choice.checked = choice.value === chosen(finding);
  part("undone").hidden = !row.dataset.before || isRated(finding);
  part("open").toggleAttribute("hidden", !component.required || isRated(finding));
  if (scale) updateNumber(model, category, component, finding, part);
  const isUnexplained = wantsReason(finding) && !finding.notes && photos.length === 0;
  part("need").hidden = !isUnexplained;
  updateClash(model, category, component, part);
  updateChips(part("chips"), component.canned[finding?.severity] ?? [], finding, rate);
  const hasReason = wantsReason(finding) || Boolean(finding?.notes) || photos.length > 0;
  part("shots").hidden = !hasReason;
  part("shots").toggleAttribute("data-has", photos.length > 0);
  showPictures(model, part("pictures"), photos);
  const own = ownWords(finding, component);
  const isWriting = "writing" in row.dataset || own !== "";
  part("pen").setAttribute("aria-expanded", isWriting);
  part("words").hidden = !hasReason || !isWriting;
  if (document.activeElement !== part("words")) part("words").value = finding?.notes ?? "";
}

function updateNumber(model, category, component, finding, part) {
  const { words } = model;
  const { scale } = component;
  const field = part("number");
  const value = finding?.measurement;
  const isNumber = isMeasured(finding);
  if (document.activeElement !== field) field.value = isNumber ? number(scale, value) : "";
  const before = model.last(category.key, component.key)?.measurement;
  drawGauge(part("gauge"), scale, value, before, spoken(words, scale, value, before));
  const proposal = part("proposal");
  const proposed = isNumber ? propose(scale, value) : undefined;
  const isOverridden = Boolean(proposed && finding.severity && finding.severity !== proposed);
  proposal.hidden = !isOverridden && !proposal.dataset.hint;
  proposal.querySelector("svg").toggleAttribute("hidden", !isOverridden);
  proposal.querySelector("svg").setAttribute("class", `mark was ${proposed ?? ""}`);
  proposal.querySelector("use").setAttribute("href", `#${proposed ?? "open"}`);
  const colour = (of) => words[of].toLowerCase();
  part("proposes").textContent = isOverridden
    ? say(words.proposes, { value: withUnit(scale, value), colour: colour(proposed) }) : proposal.dataset.hint ?? "";
  part("chose").textContent = isOverridden ? say(words.you_chose, { colour: colour(finding.severity) }) : "";
}

// "2.5 mm. Last time 4.5 mm; red up to 3 mm, yellow up to 5 mm".
function spoken(words, scale, value, before) {
  const isLower = scale.direction === "lower_is_worse";
  const parts = [
    typeof value === "number" && `${withUnit(scale, value)}.`,
    typeof before === "number" && `${say(words.last_time, { value: withUnit(scale, before) })};`,
    say(isLower ? words.red_up_to : words.red_from, { value: withUnit(scale, scale.red_from) }),
    scale.yellow_from !== null && `, ${say(words.yellow_up_to, { value: withUnit(scale, scale.yellow_from) })}`,
  ];
  return parts.filter(Boolean).join(" ").replace(" ,", ",");
}

function updateClash(model, category, component, part) {
  const { words } = model;
  const refused = model.clash(category.key, component.key);
  part("clash").hidden = !refused;
  if (!refused) return;
  const theirs = inWords(words, component.scale, refused.theirs);
  part("clash-words").textContent = say(words.changed_by_other, { theirs });
}

const lines = (finding) => (finding?.notes ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

// What was written beside the canned words.
function ownWords(finding, { canned }) {
  const known = [...canned.yellow, ...canned.red];
  return lines(finding).filter((line) => !known.includes(line)).join("\n");
}

function updateChips(place, canned, finding, rate) {
  place.hidden = canned.length === 0;
  const said = lines(finding);
  if (place.dataset.of !== canned.join("|")) {
    place.dataset.of = canned.join("|");
    place.replaceChildren(...canned.map((words) => make("button.chip", { type: "button" }, words)));
  }
  for (const chip of place.children) {
    const isSaid = said.includes(chip.textContent);
    chip.setAttribute("aria-pressed", isSaid);
    chip.onclick = () => {
      const left = isSaid ? said.filter((line) => line !== chip.textContent) : [...said, chip.textContent];
      rate({ notes: left.length > 0 ? left.join("\n") : null });
    };
  }
}

function lastTime(model, category, component) {
  const { words } = model;
  const last = model.last(category.key, component.key);
  if (!last) return words.first_time;
  if (last.not_applicable) return words.last_time_na;
  const value = typeof last.measurement === "number" && component.scale
    ? withUnit(component.scale, last.measurement) : words[last.severity].toLowerCase();
  return say(words.last_time, { value });
}
