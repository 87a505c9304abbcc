// Photos from the desk: each file of the form is sent by itself, two at a time, and says how far it is. The page shows them as it
// hears that they have arrived.

const AT_ONCE = 2;
const MOST = 12 * 1024 * 1024;
const HEIC = "It is HEIC or AVIF, not JPEG: choose “Most Compatible” in the camera's settings.";
const form = () => document.querySelector("[data-upload]");
const waiting = [];
let sending = 0;

// Not crypto.randomUUID, which browsers keep from pages on plain http.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "cut";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const words = document.createElement("span");
  words.className = "small quiet";
  words.textContent = "Waiting";
  item.append(name, bar, words);
  document.querySelector("[data-uploads]").append(item);
  return { item, bar, words };
}

// The same id again, should an answer be lost: so it never is there twice.
function send(upload) {
  const { address, file, shown } = upload;
  const request = new XMLHttpRequest();
  request.open("PUT", address);
  request.upload.addEventListener("progress", ({ loaded, total }) => (shown.bar.value = loaded / total));
  shown.words.textContent = "Sending";
  request.addEventListener("loadend", () => {
    sending -= 1;
    finish(upload, request);
    next();
  });
  request.send(file);
}

function finish({ shown, file }, request) {
  if (request.status === 200 || request.status === 201) return shown.item.remove();
  shown.bar.remove();
  shown.words.className = "wrong";
  shown.words.textContent = reason(request);
  // What was refused for what it is would be refused again.
  if (request.status === 0 || request.status === 401 || request.status >= 500) shown.item.append(againButton(shown.item, file));
}

function reason({ status, responseText }) {
  if (status === 0) return "It did not get through. Check the connection.";
  if (status === 401) return "You were logged out. Log in again.";
  if (status === 413) return "It is larger than 12 MB.";
  try {
    const { errors, detail } = JSON.parse(responseText);
    if (status === 415) return detail.includes("HEIC") ? HEIC : "It is no JPEG, PNG or WebP.";
    return errors?.[0]?.field === "body" ? `It ${errors[0].detail}.` : `Sorry: ${detail}.`;
  } catch {
    return "That did not work.";
  }
}

function againButton(item, file) {
  const button = document.createElement("button");
  button.className = "button";
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", () => {
    const address = item.dataset.address;
    item.remove();
    add(file, address);
  });
  return button;
}

function add(file, address) {
  const shown = line(file);
  shown.item.dataset.address = address;
  if (file.size > MOST) {
    shown.bar.remove();
    shown.words.className = "wrong";
    shown.words.textContent = "It is larger than 12 MB.";
    return;
  }
  waiting.push({ address, file, shown });
  next();
}

function next() {
  while (sending < AT_ONCE && waiting.length > 0) {
    sending += 1;
    send(waiting.shift());
  }
}

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  const { files, shows } = event.target.elements;
  for (const file of files.files) add(file, `${event.target.dataset.upload}/${newId()}?${shows.value}`);
  files.value = "";
}, true);
addEventListener("beforeunload", (event) => {
  if (sending > 0) event.preventDefault();
});
