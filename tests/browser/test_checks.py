"""What the checks themselves refuse: one that sees nothing would let everything pass."""

import contextlib
import re

import pytest

from accessibility import check_accessibility
from window import Window

PAGE = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main>'
BUTTONS = '<style>button {{ all: unset; width: {0}px; height: {0}px }}</style><button>A</button><button>B</button>'
INACCESSIBLE = {
    "color-contrast": '<p style="color: #ccc; background: #fff">Hardly to be read</p>',
    "label": "<details><summary>More</summary><input></details>",
    "target-size": BUTTONS.format(43),
}
PROVOKED = {
    "policy: style-src-attr": "document.body.setAttribute('style', 'color: red')",
    "uncaught: oh no": "setTimeout(() => { throw new Error('oh no') })",
    "status of 404": "fetch('/nowhere')",
    "oh no": "console.error('oh no')",
}


@pytest.fixture
def watched(program, browser):
    """A window whose complaints are the test's own business."""
    with contextlib.closing(Window(browser, program.url)) as window:
        yield window


@pytest.mark.parametrize("rule", INACCESSIBLE)
def test_what_is_not_accessible_is_refused(watched, rule):
    watched.page.set_content(PAGE.format(INACCESSIBLE[rule]))
    with pytest.raises(AssertionError, match=f"{rule}: "):
        check_accessibility(watched.page)


def test_a_desk_has_no_fingers(browser, program):
    with contextlib.closing(Window(browser, program.url, width=1280)) as window:
        window.page.set_content(PAGE.format(BUTTONS.format(24)))
        check_accessibility(window.page)
        window.page.set_content(PAGE.format(BUTTONS.format(20)))
        with pytest.raises(AssertionError, match="target-size: "):
            check_accessibility(window.page)


@pytest.mark.parametrize("complaint", PROVOKED)
def test_a_complaint_is_heard(watched, complaint):
    watched.visit("/")
    assert not watched.complaints()
    watched.page.evaluate(f"() => {{ {PROVOKED[complaint]} }}")
    heard = re.compile(re.escape(complaint))
    watched.wait_until(lambda: any(map(heard.search, watched.complaints())), f"{complaint} is heard")


def test_a_complaint_that_is_expected_has_to_come(watched):
    watched.visit("/")
    watched.expect_complaint("oh no")
    assert watched.complaints() == ["no such complaint: oh no"]


def test_an_answer_has_to_be_the_one_that_is_expected(watched):
    with pytest.raises(AssertionError, match="/nowhere was answered 404"):
        watched.visit("/nowhere")
