// The inspection at the car: a screen a category. What is tapped is painted at once, kept on the phone, and sent in the background.

import { makeCar } from "./car.js";
import { openPicture } from "./draw.js";
import { watch } from "./events.js";
import { knownOf } from "./kept.js";
import { Model } from "./model.js";
import { drawBar, icon, make, say } from "./parts.js";
import { Queue } from "./queue.js";
import { makeRow } from "./row.js";
import { Sender } from "./sender.js";
import { shrinkLeft } from "./shrink.js";
import { makeSign } from "./sign.js";
import { isRated } from "./verdict.js";

const SWIPE = 70;
const LONGEST_LOOK = 15_000;

const sheet = JSON.parse(document.getElementById("sheet").textContent);
const root = document.getElementById("inspect");
const part = (name) => root.querySelector(`[data-${name}]`);
const { words } = sheet;
const owner = `${sheet.shop}/${sheet.person}`;
const queue = new Queue(owner);
const known = await knownOf(owner, sheet.inspection.id).catch(() => undefined);
await queue.reload();
const model = new Model(sheet, known, queue);
const sender = new Sender(queue, sheet.person);
const sign = makeSign(root, model, queue, sender);

// The car, the categories, and the end.
const screens = [{ key: "car", label: words.the_car }, ...sheet.categories, { key: "finish", label: words.finish }];
let screen;
let parts = [];
// What was rated here as the rest, in one tap: category and component.
let rested = [];

function go() {
  const [key, row] = decodeURIComponent(location.hash.slice(1)).split("/");
  const wanted = screens.find((it) => it.key === key) ?? screens[0];
  if (wanted !== screen) show(wanted);
  const target = row && document.getElementById(`${key}-${row}`);
  if (target) {
    target.scrollIntoView({ block: "start" });
    target.querySelector("input")?.focus({ preventScroll: true });
  }
}

function show(wanted) {
  screen = wanted;
  parts = [];
  rested = [];
  if (screen.key === "car") parts = [makeHead(), makeCar(model, afterTap)];
  else if (screen.key === "finish") parts = [makeHead(), makeFinish()];
  else {
    parts = [makeHead(), ...screen.components.map((component) => makeRow(model, screen, component, afterTap))];
    parts.push(makeMissing());
  }
  part("screen").replaceChildren(...parts.map((it) => it.element));
  turnTo();
  scrollTo(0, 0);
  updateHeader();
}

function turnTo() {
  const place = screens.indexOf(screen);
  for (const [name, other] of [["before", screens[place - 1]], ["next", screens[place + 1]]]) {
    const link = part(name);
    link.toggleAttribute("hidden", !other);
    if (!other) continue;
    link.href = `#${other.key}`;
    link.querySelector("span").textContent = other.label;
  }
}

// After a tap: what follows from it, beside its own row.
function afterTap() {
  for (const it of parts) if (it.follows) it.update();
  updateHeader();
  sign.update();
}

function updateAll() {
  for (const it of parts) it.update();
  updateHeader();
}

function updateHeader() {
  const { required, done } = model.progress();
  part("far").textContent = say(words.of_all, { done, all: required });
  drawBar(part("bar"), sheet.categories, model, screen.key);
  part("bar").setAttribute("aria-label", say(words.progress, { done, all: required, category: screen.label }));
  const plate = model.readOff("license_plate");
  part("plate").textContent = plate ?? "";
  part("plate").toggleAttribute("hidden", !plate);
  updateAlert();
}

function updateAlert() {
  const { status, assigned_to: assignee } = model.whole;
  const isDone = status !== "in_progress";
  const isElsewhere = !isDone && assignee !== sheet.person && !sheet.is_manager;
  const place = part("alert");
  place.toggleAttribute("hidden", !isDone && !isElsewhere && !queue.failure && !sender.isLoggedOut);
  const sentence = queue.failure ? words.not_kept_why
    : sender.isLoggedOut ? say(words.session_ended, { name: sheet.name })
    : isElsewhere ? words.why_forbidden : queue.waiting.length > 0 ? words.why_state : words.completed;
  if (place.dataset.of === sentence + status) return;
  place.dataset.of = sentence + status;
  place.replaceChildren(make("span", {}, sentence));
  if (sender.isLoggedOut) place.append(make("a.button", { href: `/login?to=${encodeURIComponent(location.pathname)}` }, words.log_in_again));
  else if (isDone) place.append(make("a.button", { href: "/work" }, words.my_work));
}

