"""Customers and their cars: found while somebody types, read by everybody, changed by a manager, and brought back."""

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh

LONG = "Wolfeschlegelsteinhausenbergerdorff"
# What is shown, by what is asked for.
STATES = {
    "everybody": "/customers", "nobody": "/customers?q=nobody", "a customer": "/customers/{customer}",
    "a car": "/vehicles/{vehicle}", "a new customer": "/customers/new", "somebody's": "/customers/{customer}/edit",
    "a new car": "/customers/{customer}/vehicles/new", "its data": "/vehicles/{vehicle}/edit",
}


def at(window, shop, path, who=None, **how):
    here = window(**{"width": 1280} | how)
    here.log_in(who or shop.manager)
    here.visit(path)
    return here


def regular(shop):
    """A customer whose car has been here three times, with words about them, and a namesake."""
    phone = shop.phone()
    customer = shop.customer(phone, address={"line1": "1 Main Street", "city": "Oakland", "postal_code": "94601"})
    vehicle = shop.vehicle(customer, vin="1HGCM82633A004353", mileage=48000)
    for state in ("sent", "sent", "completed"):
        shop.inspection(state, vehicle)
    thread = shop._make("/conversations", {"customer_id": customer})
    shop._make(f"/conversations/{thread}/messages", {"content": "It is ready."})
    shop.ask("POST", "/sandbox/messages", {"from": phone, "content": "On my way"})
    shop.settled(thread)
    shop.customer(phone, first_name="Rudi")
    return customer, vehicle


@pytest.mark.parametrize("state", STATES)
@in_every_look
def test_everybody_can_use_it(shop, window, state, width, theme):
    customer, vehicle = regular(shop)
    path = STATES[state].format(customer=customer, vehicle=vehicle)
    check_accessibility(at(window, shop, path, width=width, theme=theme).page)


@in_every_look
def test_a_mechanic_can_read_it(shop, window, width, theme):
    customer, vehicle = regular(shop)
    here = at(window, shop, f"/customers/{customer}", who=shop.mechanic, width=width, theme=theme)
    check_accessibility(here.page)
    here.visit(f"/vehicles/{vehicle}")
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_use_an_empty_list_and_the_first_day(shop, window, width, theme):
    here = at(window, shop, "/customers", width=width, theme=theme)
    expect(here.page.get_by_role("link", name="Take in the first car")).to_be_visible()
    check_accessibility(here.page)
    here.visit("/board")
    expect(here.page.locator("ol.first-day li")).to_have_count(2)
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_undo(shop, window, width, theme):
    here = at(window, shop, f"/customers/{shop.customer()}", width=width, theme=theme)
    here.page.locator(".take-away summary").click()
    here.page.get_by_role("button", name="Delete").click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Ruth Abel deleted")
    check_accessibility(here.page)


def test_who_is_sought_is_shown_while_somebody_types(shop, window):
    for name in ("Abel", "Zimmer"):
        shop.vehicle(shop.customer(last_name=name))
    here = at(window, shop, "/customers")
    keys, names = here.page.keyboard, here.page.locator(".everybody h2")
    keys.press("/")
    keys.type("zim")
    expect(names).to_have_text(["Ruth Zimmer"])
    expect(here.page.locator("[data-count]")).to_have_text("1 customer")
    keys.type("x")
    expect(here.page.locator("[data-found]")).to_contain_text("Nobody found for “zimx”")
    keys.press("Backspace")
    expect(names).to_have_text(["Ruth Zimmer"])
    here.page.reload()
    expect(names).to_have_text(["Ruth Zimmer"])
    keys.press("Tab")
    names.get_by_role("link").press("Enter")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Ruth Zimmer")


def test_nobody_old_stands_under_new_words(shop, window):
    shop.customer()
    here = at(window, shop, "/customers")
    box, found = here.page.locator("[data-seek] [name=q]"), here.page.locator("[data-found]")
    expect(found).to_contain_text("Ruth Abel")
    here.page.context.set_offline(True)
    here.expect_complaint("ERR_INTERNET_DISCONNECTED")
    box.fill("nobody")
    expect(found).to_have_text("No connection, so nothing was looked for yet.")
    box.fill("abel")
    expect(found).not_to_have_attribute("aria-busy", "true")
    here.page.context.set_offline(False)
    expect(found).to_contain_text("Ruth Abel")


