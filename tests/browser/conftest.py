"""What the tests in the browser find ready: one program, one Chromium, and for each a shop and windows of its own."""

import os
import pathlib
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from chromium import chromium
from program import Program
from shop import Shop
from window import Window

ROOT = pathlib.Path(__file__).parents[2]
# What a window showed when its test failed.
LAST_SEEN = ROOT / "target/browser"
HAS_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--program", default=str(ROOT / "target/debug/courtesy"), help="the binary that is tried")


@pytest.fixture(scope="session")
def program(pytestconfig: pytest.Config) -> Iterator[Program]:
    # Nothing here is for a proxy that the machine may have.
    os.environ |= {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    with Program(pytestconfig.getoption("--program")) as program:
        yield program
        code = program.stop()
        complaints = program.complaints()
    if code or complaints:
        pytest.fail("\n".join([f"the program ended with {code} and complained:", *complaints]), pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def shop(program: Program) -> Shop:
    """A shop with a manager and a mechanic, and nobody else's tests in it."""
    return Shop(program.url, "Corner Garage", "415")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    item.stash[HAS_FAILED] = item.stash.get(HAS_FAILED, False) or report.failed
    return report


@pytest.fixture
def window(program: Program, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Window]]:
    """Opens windows, each as `Window` is told, as in `window(width=1280, theme="dark")`. None may have complained."""
    opened: list[Window] = []

    def open_window(**how) -> Window:
        opened.append(Window(browser, program.url, **how))
        return opened[-1]

    yield open_window
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    for number, each in enumerate(opened):
        if request.node.stash[HAS_FAILED] and not each.page.is_closed():
            each.page.screenshot(path=LAST_SEEN / f"{name}-{number}.png")
        each.close()
    complaints = [it for each in opened for it in each.complaints()]
    if complaints:
        pytest.fail("the browser complained:\n" + "\n".join(complaints), pytrace=False)
