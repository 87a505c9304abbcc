// Keeps a page of the shop as things are, in every tab that somebody looks at. Which of its parts are kept so says
// swap.js.

import { tick } from "./ages.js";
import { watch } from "./events.js";
import { fits, isBehind, show } from "./swap.js";
import { refuse, sendQuietly } from "./quiet.js";

const LONGEST = 15_000;
// Where this page is to be had anew: what shows why a form was refused stands at the form's address.
const self = () => document.querySelector("[data-self]")?.dataset.self ?? location.pathname + location.search;
let last;
let hasEnded = false;

async function look() {
  let answer;
  let text;
  try {
    answer = await fetch(self(), { signal: AbortSignal.timeout?.(LONGEST) });
    text = await answer.text();
  } catch {
    // Not there at the moment; the next look may find it.
    return;
  }
  if (answer.redirected && new URL(answer.url).pathname === "/login") return endSession();
  if (!answer.ok || (text === last && !isBehind())) return tick();
  last = text;
  const page = read(text);
  if (isOfAnotherVersion(page) && !isBehind()) return location.reload();
  await show(page);
}

// The answer to a form: this page as it is now, another page to go on to, or why nothing came of it.
async function answered(page, form, answer) {
  const here = new URL(self(), location);
  const isElsewhere = answer.redirected && new URL(answer.url).pathname !== here.pathname;
  if (isElsewhere && answer.ok) return location.assign(answer.url);
  last = undefined;
  // What is searched for, or shown of the past, stays so.
  if (answer.redirected && answer.ok && here.search) page = read(await (await fetch(here)).text());
  if (fits(page)) return show(page, form);
  const words = page.querySelector("[role=alert], .wrong")?.textContent.trim();
  refuse(form, words || "That did not work. Try again.");
  // What stood in the way has to be seen.
  watcher.soon();
}

const read = (text) => new DOMParser().parseFromString(text, "text/html");

// A program of another version makes other pages, which need the styles and scripts that go with them.
function isOfAnotherVersion(page) {
  const style = "link[rel=stylesheet]";
  const address = (of) => of.querySelector(style)?.getAttribute("href");
  return address(page) !== undefined && address(page) !== address(document);
}

function endSession() {
  if (hasEnded) return;
  hasEnded = true;
  watcher.end();
  const banner = document.createElement("p");
  banner.className = "warning";
  banner.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = `/login?to=${encodeURIComponent(self())}`;
  link.textContent = "Log in again";
  banner.append("You were logged out, so this page no longer changes. ", link, ".");
  document.getElementById("content").before(banner);
}

const watcher = watch(look);
sendQuietly(answered);
// Whoever was busy with something is done with it, perhaps.
for (const sign of ["focusout", "selectionchange"]) {
  document.addEventListener(sign, () => isBehind() && getSelection().isCollapsed && watcher.soon());
}
