// Countries by their names, in the browser's language; without this they are two letters.
for (const list of document.querySelectorAll("[data-countries]")) {
  const chosen = list.value;
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
  const named = [...list.options].map((option) => {
    option.textContent = names.of(option.value) ?? option.value;
    return option;
  });
  list.append(...named.sort((one, other) => one.text.localeCompare(other.text)));
  // Moving the options has chosen another one.
  list.value = chosen;
}
