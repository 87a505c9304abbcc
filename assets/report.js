// Says that the report was looked at, once it really is on a screen: link previews and scanners load pages, too.
const tell = () => {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", tell);
  fetch(`${location.pathname}/seen`, { method: "POST", keepalive: true }).catch(() => {});
};
document.addEventListener("visibilitychange", tell);
tell();

// Sends an answer to where its form would, without leaving the page: the page that comes back says how things stand.
// Where it does not, because the link has ended or the report is being updated, the page itself is asked for again.
const send = async (form, button) => {
  const finding = form.closest("article");
  const answer = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, { method: "POST", body: answer });
  if (response.status === 429 || response.status >= 500) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const now = response.ok && page.getElementById(finding.id);
  if (!now) return location.reload();
  finding.replaceWith(now);
  now.querySelector("summary")?.focus({ preventScroll: true });
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  // Closes the photos, and goes nowhere.
  if (form.method === "dialog") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const wrong = form.querySelector(".wrong");
  form.ariaBusy = "true";
  wrong.hidden = true;
  try {
    await send(form, event.submitter);
  } catch {
    wrong.hidden = false;
  } finally {
    form.ariaBusy = null;
  }
});
