// The shop's pages by single keys: what they do is listed under `?`. They can be turned off there, because whoever
// speaks to their computer types by mistake.

const OFF = "keys-off";
// Where nothing may be stored, the keys are on.
const isOff = () => {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
};
const cards = () => [...document.querySelectorAll("[data-card]")].filter((card) => card.checkVisibility());
const lists = () => [...document.querySelectorAll("[data-live=list]")].filter((list) => list.children.length > 0);
const currentCard = () => document.activeElement?.closest("[data-live=list] > :has([data-card])");
const opened = () => document.querySelector("[data-card][aria-current]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("[data-shortcut]") && focus(opened() ?? cards()[0])) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
  if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
  if (press(event.key)) event.preventDefault();
});

// Does what the key stands for; false where it stands for nothing here.
function press(key) {
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (currentCard()) {
    if (key === "ArrowDown" || key === "ArrowUp") return step(key === "ArrowDown" ? 1 : -1);
    if (key === "ArrowRight" || key === "ArrowLeft") return across(key === "ArrowRight" ? 1 : -1);
    if (key === "a") return focus(currentCard().querySelector("[data-sends]"));
  }
  const named = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  if (!named) return false;
  if (!named.matches("input, textarea")) named.click();
  else if (named.matches("input")) named.select();
  return named.matches("input, textarea") ? focus(named) : true;
}

// To the next card, in the order of the page; from the one whose subject is open, where none is picked.
function step(by) {
  const all = cards();
  const at = all.indexOf(currentCard()?.querySelector("[data-card]") ?? opened());
  return focus(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

// To the card beside it, in the next column that has any.
function across(by) {
  const list = currentCard().parentElement;
  const place = [...list.children].indexOf(currentCard());
  const next = lists()[lists().indexOf(list) + by];
  const beside = next && (next.children[place] ?? next.lastElementChild);
  return focus(beside?.querySelector("[data-card]")) || true;
}

function focus(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}

const dialog = document.getElementById("keys");
const box = dialog?.querySelector("[data-keys]");
if (dialog) {
  document.querySelector(".keys-hint").hidden = false;
  document.querySelector("[data-opens=keys]").addEventListener("click", () => dialog.showModal());
  box.checked = !isOff();
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "")));
}
