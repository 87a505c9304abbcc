"""The report, as the customer opens it from a text."""

import pytest
import requests
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh

HIDE = "Object.defineProperty(document, 'visibilityState', { get: () => window.shown ? 'visible' : 'hidden' })"
SHOW = "window.shown = true; document.dispatchEvent(new Event('visibilitychange'))"


@in_every_look
def test_everybody_can_use_it(shop, window, width, theme):
    here = window(width=width, theme=theme)
    here.visit(f"/r/{shop.link()}")
    check_accessibility(here.page)


@pytest.mark.parametrize("then", ["reopen", "revoke"])
@in_every_look
def test_everybody_can_use_what_a_link_says_later(shop, window, then, width, theme):
    here = window(width=width, theme=theme)
    here.visit(f"/r/{shop.link(then)}", 410 if then == "revoke" else 200)
    check_accessibility(here.page)


def test_a_first_visit_is_light(shop, window):
    weight = weigh(window(), f"/r/{shop.link()}")
    assert 0 < weight.script < 20_000, weight
    assert weight.script < weight.total < 60_000, weight


def test_it_is_all_there_without_script(shop, window):
    here = window(javascript=False)
    here.visit(f"/r/{shop.link()}")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Your 2018 Honda Civic needs 1 thing now")
    expect(here.page.get_by_role("heading", name="Front brake pads, left")).to_be_visible()
    fine = here.page.locator("details").first
    fine.locator("summary").tap()
    expect(fine.get_by_role("listitem").first).to_be_visible()


def test_the_other_language_is_a_press_away_also_without_script(shop, window):
    here = window(javascript=False)
    address = f"/r/{shop.link()}"
    here.visit(address)
    here.page.get_by_role("link", name="Español").tap()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Su Honda Civic 2018 tiene 1 punto que atender ya")
    here.page.locator("#now").get_by_role("button", name="Después").tap()
    expect(here.page.get_by_text("Nos dijo que después.")).to_be_visible()
    assert here.page.url.split("#")[0].endswith(f"{address}?lang=es")
    here.page.get_by_role("link", name="English").tap()
    expect(here.page.get_by_text("You said later.")).to_be_visible()


def test_it_is_noted_as_seen_once_it_is_on_a_screen(shop, window):
    inspection = shop.inspection("completed")
    here = window()
    address = shop.report(inspection)
    noted = []
    here.page.on("request", lambda it: noted.append(it.url) if it.url.endswith("/seen") else None)
    here.page.add_init_script(HIDE)
    here.visit(address)
    assert not noted and not viewed_at(shop, inspection)
    with here.page.expect_response(f"**{address}/seen") as answered:
        here.page.evaluate(SHOW)
    assert answered.value.status == 204
    assert viewed_at(shop, inspection)


def test_a_link_preview_is_nobody_who_saw_it(shop, window):
    inspection = shop.inspection("completed")
    address = shop.report(inspection)
    assert requests.get(f"{shop.url}{address}", timeout=30).ok
    window(javascript=False).visit(address)
    assert not viewed_at(shop, inspection)


def viewed_at(shop, inspection):
    return shop.ask("GET", f"/inspections/{inspection}")["viewed_at"]
