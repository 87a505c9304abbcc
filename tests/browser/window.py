"""A window of the browser, with nothing remembered from any other, in which somebody uses the program."""

import re
import time
import urllib.parse
from collections.abc import Callable

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from shop import PASSWORD

PATIENCE = 30
# A phone's, upright and lying on its side, and a desk's.
HEIGHTS = {390: 844, 844: 390, 1280: 800}
# Violations of the content security policy, even of a policy that would only report them.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", it =>
    console.error(`policy: ${it.effectiveDirective} refuses ${it.blockedURI} ${it.sample}`))"""


class Window:
    """`page` is Playwright's; what the browser complains of while it is open stands in `complaints()`."""

    def __init__(
        self, browser: Browser, url: str, *, width: int = 390, theme: str = "light", locale: str = "en-US",
        javascript: bool = True, scale: float = 1, moves: bool = False, host: str | None = None,
    ):
        """`moves` lets things move on the page; `host` is the name by which the program is asked, if not its address."""
        is_phone = width < 1000
        self._context = browser.new_context(
            base_url=url.replace("127.0.0.1", host) if host else url, viewport={"width": width, "height": HEIGHTS.get(width, 800)}, device_scale_factor=scale,
            color_scheme=theme, locale=locale, java_script_enabled=javascript,
            reduced_motion="no-preference" if moves else "reduce",
            is_mobile=is_phone, has_touch=is_phone,
        )
        self._context.set_default_timeout(PATIENCE * 1000)
        self._context.add_init_script(TELL_VIOLATIONS)
        self._complaints: list[str] = []
        self._expected: list[str] = []
        self._borne: list[str] = []
        if moves:
            # Where a browser only pretends what somebody prefers, it sometimes takes a page for one without movements.
            self.bear_complaint("ViewTransition opt-in disabled")
        self._context.on("console", self._hear)
        self._context.on("weberror", lambda it: self._complaints.append(f"uncaught: {it.error}"))
        self.page: Page = self._context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"{message.text} ({message.location['url']})")

    def visit(self, path: str, status: int = 200) -> Response:
        """Opens a page, which has to be answered like this."""
        if status >= 400:
            self.expect_complaint(rf"the server responded with a status of {status} .*{re.escape(path)}\)$")
        response = self.page.goto(path)
        assert response and response.status == status, f"{path} was answered {response and response.status}"
        return response

    def log_in(self, person: dict[str, str]) -> None:
        """By the page's own form, as a person whom a shop made."""
        log_in(self.page, person["email"], PASSWORD)

    def expect_complaint(self, pattern: str) -> None:
        """Says that the browser will complain like this, because the test provokes it; it has to, then."""
        self._expected.append(pattern)

    def bear_complaint(self, pattern: str) -> None:
        """Says that the browser may complain like this, because the test provokes what can go either way."""
        self._borne.append(pattern)

    def complaints(self) -> list[str]:
        """What was complained of unexpectedly, and what was expected and did not come."""
        known = self._expected + self._borne
        heard = [it for it in self._complaints if not any(re.search(pattern, it) for pattern in known)]
        missed = [it for it in self._expected if not any(re.search(it, heard) for heard in self._complaints)]
        return heard + [f"no such complaint: {it}" for it in missed]

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Waits for what no locator can tell, such as what the API says."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain until {what}"
            self.page.wait_for_timeout(20)

    def close(self) -> None:
        self._context.close()


def log_in(page: Page, email: str, password: str) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: urllib.parse.urlsplit(url).path != "/login")
