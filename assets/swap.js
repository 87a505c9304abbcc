// Puts what the server has just rendered in the place of what is shown, where the two differ and nowhere else.
//
// A part is an element with an id and `data-live`. With `data-live="list"` its children have ids, too: one that
// stands in another list now moves there. `data-news` on a part or a child is what is said aloud when it comes to
// say it. In a list with `data-still` nothing is shown moving. A field with `data-kept` holds what was refused, which
// only whoever typed it takes away.

import { setClock, tick, withoutAges } from "./ages.js";

// What the server last said of each element. The page itself is no measure: ages go on, people type.
const said = new WeakMap();
let behind = false;

const children = (part) => [...part.children].filter((child) => child.id);
const isList = (part) => part.dataset.live === "list";
const parts = (page) => [...page.querySelectorAll("[data-live][id]")];

for (const part of parts(document)) {
  for (const element of isList(part) ? children(part) : [part]) said.set(element, gist(element));
}

// Whether something was left alone because somebody was busy with it.
export const isBehind = () => behind;

// Whether a page has anything that could be put into this one.
export const fits = (page) => parts(page).some((part) => part.closest("#content") && document.getElementById(part.id));

// Shows what this page says. Of `sent`, a form that the page is the answer to, nothing is kept.
export async function show(page, sent) {
  const present = parts(page).map((part) => [document.getElementById(part.id), part]).filter(([old]) => old);
  const isNews = ([old, part]) => (isList(part) ? listDiffers : differs)(old, part, sent);
  const work = present.filter(isNews);
  setClock(page);
  if (document.title !== page.title) document.title = page.title;
  behind = false;
  if (work.length === 0) return tick();
  const news = [];
  const change = () => {
    const place = focusPlace();
    for (const [old, part] of work) {
      if (isList(part)) arrange(old, part, page, sent, news);
      else renew(old, part, sent, news);
    }
    place.restore();
    tick();
    tell(news);
  };
  await moving(work, change);
}

// What an element says: without its ages, and without the ids by which a form is recognised when it is sent twice,
// which are new on every page.
function gist(element) {
  const copy = withoutAges(element.cloneNode(true));
  for (const id of copy.querySelectorAll("input[type=hidden][name=id]")) id.removeAttribute("value");
  return copy.outerHTML;
}

function differs(old, fresh, sent) {
  return said.get(old) !== gist(fresh) || (sent && old.contains(sent));
}

function listDiffers(list, fresh, sent) {
  const [shown, wanted] = [children(list), children(fresh)];
  return shown.length !== wanted.length
    || wanted.some((child, place) => shown[place].id !== child.id || differs(shown[place], child, sent));
}

// Brings a list's children into the new order. One that somebody is busy with stays where it is, as it is.
function arrange(list, fresh, page, sent, news) {
  for (const child of children(list)) {
    if (page.getElementById(child.id)) continue;
    if (isBusy(child, sent)) behind = true;
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const wanted of children(fresh)) {
    let child = document.getElementById(wanted.id);
    if (child && isBusy(child, sent)) {
      if (child.parentElement !== list || differs(child, wanted)) behind = true;
      if (child === place) place = place.nextElementSibling;
      continue;
    }
    if (child) renew(child, wanted, sent, news);
    else {
      child = document.importNode(wanted, true);
      said.set(child, gist(wanted));
      hear(wanted, undefined, news);
    }
    if (child === place) place = place.nextElementSibling;
    else put(list, child, place);
  }
}

function put(list, child, place) {
  // Moved so, it keeps what it holds: focus, an animation that has begun.
  if (list.moveBefore && child.isConnected) list.moveBefore(child, place);
  else list.insertBefore(child, place);
}

// Makes an element say the new thing. It stays the same element, so that it can be seen moving.
function renew(old, fresh, sent, news) {
  if (!differs(old, fresh, sent)) return;
  if (isBusy(old, sent)) {
    behind = true;
    return;
  }
  hear(fresh, old, news);
  const open = [...old.querySelectorAll("details[id]")].filter((box) => box.open).map((box) => box.id);
  // What came of something that was done here.
  const told = [...old.querySelectorAll("output[id]")].map((output) => [output.id, output.textContent]);
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const box of old.querySelectorAll("details[id]")) box.open ||= open.includes(box.id);
  for (const [id, words] of told) old.querySelector(`output[id="${id}"]`)?.append(words);
  said.set(old, gist(fresh));
}

// Whether somebody is busy with something in an element: types, chooses, has chosen and not sent, reads a dialog,
// marks words to copy them, or waits for what they sent. Then it is left alone, and shown anew once they are done.
function isBusy(element, sent) {
  const isTheirs = (field) => !sent?.contains(field);
  const fields = [...element.querySelectorAll("input, select, textarea")].filter(isTheirs);
  return fields.some((field) => field === document.activeElement || isChanged(field))
    || [...element.querySelectorAll("dialog[open], form[aria-busy]")].some((busy) => busy !== sent)
    || isMarked(element);
}

// Whether a field stands at something else than the server said.
export function isChanged(field) {
  if (field.dataset.kept !== undefined) return true;
  if (field.matches("select")) {
    const standard = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
    return field.selectedIndex !== standard;
  }
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked
    : field.value !== field.defaultValue;
}

function isMarked(element) {
  const marked = getSelection();
  return !marked.isCollapsed && (element.contains(marked.anchorNode) || element.contains(marked.focusNode));
}

// Remembers what has the focus, to give it back to what takes its place; or, where that is gone, to what stands
// there.
function focusPlace() {
  const focused = document.activeElement;
  const child = focused?.closest("[data-live=list] > [id]");
  const list = child?.parentElement;
  const place = list ? children(list).indexOf(child) : -1;
  const restore = () => {
    if (!focused?.id || document.activeElement === focused) return;
    const same = document.getElementById(focused.id);
    const neighbour = list && (children(list)[place] ?? children(list).at(-1))?.querySelector("a, button");
    enter(same ?? neighbour);
  };
  return { restore };
}

function enter(element) {
  element?.focus({ preventScroll: true });
  if (!element?.form || document.activeElement === element) return;
  // A button that is shown only to whoever is in its form.
  element.form.querySelector("textarea")?.focus({ preventScroll: true });
  element.focus({ preventScroll: true });
}

// Shows by a short movement where something went.
async function moving(work, change) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const shows = (part) => isList(part) && part.dataset.still === undefined;
  const hasMoved = work.some(([old, part]) => shows(part) && children(part).some((child) => {
    const present = document.getElementById(child.id);
    return !present || present.parentElement !== old;
  }));
  if (!hasMoved || isCalm || document.hidden || !document.startViewTransition) return change();
  document.documentElement.classList.add("moving");
  const transition = document.startViewTransition(change);
  // Nothing has to be shown to the end: who leaves the page, or changes it once more, ends it.
  transition.ready.catch(() => {});
  transition.finished.catch(() => {}).then(() => document.documentElement.classList.remove("moving"));
  await transition.updateCallbackDone;
}

function hear(fresh, old, news) {
  const words = fresh.dataset.news;
  if (words && words !== old?.dataset.news) news.push(words);
}

function tell(news) {
  const region = document.querySelector("[data-told]");
  if (news.length > 0 && region) region.textContent = news.join(". ");
}
