// Says that the report was looked at, once it really is on a screen: link previews and scanners load pages, too.
const tell = () => {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", tell);
  fetch(`${location.pathname}/seen`, { method: "POST", keepalive: true }).catch(() => {});
};
document.addEventListener("visibilitychange", tell);
tell();