function makeHead() {
  const about = make("p.quiet");
  const title = make("h1", { tabindex: -1 }, screen.label);
  const isCategory = "components" in screen;
  const rest = isCategory ? make("button.button", { type: "button", onclick: rateRest },
    icon("green", "mark was green"), words.rest_is_green) : undefined;
  const back = isCategory ? make("button.button", { type: "button", onclick: takeRestBack }) : undefined;
  const hint = make("p.small.quiet.hint", { id: "rest-hint", hidden: true });
  const update = () => {
    if (!isCategory) return;
    const { required, done, missing } = model.progress([screen]);
    about.textContent = required === 0 && missing.length === 0 ? words.all_optional
      : missing.length === 0 ? say(words.all_done, { all: required })
      : say(words.done_missing, { done, all: required, missing: missing.length });
    const { left, unmeasured } = findRest();
    const given = rested.filter(isStillBare);
    rest.hidden = left.length === 0;
    back.hidden = left.length > 0 || given.length === 0;
    back.textContent = say(words.rest_again, { n: given.length });
    rest.setAttribute("aria-disabled", unmeasured.length > 0);
    hint.hidden = left.length === 0 || unmeasured.length === 0;
    hint.textContent = say(words.measure_first, { list: unmeasured.map((it) => it.label).join("; ") });
  };
  const element = make("div.category", {}, make("div", {}, title, about), rest, back, hint);
  update();
  return { element, update, follows: true };
}

// What is not rated yet here, and what of it has to have its number first. What need not be measured is left alone.
function findRest() {
  const unrated = screen.components.filter((component) => !isRated(model.finding(screen.key, component.key)));
  return {
    left: unrated.filter((component) => !component.scale),
    unmeasured: unrated.filter((component) => component.scale && component.required),
  };
}

function rateRest() {
  const { left, unmeasured } = findRest();
  if (unmeasured.length > 0) {
    location.hash = `#${screen.key}/${unmeasured[0].key}`;
    return;
  }
  rested = left.map((component) => [screen.key, component.key]);
  rateTogether(rested, { severity: "green" });
}

function takeRestBack() {
  const given = rested.filter(isStillBare);
  rested = [];
  rateTogether(given, { cleared: true });
}

function rateTogether(places, tap) {
  model.rateAll(places.map((place) => [...place, tap])).catch(() => {});
  updateAll();
  sign.update();
}

// Whether one that was rated with the rest has been left like that.
function isStillBare(place) {
  const finding = model.finding(...place);
  return finding?.severity === "green" && !finding.notes && model.photosOfComponent(...place).length === 0;
}

function listOf(missing, isOfAll) {
  return make("ul", {}, ...missing.map(({ category, component, needs }) => make("li", {},
    make("a", { href: `#${category.key}/${component.key}` },
      make("span", {}, isOfAll ? `${category.label}: ${component.label}` : component.label),
      make("span.small.quiet", {}, needs === "rating" ? words.missing_rating : words.missing_reason)))));
}

function makeMissing() {
  const element = make("section.lacking");
  const update = () => {
    const { missing } = model.progress([screen]);
    element.hidden = missing.length === 0;
    element.replaceChildren(make("h2", {}, say(words.still_missing, { n: missing.length, category: screen.label })), listOf(missing));
  };
  update();
  return { element, update, follows: true };
}

function makeFinish() {
  const element = make("div.finish");
  let seen;
  const update = () => {
    const { missing } = model.progress();
    const sent = queue.last(model.id, "complete");
    const isWaiting = Boolean(sent && !sent.refused);
    const state = JSON.stringify([missing.length, missing.map((it) => it.component.key), isWaiting, model.whole.status]);
    if (state === seen) return;
    seen = state;
    const isDone = model.whole.status !== "in_progress";
    const complete = make("button.button.main", { type: "button", onclick: () => model.complete().then(updateAll, () => {}) }, words.complete);
    element.replaceChildren(
      make("section.lacking", {}, make("h2", {}, missing.length === 0 ? words.nothing_missing
        : say(words.missing_in_all, { n: missing.length })), listOf(missing, true)),
      make("p.small.quiet", {}, say(words.photos_target, { n: model.photosOf(() => true).length })),
      ...(isDone ? [make("p", {}, words.completed)]
        : isWaiting ? [make("p", { role: "status" }, words.completing)]
          : missing.length === 0 ? [complete] : [make("p.small.quiet", {}, words.complete_anyway)]),
    );
  };
  update();
  return { element, update, follows: true };
}

