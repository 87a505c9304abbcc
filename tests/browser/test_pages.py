"""The pages that belong to no shop."""

import pytest

from accessibility import POINTED_AT, check_accessibility
from looks import in_every_look

PAGES = {"/": 200, "/nowhere": 404, "/r/nobody": 404}


@in_every_look
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_it(window, path, width, theme):
    here = window(width=width, theme=theme)
    here.visit(path, PAGES[path])
    check_accessibility(here.page)


@in_every_look
def test_whoever_writes_programs_can_use_the_contract(window, width, theme):
    here = window(width=width, theme=theme)
    here.visit("/api/docs")
    check_accessibility(here.page, POINTED_AT)
