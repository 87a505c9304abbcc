"""Takes pictures of the pages with the demo shop in them, on a phone and at a desk, by day and by night.

    bin/screenshots target/screenshots --only report
"""

import argparse
import contextlib
import dataclasses
import itertools
import pathlib
import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, Page

import scenes
from chromium import chromium
from program import Program
from window import Window, log_in

IMAGES = pathlib.Path(__file__).parents[2] / "docs/images"
WIDTHS = (390, 1280)
# Upright, and lying on its side.
PHONE = (390, 844)
THEMES = ("light", "dark")


@dataclasses.dataclass(frozen=True)
class Picture:
    """`REPORT` in the path is the link of the report that was sent last. Nobody is logged in unless it says who.

    Where ids are in the address, `follow` is the selector of a link on the page at `path`, and that leads there.
    """

    name: str
    path: str
    who: str | None = None
    follow: str | None = None
    status: int = 200
    widths: tuple[int, ...] = WIDTHS
    themes: tuple[str, ...] = THEMES
    # Cut off below, where the page is too long to be looked at whole.
    at_most: int = 4000
    # What is done on the page before the picture is taken.
    scene: Callable[[Page], None] | None = None


REPORT = "{report}"
PICTURES = (
    Picture("report", REPORT),
    Picture("board", "/board", who="manager"),
    Picture("board-mechanic", "/board", who="mechanic"),
    Picture("review-completed", "/board", who="manager", follow="#cars-completed a[data-card]"),
    Picture("review-sent", "/board", who="manager", follow="#cars-sent a[data-card]"),
    Picture("review-in-progress", "/board", who="manager", follow="#cars-in_progress a[data-card]"),
    Picture("conversations", "/conversations", who="manager"),
    Picture("conversation", "/conversations", who="manager", follow="#talks a[data-card]"),
    Picture("sandbox", "/sandbox", who="manager", follow="#phones a"),
    Picture("new-inspection", "/inspections/new", who="manager"),
    Picture("new-inspection-found", "/inspections/new?q=honda", who="manager"),
    Picture("new-inspection-new", "/inspections/new?customer=new&q=Ludmila", who="manager"),
    Picture("customers", "/customers", who="manager"),
    Picture("customer", "/customers?q=guadalupe", who="manager", follow=".everybody h2 a"),
    Picture("vehicle", "/customers?q=guadalupe", who="manager", follow=".theirs a"),
    Picture("new-customer", "/customers/new", who="manager"),
    Picture("team", "/team", who="manager"),
    Picture("person", "/team", who="manager", follow=".people li:last-child a"),
    Picture("settings", "/settings", who="manager"),
    Picture("data", "/settings/data", who="manager"),
    Picture("account", "/account", who="manager"),
    Picture("log-in", "/login"),
    Picture("sign-up", "/signup"),
    Picture("index", "/"),
    Picture("nowhere", "/nowhere", status=404),
    Picture("contract", "/api/docs"),
    Picture("phone-work", "/work", who="mechanic", widths=PHONE),
    *(
        Picture(f"phone-{name}", "/work", who="mechanic", follow="[data-begun]", widths=PHONE, scene=scene)
        for name, scene in scenes.AT_THE_CAR.items()
    ),
)
# What the README shows; the names are those of the files in docs/images.
IN_THE_README = (
    Picture("board", "/board", who="manager", widths=(1280,), themes=("light",), at_most=800),
    Picture(
        "review", "/board", who="manager", follow="#cars-completed a[data-card]", widths=(1280,), themes=("light",),
        at_most=800,
    ),
    Picture(
        "phone", "/work", who="mechanic", follow="[data-begun]", widths=(390,), themes=("light",), scene=scenes.brakes,
    ),
    Picture("report", REPORT, widths=(390,), themes=("light",), at_most=1500),
)


def main() -> None:
    options = read_options()
    pictures, folder = (IN_THE_README, IMAGES) if options.readme else (PICTURES, options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with Program(options.program, "--demo") as program, chromium() as browser:
        demo = Demo(program)
        for picture in pictures:
            if options.only in (None, picture.name):
                for path in take(browser, demo, picture, folder, is_alone=options.readme):
                    print(f"{path} {path.stat().st_size / 1000:.0f} kB", flush=True)
        program.stop()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="where the pictures are put")
    parser.add_argument("--program", required=True, help="the binary")
    parser.add_argument("--readme", action="store_true", help="those that the README shows, into docs/images")
    parser.add_argument("--only", help="only the pictures of this page", choices=[it.name for it in PICTURES])
    return parser.parse_args()


class Demo:
    """What the program prints of its demo shop: the report's link, and how to log in."""

    def __init__(self, program: Program):
        said = "\n".join(program.printed)
        self.url = program.url
        self.report = found(r"What a customer sees: http://[^/]+(/\S+)", said)
        self.password = found(r"with the password ([^\s,]+)", said)
        logins = re.findall(r"^ +(\S+@\S+) +(\w+) ", said, re.MULTILINE)
        # The first of each role.
        self.people = {role: email for email, role in reversed(logins)}


def found(pattern: str, words: str) -> str:
    match = re.search(pattern, words)
    if not match:
        raise SystemExit(f"the program no longer says {pattern}:\n{words}")
    return match[1]


def take(
    browser: Browser, demo: Demo, picture: Picture, folder: pathlib.Path, is_alone: bool,
) -> Iterator[pathlib.Path]:
    """The pictures of one page. Where there is one only, its file is named by the page alone."""
    for width, theme in itertools.product(picture.widths, picture.themes):
        with contextlib.closing(Window(browser, demo.url, width=width, theme=theme)) as window:
            if picture.who:
                log_in(window.page, demo.people[picture.who], demo.password)
            window.visit(picture.path.format(report=demo.report), picture.status)
            if picture.follow:
                window.visit(window.page.locator(picture.follow).first.get_attribute("href"))
            path = folder / (f"{picture.name}.png" if is_alone else f"{picture.name}-{width}-{theme}.png")
            if picture.scene:
                picture.scene(window.page)
            # What is at the edges of a phone stays there: such a page is seen as it is in the hand.
            if picture.scene:
                window.page.screenshot(path=path)
            else:
                height = window.page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": width, "height": min(height, picture.at_most)}
                window.page.screenshot(path=path, full_page=True, clip=clip)
            yield path


if __name__ == "__main__":
    main()
