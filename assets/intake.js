// What helps while a car is taken in; everything works without it.

const find = (what) => document.querySelector(`[data-${what}]`);

/** Calls once nothing more has happened for a moment. */
const settled = (call) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(call, 150);
  };
};

/**
 * Shows in a place what the server says to a question; an answer that a newer question has overtaken is dropped. Where
 * none came, `lost` is told whether the server was reached at all.
 */
const shows = (place, then = () => {}, lost = () => {}) => {
  let newest = 0;
  let shown = null;
  return async (path, question) => {
    const mine = ++newest;
    const answer = await fetch(`/inspections/new/${path}?${new URLSearchParams(question)}`).catch(() => null);
    // Whoever was logged out meanwhile is asked to log in when the form is sent.
    const html = answer?.ok && !answer.redirected ? await answer.text() : null;
    if (mine !== newest) return;
    if (html === null) {
      shown = null;
      return lost(answer !== null);
    }
    if (html !== shown) place.innerHTML = shown = html;
    then();
  };
};

// The search: what is found so far, and up and down through it.
const box = find("search");
if (box) {
  const found = find("found");
  const tell = (words) => {
    found.removeAttribute("aria-busy");
    find("count").textContent = words;
  };
  const show = shows(found, () => tell(found.querySelector("[data-counted]")?.dataset.counted ?? ""), (isReached) => {
    const line = document.createElement("p");
    line.className = "wrong";
    line.textContent = isReached ? "That did not work. Press Find." : "No connection, so nothing was looked for yet.";
    found.replaceChildren(line);
    tell(line.textContent);
  });
  const seek = () => {
    const q = box.value.trim();
    history.replaceState(null, "", q ? `?${new URLSearchParams({ q })}` : location.pathname);
    show("found", { q });
  };
  const seekSoon = settled(seek);
  box.addEventListener("input", () => {
    // What stands there was found for other words.
    found.setAttribute("aria-busy", "true");
    seekSoon();
  });
  addEventListener("online", seek);
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [box, ...found.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (!step || at < 0) return;
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
    event.preventDefault();
  });
}

// The form: who is here already, what the VIN says, and whether the odometer shows what it may.
const form = find("intake");
if (form) {
  const list = find("known-list");
  if (list) {
    const fields = [...form.querySelectorAll("[data-known]")];
    const show = shows(list);
    const ask = settled(() => {
      const typed = Object.fromEntries(fields.map((field) => [field.dataset.known, field.value]));
      show("known", typed);
    });
    for (const field of fields) field.addEventListener("input", ask);
  }

  const vin = find("vin");
  if (vin) {
    const hint = find("vin-hint");
    const show = shows(hint, () => {
      const year = hint.querySelector("[data-year]")?.dataset.year;
      if (year) form.elements["vehicle.year"].value ||= year;
    });
    // A VIN is not doubted as long as it is being typed.
    const ask = () => show("vin", { vin: vin.value });
    vin.addEventListener("change", ask);
    vin.addEventListener("input", settled(() => vin.value.replace(/[\s-]/g, "").length >= 17 && ask()));
  }

  const odometer = find("least");
  odometer.addEventListener("input", settled(() => {
    const shown = Number.parseInt(odometer.value.replace(/\D/g, ""), 10);
    const { least, most } = odometer.dataset;
    const doubt = find("lower");
    const { lower, high } = doubt.dataset;
    doubt.textContent = shown < Number(least) ? lower : shown > Number(most) ? high : "";
  }));

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
