"""What axe-core says of a page, by WCAG 2.2 AA."""

import pathlib
import sys

from playwright.sync_api import Page

# bin/lib/python.sh puts it into the environment that this Python belongs to.
AXE = pathlib.Path(sys.prefix) / "node_modules/axe-core/axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async standard => {
    const { violations } = await axe.run(document, { runOnly: standard, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(it => `${id}: ${it.target.join(" ")}\\n${it.failureSummary}`));
}"""


def check_accessibility(page: Page) -> None:
    """Fails with the rule, the place and the reason of each violation; also of what a `<details>` holds back."""
    page.locator("details:not([open])").evaluate_all("all => all.forEach(it => { it.open = true })")
    # Evaluated from outside, because the page's policy rightly lets no script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(LOOK, STANDARD)
    assert not found, f"{page.url} is not accessible:\n\n" + "\n\n".join(found)
