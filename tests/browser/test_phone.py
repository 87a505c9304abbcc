"""The inspection at the car, on the mechanic's phone: what is seen and what can be done there."""

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from phone import Phone, found
from weight import weigh

THEMES = ("light", "dark")


def at_car(window, shop, state="in_progress", screen="brakes", inspection=None, **how):
    here = window(**how)
    here.log_in(shop.mechanic)
    phone = Phone(here.page, inspection or shop.inspection(state))
    phone.window = here
    return phone.open(screen)


@pytest.mark.parametrize("theme", THEMES)
def test_everybody_can_use_every_screen(shop, window, theme):
    phone = at_car(window, shop, theme=theme)
    for screen in ("car", *phone.categories(), "finish"):
        phone.go(screen)
        check_accessibility(phone.page)
    phone.go("brakes")
    phone.measure("brakes", "front_pads_left", 3.5)
    phone.rate("brakes", "front_pads_left", "red")
    phone.rate("brakes", "rotors_front", "yellow")
    check_accessibility(phone.page)
    phone.page.set_viewport_size({"width": 844, "height": 390})
    check_accessibility(phone.page, target=44)
    phone.page.locator("[data-all]").tap()
    check_accessibility(phone.page, target=44)


@pytest.mark.parametrize("theme", THEMES)
def test_everybody_can_use_what_is_one_s_own_work(shop, window, theme):
    shop.inspection("created")
    shop.inspection("assigned")
    shop.inspection("in_progress")
    here = window(theme=theme)
    here.log_in(shop.mechanic)
    expect(here.page).to_have_url(f"{shop.url}/work")
    check_accessibility(here.page)


def test_a_car_is_started_in_one_tap(shop, window):
    shop.inspection("assigned")
    here = window()
    here.log_in(shop.mechanic)
    here.page.get_by_role("button", name="Start").tap()
    here.page.locator("#inspect[data-ready]").wait_for()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("The car")
    expect(here.page.get_by_text("“Squeals”")).to_be_visible()


def test_a_car_is_taken_and_started_without_script(shop, window):
    inspection = shop.inspection("created")
    here = window(javascript=False)
    here.log_in(shop.mechanic)
    here.page.get_by_role("button", name="Take it and start").tap()
    here.page.wait_for_url(f"**/inspections/{inspection}/inspect")
    assert shop.ask("GET", f"/inspections/{inspection}")["assigned_to"] == shop.mechanic["id"]


def test_what_becomes_mine_appears_by_itself(shop, window):
    here = window()
    here.log_in(shop.mechanic)
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")
    shop.inspection("assigned")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Inspect the 2018 Honda Civic")


def test_a_movement_that_is_cut_short_is_no_fault(shop, window):
    here = window(moves=True)
    here.log_in(shop.mechanic)
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")
    # As whoever leaves the page meanwhile does.
    here.page.evaluate("""() => {
        const start = document.startViewTransition.bind(document);
        document.startViewTransition = (change) => {
            const transition = start(change);
            transition.skipTransition();
            document.documentElement.dataset.skipped = "";
            return transition;
        };
    }""")
    shop.inspection("assigned")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Inspect the 2018 Honda Civic")
    expect(here.page.locator("html[data-skipped]:not(.moving)")).to_have_count(1)


def test_a_number_proposes_its_colour_and_another_choice_is_said(shop, window):
    phone = at_car(window, shop)
    pads = phone.row("brakes", "front_pads_left")
    for number, colour in [("2.5", "red"), ("3,5", "yellow"), ("8", "green")]:
        phone.measure("brakes", "front_pads_left", number)
        expect(pads.locator(".rate :checked")).to_have_value(colour)
    phone.measure("brakes", "front_pads_left", "3.5")
    phone.rate("brakes", "front_pads_left", "red")
    expect(pads.locator("[data-proposal]")).to_have_text("3.5 mm proposes yellow. You chose red.")
    expect(pads.locator("[data-need]")).to_be_visible()
    phone.chip("brakes", "front_pads_left")
    expect(pads.locator("[data-need]")).to_be_hidden()
    phone.expect_all_saved()
    assert found(shop, phone.inspection)["brakes/front_pads_left"] == ("red", 3.5, "Worn out, replace pads")


def test_a_number_off_its_scale_is_not_taken(shop, window):
    phone = at_car(window, shop)
    pads = phone.row("brakes", "front_pads_left")
    phone.measure("brakes", "front_pads_left", "25")
    expect(pads.locator("[data-proposal]")).to_contain_text("Not kept. From 0 to 20")
    expect(pads.locator(".rate :checked")).to_have_count(0)
    assert phone.waiting() == []


