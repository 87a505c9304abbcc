// The review: words are saved as soon as somebody leaves them, and a text is measured while it is written.

import { introduced, size } from "./segments.js";

const LOST = "Not saved. It stays here; check the connection and save it again.";
// The save that a form's next one waits for, because each has to know the version that the one before made.
const saving = new WeakMap();
let isLeaving = false;

const save = (form) => saving.set(form, (saving.get(form) ?? Promise.resolve()).then(() => send(form)));

async function send(form) {
  const row = form.closest("article");
  const typed = form.elements.notes.value;
  tell(form, "Saving…");
  let page;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return tell(form, LOST);
  }
  const now = page.getElementById(row.id)?.querySelector("[data-mend]");
  if (now) return show(form, now, typed);
  if (!page.querySelector("form[action='/login']")) return tell(form, page.querySelector("[role=alert]")?.textContent ?? LOST);
  // Logged out meanwhile: sent in the usual way, the form takes the words along to the log-in and back.
  isLeaving = true;
  form.submit();
}

// Shows what came of it. What was typed since then waits for the next save.
function show(form, now, typed) {
  const complaint = now.querySelector(".wrong");
  const theirs = now.querySelector("[data-theirs]");
  form.elements.version.value = now.elements.version.value;
  form.elements.notes.setAttribute("aria-invalid", String(Boolean(complaint)));
  tell(form, [complaint, theirs].map((line) => line?.textContent.trim()).filter(Boolean).join(" ") || "Saved");
  if (!complaint) form.elements.notes.defaultValue = typed;
}

const tell = (form, words) => (form.querySelector("output").textContent = words);
const isUnsaved = (form) => form.elements.notes.value !== form.elements.notes.defaultValue;

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-mend]");
  if (form) save(form);
});
// Captured, so that a form which is sent here is not held to be on its way to another page.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-mend]");
  if (!form) return;
  event.preventDefault();
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
