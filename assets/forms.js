// What makes forms more pleasant; all of them work without it.

// A form is sent once, however often its button is pressed. Coming back to the page, one may send it again.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  if (form.getAttribute("aria-busy")) event.preventDefault();
  else if (!event.defaultPrevented) form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// The browser knows the shop's time zone.
for (const field of document.querySelectorAll("[data-zone]")) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  field.disabled = !field.value;
}
