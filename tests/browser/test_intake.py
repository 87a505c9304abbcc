"""A car arrives: found while somebody types, or new, and taken in with one press."""

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh

NEW = "/inspections/new"
# What is shown, by what is asked for.
STATES = {
    "nothing yet": NEW, "a new car": f"{NEW}?customer=new&q=Ludmila", "another car": f"{NEW}?customer={{customer}}",
    "several": f"{NEW}?q=abel", "a known car": f"{NEW}?vehicle={{vehicle}}", "here already": f"{NEW}?vehicle={{here}}",
}


def at_the_desk(window, shop, path=NEW, **how):
    here = window(**{"width": 1280} | how)
    here.log_in(shop.manager)
    here.visit(path)
    return here


def field(here, name):
    return here.page.locator(f"[name='{name}']:not([type=hidden])")


def inspections(shop):
    return shop.ask("GET", "/inspections")["items"]


@pytest.mark.parametrize("state", STATES)
@in_every_look
def test_everybody_can_use_it(shop, window, state, width, theme):
    customer = shop.customer()
    vehicle, busy = shop.vehicle(customer), shop.vehicle(shop.customer(), license_plate="8XYZ900")
    shop.inspection("sent", vehicle)
    shop.inspection("in_progress", busy)
    path = STATES[state].format(customer=customer, vehicle=vehicle, here=busy)
    check_accessibility(at_the_desk(window, shop, path, width=width, theme=theme).page)


def test_a_known_car_is_taken_in_by_the_keyboard_alone(shop, window):
    shop.inspection("sent", shop.vehicle())
    here = at_the_desk(window, shop)
    keys = here.page.keyboard
    keys.type("7abc")
    keys.press("Enter")
    expect(field(here, "inspection.customer_concerns")).to_be_focused()
    keys.type("Rattles")
    keys.press("Tab")
    keys.type("482,000")
    expect(here.page.locator("[data-lower]")).to_have_text("Unusually high. Mistyped?")
    keys.press("Control+a")
    keys.type("40,000")
    expect(here.page.locator("[data-lower]")).to_have_text("Lower than last time. Mistyped?")
    keys.press("Tab")
    keys.type("Tomasz")
    keys.press("Control+Enter")
    here.page.wait_for_url("**/board#car-*")
    newest = inspections(shop)[0]
    assert (newest["customer_concerns"], newest["odometer_reading"]) == (["Rattles"], 40000)
    assert newest["assigned_to"] == shop.mechanic["id"]


def test_what_is_found_is_shown_while_somebody_types(shop, window):
    for name in ("Abel", "Zimmer"):
        shop.vehicle(shop.customer(last_name=name))
    here = at_the_desk(window, shop)
    keys, count = here.page.keyboard, here.page.locator("[data-count]")
    keys.type("ruth")
    expect(count).to_have_text("2 cars")
    keys.type(" z")
    expect(count).to_have_text("1 car")
    # Down past the owner to their car, and back again.
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(here.page.locator(".choose")).to_be_focused()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(here.page.locator("[data-search]")).to_be_focused()
    here.page.reload()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("2018 Honda Civic")


def test_an_answer_that_was_overtaken_is_dropped(shop, window):
    shop.vehicle()
    here = at_the_desk(window, shop)
    late = []
    here.page.route("**/found?q=7abc", lambda route: late.append(route))
    search = here.page.locator("[data-search]")
    search.fill("7abc")
    here.wait_until(lambda: late, "the first question is on its way")
    search.fill("nobody at all")
    nothing = here.page.locator(".nothing p")
    expect(nothing).to_have_text("Nothing found for “nobody at all”.")
    with here.page.expect_response("**/found?q=7abc") as answered:
        late[0].continue_()
    answered.value.finished()
    here.page.evaluate("new Promise(requestAnimationFrame)")
    expect(nothing).to_have_text("Nothing found for “nobody at all”.")


def test_nothing_old_stands_under_new_words(shop, window):
    shop.vehicle(shop.customer(last_name="Zimmer"))
    here = at_the_desk(window, shop)
    search, found = here.page.locator("[data-search]"), here.page.locator("[data-found]")
    search.fill("zimmer")
    expect(found).to_contain_text("Ruth Zimmer")
    here.page.context.set_offline(True)
    here.expect_complaint("ERR_INTERNET_DISCONNECTED")
    search.fill("zimmer x")
    expect(found).to_have_text("No connection, so nothing was looked for yet.")
    search.fill("zimmer")
    expect(found).not_to_have_attribute("aria-busy", "true")
    here.page.context.set_offline(False)
    expect(found).to_contain_text("Ruth Zimmer")


def test_who_is_here_already_is_told_while_typing_and_can_be_used(shop, window):
    shop.vehicle()
    here = at_the_desk(window, shop, f"{NEW}?customer=new")
    field(here, "vehicle.license_plate").fill("7abc-123")
    use = here.page.get_by_role("button", name="Use it")
    expect(use).to_be_visible()
    field(here, "inspection.customer_concerns").fill("Rattles")
    use.click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("2018 Honda Civic")
    expect(field(here, "inspection.customer_concerns")).to_have_value("Rattles")
    assert inspections(shop) == []


def test_enter_creates_and_chooses_nobody(shop, window):
    shop.vehicle()
    here = at_the_desk(window, shop, f"{NEW}?customer=new&q=Ludmila")
    field(here, "vehicle.vin").fill("1HGCM82633A004352")
    expect(field(here, "vehicle.year")).to_have_value("2003")
    expect(here.page.get_by_role("button", name="Use it")).to_be_visible()
    field(here, "vehicle.model").press("Enter")
    here.page.wait_for_url("**/board#car-*")
    assert [it["customer"]["first_name"] for it in inspections(shop)] == ["Ludmila"]


def test_it_goes_without_script(shop, window):
    shop.vehicle()
    here = at_the_desk(window, shop, f"{NEW}?q=nobody", javascript=False)
    field(here, "vehicle.license_plate").fill("7abc-123")
    create = here.page.locator(".create")
    here.expect_complaint("status of 409")
    create.click()
    expect(here.page.get_by_role("heading", name="Already here")).to_be_visible()
    create.click()
    here.page.wait_for_url("**/board#car-*")
    assert len(inspections(shop)) == 1


def test_it_is_light(shop, window):
    here = at_the_desk(window, shop)
    weight = weigh(here, f"{NEW}?q=nobody")
    assert weight.total < 60_000 and weight.script < 20_000, weight
