// The conversations: what helps to read, to find and to answer. All of it works without.

import { introduced, size, straight } from "./segments.js";
import { show } from "./swap.js";

// As long as the secret part of a link, which is made when the text is sent.
const SECRET = "0000000000000000000000";
const SETTLED = 150;
const find = (what) => document.querySelector(`[data-${what}]`);
const box = () => document.getElementById("words");
// Each tab keeps what was begun in each conversation; where nothing may be stored, only the page does.
const draft = {
  of: (form) => `draft-${form.dataset.write}`,
  read(form) {
    try {
      return sessionStorage.getItem(this.of(form)) ?? "";
    } catch {
      return "";
    }
  },
  keep(form, words) {
    try {
      if (words) sessionStorage.setItem(this.of(form), words);
      else sessionStorage.removeItem(this.of(form));
    } catch {
      // It stays in the box.
    }
  },
};

// The text as it goes out.
function whole({ value, dataset }) {
  const words = value.trimEnd().replaceAll("{link}", dataset.link + SECRET);
  return words && dataset.shop ? introduced(words, dataset.shop) : words;
}

function measure() {
  const field = box();
  const isCurly = straight(field.value) !== field.value;
  find("size").textContent = field.value.trim() ? size(whole(field)) : "";
  find("straightens").hidden = !isCurly;
}

function write(words) {
  const field = box();
  field.focus();
  // Like typing, so that it can be taken back with the usual keys.
  field.select();
  if (!document.execCommand("insertText", false, words)) field.value = words;
  changed();
}

function changed() {
  delete box().dataset.kept;
  draft.keep(box().form, box().value);
  measure();
}

document.addEventListener("input", (event) => {
  if (event.target === box()) changed();
});
document.addEventListener("click", (event) => {
  const quick = event.target.closest("[data-fills]");
  if (quick && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const begun = box().value.trim();
    write(begun && begun !== quick.dataset.fills ? `${begun} ${quick.dataset.fills}` : quick.dataset.fills);
  }
  if (event.target.closest("[data-straightens]")) write(straight(box().value));
  if (event.target.closest("[data-below]")) toEnd();
});
document.addEventListener("keydown", (event) => {
  if (event.target === box() && event.key === "Enter" && (event.ctrlKey || event.metaKey)) box().form.requestSubmit();
});
// The next one is written where this one was.
document.addEventListener("submit", (event) => event.target.matches("[data-write]") && box().focus(), true);

// Whoever looks at a conversation has read it.
const asked = new WeakSet();
function read() {
  const form = find("reads");
  if (!form || asked.has(form) || document.hidden || !document.hasFocus()) return;
  asked.add(form);
  form.requestSubmit();
}

// What is new comes into sight by itself only where one is at the end, which is where this scroller begins.
const scroller = find("scroll");
const isAtEnd = () => scroller.scrollTop > -40;
const toEnd = () => scroller.scrollTo({ top: 0 });
const isNew = ({ addedNodes }) => [...addedNodes].some((it) => it.id?.startsWith("text-"));

function whenChanged(id, then) {
  const part = document.getElementById(id);
  if (part) new MutationObserver(then).observe(part, { childList: true });
}

if (scroller) {
  whenChanged("with", read);
  whenChanged("texts", (changes) => (find("below").hidden = isAtEnd() || !changes.some(isNew)));
  scroller.addEventListener("scroll", () => isAtEnd() && (find("below").hidden = true));
  addEventListener("focus", read);
  document.addEventListener("visibilitychange", read);
  read();
}

// The box is a new one once something was sent.
const begin = () => {
  const field = box();
  if (!field) return;
  if (!field.value) field.value = draft.read(field.form);
  if (field.value) measure();
};
whenChanged("reply", () => {
  const field = box();
  if (field && field.dataset.kept === undefined) draft.keep(field.form, field.value);
});
begin();

// The search, as one types.
const search = find("finds");
const main = find("self");
let settling;
let newest = 0;
async function look() {
  const mine = ++newest;
  const address = new URL(main.dataset.self, location);
  address.searchParams.delete("behind");
  if (search.value.trim()) address.searchParams.set("q", search.value.trim());
  else address.searchParams.delete("q");
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected || mine !== newest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== newest) return;
  main.dataset.self = address.pathname + address.search;
  history.replaceState(null, "", main.dataset.self);
  await show(page);
}
search.addEventListener("input", () => {
  clearTimeout(settling);
  settling = setTimeout(look, SETTLED);
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown") return;
  document.querySelector("#talks [data-card]")?.focus();
  event.preventDefault();
});