def test_an_answer_that_was_overtaken_is_dropped(shop, window):
    shop.customer()
    here = at(window, shop, "/customers")
    late = []
    here.page.route("**/customers?q=ruth", lambda route: late.append(route))
    box = here.page.locator("[data-seek] [name=q]")
    box.fill("ruth")
    here.wait_until(lambda: late, "the first question is on its way")
    box.fill("nobody")
    nobody = here.page.locator("[data-found] > p").first
    expect(nobody).to_have_text("Nobody found for “nobody”.")
    with here.page.expect_response("**/customers?q=ruth") as answered:
        late[0].continue_()
    answered.value.finished()
    here.page.evaluate("new Promise(requestAnimationFrame)")
    expect(nobody).to_have_text("Nobody found for “nobody”.")


@pytest.mark.parametrize("javascript", [True, False])
def test_all_customers_can_be_gone_through(shop, window, javascript):
    for _ in range(45):
        shop.customer()
    here = at(window, shop, "/customers", javascript=javascript)
    rows, further = here.page.locator(".everybody > li"), here.page.get_by_role("link", name="Show more")
    expect(rows).to_have_count(40)
    further.click()
    # With script below those that were there, without it on a page of their own.
    expect(rows).to_have_count(45 if javascript else 5)
    expect(further).to_have_count(0)
    if javascript:
        expect(rows.nth(40).locator("h2 a")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_customer_is_added_mended_and_brought_back(shop, window, javascript):
    here = at(window, shop, "/customers/new", javascript=javascript)
    page = here.page
    page.get_by_label("First name").fill("Ludmila")
    page.get_by_label("Phone").fill("nobody's")
    here.expect_complaint("status of 422")
    page.get_by_role("button", name="Add the customer").click()
    expect(page.locator(".wrong")).to_have_count(1)
    expect(page.get_by_label("First name")).to_have_value("Ludmila")
    page.get_by_label("Phone").fill("(415) 555-0142")
    page.get_by_role("button", name="Add the customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ludmila")
    page.get_by_role("link", name="Add a car").click()
    page.get_by_label("Plate").fill("8XYZ 900")
    page.get_by_role("button", name="Add the car").click()
    page.locator(".take-away summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ludmila and 1 car deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".its-car .plate")).to_have_text("8XYZ 900")


def test_the_keyboard_alone_leads_to_a_new_inspection(shop, window):
    shop.vehicle()
    here = at(window, shop, "/customers")
    keys = here.page.keyboard
    keys.press("/")
    keys.type("7abc123")
    expect(here.page.locator("[data-count]")).to_have_text("1 customer")
    for _ in range(2):
        keys.press("Tab")
    keys.press("Enter")
    here.page.wait_for_url("**/vehicles/*")
    here.page.get_by_role("link", name="New inspection of this car").press("Enter")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("2018 Honda Civic")


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_and_markup_stay_within_it(shop, window, width):
    customer = shop.customer(first_name=LONG * 2, last_name="<b>M</b>" * 12, email=f"{LONG}@{LONG}.example")
    vehicle = shop.vehicle(customer, make="W" * 50, model="<i>m</i>" * 6, license_plate="W" * 20, color="c" * 50)
    shop.inspection("completed", vehicle, customer_concerns=["x" * 500])
    here = at(window, shop, "/customers", width=width)
    for path in ("/customers", f"/customers/{customer}", f"/vehicles/{vehicle}", f"/vehicles/{vehicle}/edit"):
        here.visit(path)
        expect(here.page.locator("h1 b, h1 i, h2 b, h2 i, h3 i")).to_have_count(0)
        scrolls = here.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert scrolls <= 0, path


def test_a_first_visit_is_light(shop, window):
    customer, vehicle = regular(shop)
    for _ in range(45):
        shop.customer()
    here = window()
    here.log_in(shop.manager)
    for path in ("/customers", f"/customers/{customer}", f"/vehicles/{vehicle}", f"/customers/{customer}/edit"):
        weight = weigh(here, path)
        print(path, weight)
        assert 0 < weight.script < 20_000 and weight.total < 60_000, (path, weight)
