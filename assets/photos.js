// Photos as large as the window: what is marked with `data-large` opens there instead of alone. A swipe is the browser's own
// scrolling from one to the next; the arrow keys and the buttons do the same.

const viewer = document.querySelector("[data-viewer]");
const slides = viewer.querySelector("[data-slides]");
const place = viewer.querySelector("[data-place]");
const links = () => [...document.querySelectorAll("a[data-large]")];
const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const shown = () => Math.round(slides.scrollLeft / Math.max(1, slides.clientWidth));
const address = (link) => link.getAttribute("href");
let opened;

function slide(link) {
  const thumb = link.querySelector("img");
  const figure = document.createElement("figure");
  const picture = new Image();
  picture.loading = "lazy";
  picture.alt = thumb.alt;
  picture.width = thumb.getAttribute("width");
  picture.height = thumb.getAttribute("height");
  picture.src = link.dataset.large || link.href;
  const words = document.createElement("figcaption");
  words.append(link.dataset.caption ?? link.closest("figure")?.querySelector("figcaption")?.textContent.trim() ?? "");
  if (link.dataset.about) {
    const about = document.createElement("a");
    about.href = link.href;
    about.textContent = link.dataset.about;
    words.append(" ", about);
  }
  figure.append(picture, words);
  return figure;
}

function open(link) {
  const all = links();
  slides.replaceChildren(...all.map(slide));
  viewer.toggleAttribute("data-single", all.length < 2);
  opened = address(link);
  viewer.showModal();
  slides.scrollTo({ left: all.indexOf(link) * slides.clientWidth, behavior: "instant" });
  slides.focus();
  tell();
}

function turn(by) {
  const to = Math.min(Math.max(shown() + by, 0), slides.children.length - 1);
  slides.scrollTo({ left: to * slides.clientWidth, behavior: isCalm() ? "instant" : "smooth" });
}

function tell() {
  const words = `${shown() + 1} / ${slides.children.length}`;
  if (place.textContent !== words) place.textContent = words;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-large]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
viewer.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn]");
  if (button) turn(Number(button.dataset.turn));
  // Beside the picture.
  else if (event.target.matches("figure")) viewer.close();
});
viewer.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  turn(by);
});
// The browser gives focus back to what had it, unless that was rendered anew meanwhile.
viewer.addEventListener("close", () => {
  if (!document.activeElement.matches("a[data-large]")) links().find((link) => address(link) === opened)?.focus();
});
slides.addEventListener("scroll", tell, { passive: true });
