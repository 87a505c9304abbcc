"""Debian's Chromium, without a screen."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright


# Without what draws windows on a screen, a third of the time is saved.
NAMES = ("chromium-headless-shell", "chromium")


def installed() -> str:
    """Where the installed browser is, never one that Playwright would fetch."""
    for name in NAMES:
        if binary := shutil.which(name):
            return binary
    raise SystemExit(f"missing: Chromium. On Debian an administrator installs it with: apt-get install {NAMES[0]}")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The installed browser, as long as it is needed."""
    with sync_playwright() as playwright:
        # Its sandbox refuses root, who has nothing to open here but the program's own pages.
        browser = playwright.chromium.launch(
            executable_path=installed(), chromium_sandbox=os.geteuid() != 0,
            # Names that are this machine's, but that a browser does not trust like it.
            args=["--disable-quic", "--host-resolver-rules=MAP *.test 127.0.0.1"],
        )
        yield browser
        browser.close()
