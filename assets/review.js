// The review: words are saved as soon as somebody leaves them, and a text is measured while it is written.

import { size } from "./segments.js";

const lost = "Not saved: there is no connection. It stays here; save it again.";

async function save(form) {
  const row = form.closest("article");
  const told = form.querySelector("output");
  told.textContent = "Saving…";
  let page;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    told.textContent = lost;
    return;
  }
  const now = page.getElementById(row.id)?.querySelector("[data-mend]");
  if (!now) {
    // Logged out meanwhile: the form itself takes the words along to the log-in and back.
    form.submit();
    return;
  }
  const complaint = now.querySelector(".wrong");
  const words = form.elements.notes;
  const typed = new FormData(form).get("notes");
  form.elements.version.value = now.elements.version.value;
  words.setAttribute("aria-invalid", String(Boolean(complaint)));
  told.textContent = complaint ? complaint.textContent : "Saved";
  if (!complaint && words.value === typed) words.defaultValue = words.value;
}

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
  if ([...document.querySelectorAll("[data-mend]")].some(isUnsaved)) event.preventDefault();
});
for (const form of document.querySelectorAll("[data-mend]")) form.dataset.savesItself = "";

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-words]")) return;
  const form = event.target.form;
  const bubble = form.querySelector("[data-bubble]");
  const { link, secret } = bubble.dataset;
  const words = event.target.value.trim();
  const text = (url) => (words.includes("{link}") ? words.replaceAll("{link}", url) : `${words} ${url}`.trim());
  bubble.textContent = text(`${link}…`);
  form.querySelector("[data-meter]").textContent = size(text(link + secret));
});
