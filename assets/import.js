// While a list is read or imported, tells how far it is. The form is sent as it would be without this.
for (const form of document.querySelectorAll("[data-watched]")) {
  const [page, id] = form.dataset.watched.split("#");
  const progress = form.querySelector("[data-progress]");
  form.addEventListener("submit", () => {
    progress.hidden = false;
    progress.textContent = "On its way…";
    setInterval(async () => {
      const answer = await fetch(page).catch(() => undefined);
      if (!answer?.ok) return;
      const seen = new DOMParser().parseFromString(await answer.text(), "text/html");
      const state = seen.getElementById(id)?.querySelector("[data-state]")?.textContent;
      if (state) progress.textContent = `${state}…`;
    }, 700);
  });
}
