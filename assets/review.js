// The review: words are saved as soon as somebody leaves them, and a text is measured while it is written.

import { introduced, size } from "./segments.js";

const LOST = "Not saved. It stays here; check the connection and save it again.";
// The save of a form that is under way, for which its next one waits, because each has to know the version that the one
// before made.
const saving = new WeakMap();
let isLeaving = false;
// When somebody last pressed anything, and when each form's words were last left.
let pressed = -1;
const leftAt = new WeakMap();

// One press of the button leaves the field as well, and asks twice. What waited for a save is sent only if that one was
// taken, because whoever asked for it did not know yet why not; and only if there is still something to save.
function save(form) {
  const before = saving.get(form);
  const mine = before ? before.then((isTaken) => isTaken && (!isUnsaved(form) || send(form))) : send(form);
  saving.set(form, mine);
  mine.then(() => saving.get(form) === mine && saving.delete(form));
}

// Whether it was taken.
async function send(form) {
  const row = form.closest("article");
  const typed = form.elements.notes.value;
  tell(form, "Saving…");
  let page;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    tell(form, LOST);
    return false;
  }
  const now = page.getElementById(row.id)?.querySelector("[data-mend]");
  if (now) return show(form, now, typed);
  if (!page.querySelector("form[action='/login']")) {
    tell(form, page.querySelector("[role=alert]")?.textContent ?? LOST);
    return false;
  }
  // Logged out meanwhile: sent in the usual way, the form takes the words along to the log-in and back.
  isLeaving = true;
  form.submit();
  return false;
}

// Shows what came of it, and says whether it was taken. What was typed since then waits for the next save.
function show(form, now, typed) {
  const complaint = now.querySelector(".wrong");
  const theirs = now.querySelector("[data-theirs]");
  form.elements.version.value = now.elements.version.value;
  form.elements.notes.setAttribute("aria-invalid", String(Boolean(complaint)));
  tell(form, [complaint, theirs].map((line) => line?.textContent.trim()).filter(Boolean).join(" ") || "Saved");
  if (!complaint) form.elements.notes.defaultValue = typed;
  return !complaint;
}

const tell = (form, words) => (form.querySelector("output").textContent = words);
const isUnsaved = (form) => form.elements.notes.value !== form.elements.notes.defaultValue;

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-mend]");
  if (!form) return;
  leftAt.set(form, event.timeStamp);
  save(form);
});
for (const press of ["pointerdown", "keydown"]) addEventListener(press, (event) => (pressed = event.timeStamp), true);
// Captured, so that a form which is sent here is not held to be on its way to another page.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-mend]");
  if (!form) return;
  event.preventDefault();
  // A slow finger: leaving the words has saved them before the press on the button was over.
  if (leftAt.get(form) >= pressed && !isUnsaved(form)) return;
  save(form);
}, true);
addEventListener("beforeunload", (event) => {
  if (!isLeaving && [...document.querySelectorAll("[data-mend]")].some(isUnsaved)) event.preventDefault();
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-words]")) return;
  const form = event.target.form;
  const bubble = form.querySelector("[data-bubble]");
  const { link, secret, shop } = bubble.dataset;
  const words = event.target.value.trim();
  const linked = (url) => (words.includes("{link}") ? words.replaceAll("{link}", url) : `${words} ${url}`.trim());
  const text = (url) => (shop ? introduced(linked(url), shop) : linked(url));
  bubble.textContent = text(`${link}…`);
  form.querySelector("[data-meter]").textContent = size(text(link + secret));
});
