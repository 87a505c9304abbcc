// Copies a link where the browser lets a page do so; without, it can be marked and copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(field.value).then(() => true, () => false);
    if (!copied) field.select();
    document.querySelector("[data-copied]").textContent = copied ? "Copied." : "Copy it by hand: it is marked.";
  });
}
