"""What axe-core says of a page, by WCAG 2.2 AA; and that nobody scrolls sideways, or meets a dead label or a missing icon."""

import pathlib
import sys

from playwright.sync_api import Page

# bin/lib/python.sh puts it into the environment that this Python belongs to.
AXE = pathlib.Path(sys.prefix) / "node_modules/axe-core/axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Smaller targets are refused, unless their neighbours are so far away: by WCAG, and where fingers touch them.
POINTED_AT, TOUCHED = 24, 44
LOOK = """async ([standard, size]) => {
    axe.configure({ checks: [
        { id: "target-size", options: { minSize: size } },
        { id: "target-offset", options: { minOffset: size } },
    ] });
    const { violations } = await axe.run(document, { runOnly: standard, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(it => `${id}: ${it.target.join(" ")}\\n${it.failureSummary}`));
}"""


def check_accessibility(page: Page, target: int | None = None) -> None:
    """Fails with the rule, the place and the reason of each violation; also of what a `<details>` holds back.

    Targets are measured for fingers where the window is a phone's, unless it is said how large they have to be.
    """
    target = target or (TOUCHED if page.viewport_size["width"] < 600 else POINTED_AT)
    page.locator("details:not([open])").evaluate_all("all => all.forEach(it => { it.open = true })")
    # Evaluated from outside, because the page's policy rightly lets no script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(LOOK, [STANDARD, target])
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    of_nothing = page.locator("label").evaluate_all("all => all.filter(it => !it.control).map(it => it.textContent)")
    assert not of_nothing, f"{page.url} has labels that lead to no field: {of_nothing}"
    unseen = page.locator("use").evaluate_all("""all => all.map(it => it.getAttribute("href"))
        .filter(it => it && !document.querySelector(`symbol[id="${it.slice(1)}"]`))""")
    assert not unseen, f"{page.url} shows icons that there are not: {unseen}"
    assert too_wide <= 0, f"{page.url} is {too_wide} px wider than the window"
    assert not found, f"{page.url} is not accessible:\n\n" + "\n\n".join(found)
