// Forms with `data-quiet` are sent without leaving the page, which then shows the answer. Fields with `data-sends`
// send their form once something was chosen.

import { isChanged } from "./swap.js";

// Keys that step through a closed list of choices, and those that open it. A step changes the field, but who passes
// by a name does not mean it: that is sent with Enter, or once they leave the field.
const STEPS = /^(Arrow|Home|End|Page|\S$)/u;
const OPENERS = /^( |Enter|F4)$/u;

let isStepping = false;

// Calls `answered` with the page that came back, the form, and the answer itself.
export function sendQuietly(answered) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-quiet]")) return;
    event.preventDefault();
    if (!form.hasAttribute("aria-busy")) send(form, event.submitter, answered);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("[data-sends]")) return;
    if (event.key === "Enter" && isStepping && isChanged(field)) {
      event.preventDefault();
      sendChosen(field);
    } else if (event.altKey || OPENERS.test(event.key)) isStepping = false;
    else if (STEPS.test(event.key)) isStepping = true;
  });
  document.addEventListener("pointerdown", () => (isStepping = false));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]") && !isStepping) sendChosen(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-sends]") && isStepping) sendChosen(event.target);
  });
}

function sendChosen(field) {
  isStepping = false;
  if (isChanged(field)) field.form.requestSubmit();
}

async function send(form, submitter, answered) {
  form.setAttribute("aria-busy", "true");
  // What is typed meanwhile would not be sent, and the answer takes its place.
  for (const field of form.querySelectorAll("textarea")) field.readOnly = true;
  form.querySelector("[data-refusal]")?.remove();
  try {
    const body = new URLSearchParams(new FormData(form, submitter));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // The session has ended, and nothing was done: sent in the usual way, the form waits for the log-in and goes
    // on.
    if (page.querySelector("form[action='/login']")) return form.submit();
    await answered(page, form, answer);
  } catch {
    refuse(form, "This did not get through. Check the connection and try again.");
  } finally {
    for (const field of form.querySelectorAll("textarea")) field.readOnly = false;
    form.removeAttribute("aria-busy");
  }
}

// Says beside the form why nothing came of it, and leaves it as it was filled in.
export function refuse(form, words) {
  const line = document.createElement("p");
  line.className = "wrong";
  line.dataset.refusal = "";
  line.setAttribute("role", "alert");
  line.textContent = words;
  form.append(line);
}
