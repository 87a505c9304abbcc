// How long ago things were, kept right without asking the server: once a minute, and only where a word changes.

const MINUTE = 60_000;

// By how much this clock is ahead of the server's, which every age is counted by.
let ahead = 0;

// Learns the time from a page that the server has just made.
export function setClock(page) {
  const now = Date.parse(page.querySelector("[data-now]")?.dataset.now);
  if (now) ahead = Date.now() - now;
}

export function tick() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - ahead - Date.parse(time.dateTime)) / MINUTE));
    if (Number.isNaN(minutes)) continue;
    const words = age(minutes);
    if (time.textContent !== words) time.textContent = words;
    if (time.dataset.late) time.classList.toggle("late", minutes >= Number(time.dataset.late));
  }
}

// An element without its ages: what it says of them changes by itself and is no news.
export function withoutAges(element) {
  for (const time of element.querySelectorAll("time[data-age]")) {
    time.textContent = "";
    time.removeAttribute("class");
  }
  return element;
}

// As src/desk/time.rs says it.
function age(minutes) {
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return days === 1 ? "1 day" : `${days} days`;
  if (hours > 0) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return minutes === 0 ? "now" : `${minutes} min`;
}

setClock(document);
setInterval(tick, MINUTE);