function showCategories() {
  const dialog = part("categories");
  dialog.querySelector("ul").replaceChildren(...screens.map((it) => {
    const { required, done, missing } = it.components ? model.progress([it]) : { required: 0, missing: [] };
    const state = required === 0 ? "" : missing.length === 0 ? icon("done") : say(words.of_all, { done, all: required });
    return make("li", {}, make("a", { href: `#${it.key}`, "aria-current": it === screen && "page", onclick: () => dialog.close() },
      make("span", {}, it.label), make("span.small.quiet", {}, state)));
  }));
  dialog.showModal();
}

function listenToSwipes() {
  let from;
  const main = part("screen");
  main.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    from = event.touches.length === 1 && !event.target.closest("input, textarea, canvas") ? touch : undefined;
  }, { passive: true });
  main.addEventListener("touchend", (event) => {
    if (!from) return;
    const [to] = event.changedTouches;
    const [across, along] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(along)) return;
    const other = screens[screens.indexOf(screen) + (across < 0 ? 1 : -1)];
    if (other) location.hash = `#${other.key}`;
  }, { passive: true });
}

// What another phone, or the desk, has changed. While something is on its way its answer says how things are.
async function look() {
  if (queue.of(model.id).some(isOnItsWay)) return;
  const since = model.learned;
  try {
    const answer = await fetch(`/api/v1/inspections/${model.id}`, {
      headers: { "courtesy-person": sheet.person }, redirect: "error", cache: "no-store", signal: AbortSignal.timeout?.(LONGEST_LOOK),
    });
    sender.isLoggedOut = answer.status === 401;
    if (answer.ok) {
      const { customer, assignee, ...whole } = await answer.json();
      if (!model.replace(whole, since)) return watcher.soon();
      tryAgain(whole);
    }
  } catch {
    // Not there at the moment; the next look may find it.
    return;
  }
  updateAll();
  sign.update();
}

// What is behind something that was refused does not leave, nor is an inspection completed before all of it is sent.
const isOnItsWay = ({ refused, version, kind }) => !refused && version !== "after" && kind !== "complete";

// Sent back to the car: what was refused because it was not there any more may go on. Completing is for whoever knows why it came
// back.
function tryAgain({ status, assigned_to: assignee }) {
  const isMine = sheet.is_manager || assignee === sheet.person;
  if (status !== "in_progress" || !isMine) return;
  const isBack = ({ refused, kind }) => kind !== "complete" && refused && (refused.type === "state" || refused.status === 403);
  const back = queue.of(model.id).filter(isBack);
  if (back.length > 0) queue.retry(back.map((change) => change.seq)).catch(() => {});
}

// The worker keeps the pages that it brings. One that came before there was a worker is brought to it, and where the arrow leads.
async function beKept() {
  await navigator.serviceWorker.register("/worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const [visit] = performance.getEntriesByType("navigation");
  const isWorkKept = await caches.match("/work").catch(() => undefined);
  active.postMessage({ keep: [...(visit.workerStart ? [] : [location.pathname]), ...(isWorkKept ? [] : ["/work"])] });
}

const isCompletion = ({ change, refused, told }) =>
  change.inspection === model.id && change.kind === "complete" && !refused && told.status !== "in_progress";

// To the next car; the list of work says that this one has arrived.
function leave() {
  sessionStorage.setItem("completed", root.querySelector(".car-name").textContent);
  location.assign("/work");
}

queue.learn((answers) => model.learn(answers));
queue.listen((answered) => {
  updateAll();
  if (answered?.some(isCompletion)) leave();
});
part("all").addEventListener("click", showCategories);
root.addEventListener("picture", (event) => openPicture(model, part("picture"), event.detail).catch(() => {}));
addEventListener("hashchange", go);
listenToSwipes();
go();
root.dataset.ready = "";
const watcher = watch(look);
shrinkLeft(queue).catch(() => {});
if (isSecureContext && navigator.serviceWorker) beKept().catch(() => {});
navigator.storage?.persist?.().catch(() => {});
