// Always in sight: whether everything is saved, how much waits, what was refused; and behind it why, and the way out.

import { icon, make, say } from "./parts.js";
import { countWords } from "./photos.js";
import { inWords } from "./verdict.js";

const REASONS = {
  state: "why_state", incomplete: "why_incomplete", "subscription-inactive": "why_inactive", "photo-limit": "why_photo_limit",
  "picture-gone": "why_photo_gone",
};
const REASONS_OF_PHOTOS = { 413: "why_photo_large", 415: "why_photo_kind" };

const isPhoto = ({ kind }) => kind === "photo" || kind === "unphoto";

// How things stand, in a word for the icon and a sentence.
export function standing(queue, sender, words) {
  const refused = queue.waiting.filter((change) => change.refused).length;
  const waiting = queue.waiting.filter((change) => !change.refused);
  const photos = waiting.filter(isPhoto).length;
  if (queue.failure) return ["lost", words.not_kept];
  if (refused > 0) return ["lost", say(words.refused, { n: refused })];
  if (waiting.length === 0) return ["done", words.all_saved];
  if (sender.isLoggedOut) return ["lost", words.logged_out];
  const small = waiting.length - photos;
  const parts = [small > 0 && say(words.waiting, { n: small }), photos > 0 && countWords(words, photos)];
  return ["up", parts.filter(Boolean).join(", ")];
}

export function makeSign(root, model, queue, sender) {
  const { words } = model;
  const button = root.querySelector("[data-sign]");
  const told = root.querySelector("[data-sign-words]");
  const dialog = root.querySelector("[data-queue]");
  const list = dialog.querySelector("[data-queue-list]");
  const send = dialog.querySelector("[data-send]");
  button.addEventListener("click", () => {
    fill();
    dialog.showModal();
  });
  send.addEventListener("click", () => sender.hurry());
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  const fill = () => {
    const refused = queue.waiting.filter((change) => change.refused);
    const waiting = queue.waiting.filter((change) => !change.refused);
    send.hidden = waiting.length === 0 || sender.isLoggedOut;
    list.replaceChildren(
      ...(queue.failure ? [make("p", {}, words.not_kept_why)] : []),
      ...(sender.isLoggedOut && waiting.length > 0 ? [loggedOut()] : []),
      ...grouped(refused).map(([reason, changes]) => refusal(reason, changes)),
      ...(waiting.length > 0 ? [make("p", {}, words.kept_here), names(waiting)] : []),
      ...(queue.waiting.length === 0 && !queue.failure ? [make("p", {}, words.queue_empty)] : []),
      ...(isSecureContext ? [] : [make("p.small.quiet", {}, words.no_worker)]),
    );
  };
  const loggedOut = () => make("div.refusal", {}, make("p", {}, say(words.session_ended, { name: model.sheet.name })),
    make("a.button.main", { href: `/login?to=${encodeURIComponent(location.pathname)}` }, words.log_in_again));

  // What was refused for the same reason has one way out.
  const grouped = (changes) => {
    const groups = new Map();
    for (const change of changes) {
      const reason = why(model, change);
      groups.set(reason, [...groups.get(reason) ?? [], change]);
    }
    return [...groups];
  };
  const refusal = (reason, changes) => {
    const seqs = changes.map((change) => change.seq);
    const again = () => queue.retry(seqs).catch(() => {});
    const discard = (event) => {
      // Asked once, in its place.
      if (event.target.dataset.sure) discardAll(changes).catch(() => {});
      else Object.assign(event.target, { textContent: words.discard_sure }).dataset.sure = "yes";
    };
    const isClash = changes[0].refused.theirs;
    return make("div.refusal", {}, make("p", {}, icon("lost"), reason), names(changes), make("p.ways", {},
      ...(canHelp(changes[0]) ? [make("button.button", { type: "button", onclick: again }, isClash ? words.keep_mine : words.try_again)] : []),
      make("button.button", { type: "button", onclick: discard }, words.discard)));
  };
  const discardAll = (changes) => Promise.all(changes.map(({ kind, seq, inspection, body }) =>
    (kind === "photo" ? queue.removePhoto(inspection, body.id) : queue.drop([seq]))));
  const names = (changes) => make("ul.small", {}, ...changes.map((change) => make("li", {}, nameOf(model, change))));

  const update = () => {
    const [of, sentence] = standing(queue, sender, words);
    button.dataset.standing = of;
    // What is painted is on its way to the disk.
    button.setAttribute("aria-busy", queue.isKeeping);
    button.querySelector("use").setAttribute("href", `#${of}`);
    if (told.textContent !== sentence) told.textContent = sentence;
    if (dialog.open) fill();
  };
  queue.listen(update);
  update();
  return { update };
}

function why(model, { kind, thing, refused }) {
  const { words } = model;
  const theirs = refused.theirs && inWords(words, model.components.get(thing)?.component.scale, refused.theirs);
  if (theirs) return say(words.changed_by_other, { theirs });
  if (kind === "complete" && (refused.type === "state" || refused.status === 403)) return words.why_not_completed;
  const known = REASONS[refused.type];
  if (known) return words[known];
  if (refused.status === 403) return words.why_forbidden;
  if (refused.status === 404) return words.why_gone;
  if (kind === "photo" && REASONS_OF_PHOTOS[refused.status]) return words[REASONS_OF_PHOTOS[refused.status]];
  if (kind === "photo" && refused.field === "body") return words.why_photo;
  return say(words.why_other, { detail: refused.detail ?? refused.status });
}

// Whether it may be taken when it is sent once more as it is. What waits for an inspection to come back is sent by itself then,
// but for its completion.
function canHelp({ kind, refused }) {
  const { type, status } = refused;
  if (kind === "complete" || refused.theirs || type === "subscription-inactive") return true;
  return type !== "state" && ![400, 403, 404, 413, 415, 422].includes(status);
}

// What a change is about, as people call it.
function nameOf(model, { kind, thing, body, inspection }) {
  const { words } = model;
  if (inspection !== model.id) return isPhoto({ kind }) ? words.photo : thing.split("/").at(-1).replaceAll("_", " ");
  const of = (category, component) => model.components.get(`${category}/${component}`)?.component;
  const component = of(body.category, body.component);
  if (isPhoto({ kind })) return say(words.photo_of, { label: component?.label ?? words[body.kind] ?? words.the_car });
  if (kind === "complete") return words.complete;
  if (kind !== "item") return words[{ license_plate: "plate", mileage: "odometer" }[thing] ?? thing];
  return `${component?.label ?? body.component}: ${inWords(words, component?.scale, body)}`;
}
