"""The board: every car of the shop, in every tab, as it is now."""

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from shop import STATES
from weight import weigh


def at_the_board(window, shop, who=None, **how):
    here = window(**{"width": 1280} | how)
    here.log_in(who or shop.manager)
    here.visit("/board")
    return here


def card(here, inspection):
    return here.page.locator(f"#car-{inspection}")


@in_every_look
def test_everybody_can_use_it(shop, window, width, theme):
    for state in STATES:
        shop.inspection(state)
    check_accessibility(at_the_board(window, shop, width=width, theme=theme).page)


@in_every_look
def test_everybody_can_use_an_empty_one(shop, window, width, theme):
    here = at_the_board(window, shop, width=width, theme=theme)
    expect(here.page.get_by_role("link", name="New inspection").last).to_be_visible()
    check_accessibility(here.page)


@pytest.mark.parametrize("width", [390, 1024, 1280])
def test_the_name_of_whoever_is_logged_in_leaves_room_for_the_rest(shop, window, width):
    shop.ask("PATCH", f"/users/{shop.manager['id']}", {"first_name": "Maximiliano Alejandro Guadalupe"})
    shop.ask("PATCH", "/shop", {"name": "Íñigo & Sons Complete Auto Care"})
    here = at_the_board(window, shop, width=width)
    top = here.page.locator(".top")
    assert top.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert top.locator(".brand").bounding_box()["width"] > 60
    assert top.locator(".button").bounding_box()["height"] < 50
    if width > 1000:
        assert top.locator(".find input").bounding_box()["width"] > 140


def test_what_waits_to_be_sent_comes_first_on_a_phone(shop, window):
    for state in ("created", "completed"):
        shop.inspection(state)
    here = at_the_board(window, shop, width=390)
    top = {state: here.page.locator(f"#column-{state}").bounding_box()["y"] for state in ("created", "completed")}
    assert top["completed"] < top["created"]


def test_it_moves_by_itself_in_every_tab(shop, window):
    inspection = shop.inspection("assigned")
    tabs = [at_the_board(window, shop), at_the_board(window, shop), at_the_board(window, shop, who=shop.mechanic)]
    for here in tabs:
        expect(here.page.locator("#cars-assigned").locator(f"#car-{inspection}")).to_be_visible()
    shop.ask("POST", f"/inspections/{inspection}/start", {}, token=shop.mechanic["token"])
    for here in tabs:
        expect(here.page.locator("#cars-in_progress").locator(f"#car-{inspection}")).to_be_visible()


def test_a_car_is_assigned_from_its_card_by_the_keyboard(shop, window):
    inspection = shop.inspection("created")
    here = at_the_board(window, shop)
    here.page.keyboard.press("j")
    expect(here.page.locator(f"#open-{inspection}")).to_be_focused()
    here.page.keyboard.press("a")
    expect(here.page.locator(f"#assign-{inspection}")).to_be_focused()
    here.page.keyboard.type("Tomasz")
    here.page.keyboard.press("Enter")
    expect(here.page.locator("#cars-assigned").locator(f"#car-{inspection}")).to_be_visible()
    here.wait_until(
        lambda: shop.ask("GET", f"/inspections/{inspection}")["assigned_to"] == shop.mechanic["id"], "it is assigned",
    )


def test_a_car_is_assigned_without_script(shop, window):
    inspection = shop.inspection("created")
    here = at_the_board(window, shop, javascript=False)
    here.page.locator(f"#assign-{inspection}").select_option(label="Tomasz Nowak")
    card(here, inspection).get_by_role("button", name="Assign").click()
    expect(here.page.locator("#cars-assigned").locator(f"#car-{inspection}")).to_be_visible()


def test_it_is_quiet_while_nothing_moves(shop, window):
    inspection = shop.inspection("assigned")
    here = at_the_board(window, shop)
    # Once it has shown something new, its stream is open and nothing is left to catch up with.
    shop.ask("POST", f"/inspections/{inspection}/start", {})
    expect(here.page.locator("#cars-in_progress").locator(f"#car-{inspection}")).to_be_visible()
    here.page.wait_for_timeout(2000)
    asked, changed = [], []
    here.page.on("request", lambda it: asked.append(it.url))
    here.page.expose_function("changed", lambda what: changed.append(what))
    here.page.evaluate("""() => new MutationObserver((all) => all.forEach((it) => changed(it.target.id || it.type)))
        .observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true })""")
    here.page.wait_for_timeout(5000)
    assert not asked and not [it for it in changed if it != "characterData"]


def test_whoever_was_logged_out_is_told_so(shop, window):
    here = at_the_board(window, shop)
    # The stream ends, and asked for once more it is refused, unless the page has looked by itself before that.
    here.bear_complaint("status of 401")
    session = next(it for it in here.page.context.cookies() if it["name"] == "courtesy")
    shop.ask("DELETE", "/sessions/current", token=session["value"])
    expect(here.page.get_by_role("alert")).to_contain_text("You were logged out", timeout=40_000)
    expect(here.page.get_by_role("link", name="Log in again")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_stay_within_it(shop, window, width):
    customer = shop.customer(first_name="Wolfeschlegelsteinhausenbergerdorff" * 2, last_name="M" * 100)
    vehicle = shop.vehicle(customer, make="W" * 50, model="m" * 50, license_plate="WWWWWWWWWWWWWWWWWWWW")
    shop.inspection("completed", vehicle, customer_concerns=["x" * 500])
    here = at_the_board(window, shop, width=width)
    scrolls = here.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not scrolls


def test_a_first_visit_is_light(shop, window):
    for state in STATES * 5:
        shop.inspection(state)
    here = window()
    here.log_in(shop.manager)
    weight = weigh(here, "/board")
    assert 0 < weight.script < 20_000 and weight.total < 60_000, weight
