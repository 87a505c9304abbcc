"""A phone whose browser is closed and started again, and knows what it knew."""

import pathlib
import shutil
import tempfile

from chromium import installed


class Restarted:
    """A browser with a folder of its own, which is started again and again."""

    def __init__(self, browser, url):
        self._browser, self._url = browser, url
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="courtesy-phone-"))

    def start(self):
        size = {"width": 390, "height": 844}
        how = {"viewport": size, "is_mobile": True, "has_touch": True, "chromium_sandbox": False}
        self.context = self._browser.browser_type.launch_persistent_context(
            self.folder, executable_path=installed(), base_url=self._url, args=["--disable-quic"], **how,
        )
        return self.context

    def file_of(self, size):
        """Where the browser has a picture that weighs so much."""
        found = [it for it in self.folder.rglob("*.blob/**/*") if it.is_file() and it.stat().st_size == size]
        return found[0] if found else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()
        shutil.rmtree(self.folder, ignore_errors=True)