def test_canned_words_go_with_the_colour_that_they_explain(shop, window):
    phone = at_car(window, shop)
    front, rear = (phone.row("brakes", it) for it in ("rotors_front", "rotors_rear"))
    for component in ("rotors_front", "rotors_rear"):
        phone.rate("brakes", component, "yellow")
        phone.chip("brakes", component)
    front.locator("[data-pen]").tap()
    note = front.locator("[data-words]")
    note.fill(note.input_value() + "\nLeft side worse")
    note.blur()
    phone.rate("brakes", "rotors_front", "red")
    expect(note).to_have_value("Left side worse")
    expect(front.locator(".chip[aria-pressed=true]")).to_have_count(0)
    phone.rate("brakes", "rotors_rear", "green")
    expect(rear.locator("[data-shots]")).to_be_hidden()
    phone.expect_all_saved()
    held = found(shop, phone.inspection)
    assert held["brakes/rotors_front"] == ("red", None, "Left side worse")
    assert held["brakes/rotors_rear"] == ("green", None, None)


def test_the_rest_is_green_once_what_is_measured_has_its_number(shop, window):
    phone = at_car(window, shop)
    rest = phone.page.get_by_role("button", name="Rest is green")
    expect(phone.page.locator("#rest-hint")).to_contain_text("Measure first: Front brake pads, left")
    # It leads to what has to be measured first.
    rest.dispatch_event("click")
    expect(phone.row("brakes", "front_pads_left").locator("[data-number]")).to_be_focused()
    for pads in ("front_pads_left", "front_pads_right", "rear_pads_left", "rear_pads_right"):
        phone.measure("brakes", pads, 8)
    phone.rate("brakes", "rotors_front", "none")
    rest.tap()
    expect(rest).to_be_hidden()
    phone.expect_all_saved()
    rated = found(shop, phone.inspection)
    assert rated["brakes/rotors_front"][0] == "na"
    # What was not measured is not called green.
    assert "brakes/fluid_condition" not in rated
    assert {rated[f"brakes/{it}"][0] for it in ("fluid_level", "pedal_feel", "rotors_rear")} == {"green"}


def test_what_is_read_off_the_car_is_kept(shop, window):
    phone = at_car(window, shop, screen="car")
    phone.page.get_by_label("Odometer, miles").fill("48,211")
    phone.page.get_by_role("textbox", name="VIN").fill("SGZCZ43D13S812715")
    expect(phone.page.get_by_text("Looks mistyped")).to_be_visible()
    phone.page.get_by_label("Plate").fill("8XYZ001")
    phone.expect_all_saved()
    kept = shop.ask("GET", f"/inspections/{phone.inspection}")
    assert kept["odometer_reading"] == kept["vehicle"]["mileage"] == 48211
    assert (kept["vehicle"]["vin"], kept["vehicle"]["license_plate"]) == ("SGZCZ43D13S812715", "8XYZ001")


def test_it_is_completed_with_what_is_missing_in_sight(shop, window):
    phone = at_car(window, shop, state="rated", screen="finish")
    expect(phone.page.get_by_role("heading", name="Nothing is missing")).to_be_visible()
    phone.go("brakes")
    phone.rate("brakes", "rotors_front", "red")
    phone.go("finish")
    phone.page.get_by_role("link", name="Brakes: Front rotors").tap()
    phone.chip("brakes", "rotors_front")
    phone.go("finish")
    phone.page.get_by_role("button", name="Complete the inspection").tap()
    phone.page.wait_for_url("**/work")
    said = phone.page.get_by_text("2018 Honda Civic is completed and with the desk.")
    expect(said).to_be_visible()
    check_accessibility(phone.page)
    assert shop.ask("GET", f"/inspections/{phone.inspection}")["status"] == "completed"
    # It is said once.
    phone.page.reload()
    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    expect(said).to_be_hidden()


def test_only_what_such_a_car_has_is_asked_for(shop, window):
    inspection = shop.inspection("in_progress", vehicle=shop.vehicle(powertrain="electric"))
    phone = at_car(window, shop, inspection=inspection, screen="ev_hybrid")
    assert "exhaust" not in phone.categories()


def test_it_speaks_spanish(shop, window):
    phone = at_car(window, shop, locale="es-MX")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Frenos")
    phone.rate("brakes", "fluid_level", "green")
    expect(phone.sign).to_have_text("Todo guardado")
    check_accessibility(phone.page)


def test_two_phones_see_each_other_s_changes_within_two_seconds(shop, window):
    inspection = shop.inspection("in_progress")
    one = at_car(window, shop, inspection=inspection)
    other = at_car(window, shop, inspection=inspection)
    expect(other.row("brakes", "fluid_level").locator(".rate :checked")).to_have_count(0)
    one.rate("brakes", "fluid_level", "red")
    expect(other.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red", timeout=2000)


def test_a_first_visit_is_light(shop, window):
    here = window()
    here.log_in(shop.mechanic)
    weight = weigh(here, f"/inspections/{shop.inspection('in_progress')}/inspect")
    assert 0 < weight.script < 20_000 and weight.total < 60_000, weight
