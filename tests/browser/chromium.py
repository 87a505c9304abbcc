"""Debian's Chromium, without a screen."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The installed browser, never one that Playwright would fetch."""
    binary = shutil.which("chromium")
    if not binary:
        raise SystemExit("missing: Chromium. On Debian an administrator installs it with: apt-get install chromium")
    with sync_playwright() as playwright:
        # Its sandbox refuses root, who has nothing to open here but the program's own pages.
        browser = playwright.chromium.launch(
            executable_path=binary, chromium_sandbox=os.geteuid() != 0,
            # Names that are this machine's, but that a browser does not trust like it.
            args=["--disable-quic", "--host-resolver-rules=MAP *.test 127.0.0.1"],
        )
        yield browser
        browser.close()
