// Shows what is found while somebody types, and the next page below the one that is there. The form and the link do the
// same without it: what is shown is what their pages say.

const form = document.querySelector("[data-seek]");
const box = form.elements.q;
const found = document.querySelector("[data-found]");
const count = document.querySelector("[data-count]");
let newest = 0;

// The part of another page that says what was found; nothing where somebody logged out, or nobody answered; and an answer
// that was overtaken is none at all.
async function ask(address) {
  const mine = ++newest;
  const answer = await fetch(address).catch(() => null);
  const text = answer?.ok && !answer.redirected ? await answer.text() : null;
  if (mine !== newest) return undefined;
  return text === null ? null : new DOMParser().parseFromString(text, "text/html").querySelector("[data-found]");
}

let timer;
box.addEventListener("input", () => {
  // What stands there was found for other words.
  found.setAttribute("aria-busy", "true");
  clearTimeout(timer);
  timer = setTimeout(look, 150);
});
addEventListener("online", look);

async function look() {
  const q = box.value.trim();
  const address = q ? `${form.action}?${new URLSearchParams({ q })}` : form.action;
  const news = await ask(address);
  if (news === undefined) return;
  found.removeAttribute("aria-busy");
  if (news === null) return miss();
  history.replaceState(null, "", address);
  found.replaceChildren(...document.importNode(news, true).childNodes);
  count.textContent = news.dataset.counted;
}

function miss() {
  const line = document.createElement("p");
  line.className = "wrong";
  line.textContent = navigator.onLine ? "That did not work. Press Enter." : "No connection, so nothing was looked for yet.";
  found.replaceChildren(line);
  count.textContent = line.textContent;
}

found.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-further]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const news = await ask(link.href);
  if (!news) return location.assign(link.href);
  const rows = [...document.importNode(news, true).querySelectorAll("[data-rows] > li")];
  found.querySelector("[data-rows]").append(...rows);
  const further = news.querySelector("[data-further]");
  if (further) link.href = further.href;
  else link.parentElement.remove();
  count.textContent = `${rows.length} more shown`;
  rows[0]?.querySelector("a").focus({ preventScroll: true });
});
