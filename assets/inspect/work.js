// What was tapped at a car and has not arrived goes on being sent from here; and pages at a car are made ready to open without
// network.

import { Queue } from "./queue.js";
import { Sender } from "./sender.js";
import { shrinkLeft } from "./shrink.js";

const page = document.querySelector(".work");
const { shop, person } = page.dataset;
const banner = document.querySelector("[data-unsent]");
const words = document.querySelector("[data-unsent-words]");
const queue = new Queue(`${shop}/${person}`);

function show() {
  const refused = queue.waiting.filter((change) => change.refused);
  const waiting = queue.waiting.length - refused.length;
  banner.hidden = queue.waiting.length === 0;
  const parts = [
    waiting > 0 && `${waiting} of your changes wait on this phone and are being sent.`,
    refused.length > 0 && `${refused.length} of your changes were not taken.`,
  ];
  words.textContent = parts.filter(Boolean).join(" ");
  const first = refused[0]?.inspection;
  banner.querySelector("a")?.remove();
  if (!first) return;
  const link = document.createElement("a");
  link.className = "button";
  link.href = `/inspections/${first}/inspect?unsent=yes`;
  link.textContent = "See why";
  banner.append(link);
}

// What was completed on the page before this one.
function confirm() {
  const name = sessionStorage.getItem("completed");
  if (!name) return;
  sessionStorage.removeItem("completed");
  document.querySelector("[data-completed-name]").textContent = name;
  document.querySelector("[data-completed]").hidden = false;
}

confirm();
queue.listen(show);
await queue.reload();
new Sender(queue, person);
shrinkLeft(queue).catch(() => {});

if (isSecureContext && navigator.serviceWorker) {
  await navigator.serviceWorker.register("/worker.js").catch(() => {});
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: [...document.querySelectorAll("[data-begun]")].map((link) => link.href) });
}
