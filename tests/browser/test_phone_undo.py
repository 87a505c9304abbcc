"""What a mechanic takes back: a rating by another tap, the rest of a category, a number in the wrong row; and what can be had again."""

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from phone import at_car, found

CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"
FLUID = ("brakes", "fluid_level")
PADS = ("brakes", "front_pads_left")


def checked(phone, place):
    return phone.row(*place).locator(".rate :checked")


def undone(phone, place):
    return phone.row(*place).locator("[data-undone]")


def colours(shop, phone):
    return {key: colour for key, (colour, _, _) in found(shop, phone.inspection).items()}


@pytest.mark.parametrize("theme", ("light", "dark"))
def test_another_tap_takes_a_rating_back_with_its_note_and_undo_gives_both_again(shop, window, theme):
    phone = at_car(window, shop, theme=theme)
    phone.rate(*FLUID, "red")
    phone.chip(*FLUID)
    phone.expect_all_saved()
    rated = found(shop, phone.inspection)
    phone.take_back(*FLUID, "red")
    expect(checked(phone, FLUID)).to_have_count(0)
    expect(undone(phone, FLUID)).to_contain_text("Rating taken back")
    check_accessibility(phone.page)
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == {}
    undone(phone, FLUID).get_by_role("button", name="Undo").tap()
    expect(checked(phone, FLUID)).to_have_value("red")
    expect(undone(phone, FLUID)).to_be_hidden()
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == rated
    phone.open()
    expect(checked(phone, FLUID)).to_have_value("red")


def test_one_that_was_taken_back_stays_so_when_the_page_is_opened_again(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.wait_until_kept()
    phone.rate(*FLUID, "none")
    phone.expect_all_saved()
    phone.take_back(*FLUID, "none")
    phone.expect_all_saved()
    phone.page.context.set_offline(True)
    phone.open()
    expect(checked(phone, FLUID)).to_have_count(0)
    phone.rate(*FLUID, "green")
    phone.wait_for_the_disk()
    phone.page.context.set_offline(False)
    phone.expect_all_saved()
    assert colours(shop, phone) == {"brakes/fluid_level": "green"}


def test_without_network_it_waits_like_every_other_tap(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.rate("brakes", "pedal_feel", "yellow")
    phone.expect_all_saved()
    phone.wait_until_kept()
    phone.page.context.set_offline(True)
    phone.rate(*FLUID, "red")
    phone.take_back(*FLUID, "red")
    phone.take_back("brakes", "pedal_feel", "yellow")
    phone.wait_for_the_disk()
    phone.open()
    expect(phone.page.locator(".rate :checked")).to_have_count(0)
    phone.page.context.set_offline(False)
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == {}


def test_a_hand_that_trembles_takes_nothing_back(shop, window):
    phone = at_car(window, shop)
    phone.page.evaluate("""() => {
        const label = document.querySelector("#brakes-fluid_level .rate .red");
        for (let tap = 0; tap < 2; tap += 1) label.click();
    }""")
    expect(checked(phone, FLUID)).to_have_value("red")
    phone.expect_all_saved()
    assert colours(shop, phone) == {"brakes/fluid_level": "red"}


def test_a_tap_on_what_the_number_proposes_agrees_with_it(shop, window):
    phone = at_car(window, shop)
    phone.measure(*PADS, 4)
    phone.take_back(*PADS, "yellow")
    expect(checked(phone, PADS)).to_have_value("yellow")
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == {"brakes/front_pads_left": ("yellow", 4, None)}


def test_a_number_in_the_wrong_row_goes_with_the_colour_it_proposed_though_it_was_sent(shop, window):
    phone = at_car(window, shop)
    phone.measure(*PADS, 8)
    phone.expect_all_saved()
    assert colours(shop, phone) == {"brakes/front_pads_left": "green"}
    phone.measure(*PADS, "")
    expect(checked(phone, PADS)).to_have_count(0)
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == {}
    phone.measure(*PADS, 2.5)
    phone.expect_all_saved()
    assert found(shop, phone.inspection) == {"brakes/front_pads_left": ("red", 2.5, None)}


def test_a_number_that_is_typed_anew_is_never_without_a_colour_for_the_shop(shop, window):
    phone = at_car(window, shop)
    phone.measure(*PADS, 8)
    phone.expect_all_saved()
    sent = []
    phone.page.on("request", lambda request: request.method == "PUT" and sent.append(request.post_data_json))
    for typed in ("", "2", "2.5"):
        phone.measure(*PADS, typed)
    phone.expect_all_saved()
    [[item]] = sent
    assert (item["measurement"], item["severity"]) == (2.5, "red")


def test_the_rest_that_was_called_green_is_taken_back_but_for_what_was_changed_since(shop, window):
    phone = at_car(window, shop, screen="lights")
    phone.page.get_by_role("button", name="Rest is green").tap()
    rows = [component for component, _ in phone.components("lights")]
    undo = phone.page.get_by_role("button", name="Undo")
    expect(undo).to_have_text(f"Undo {len(rows)} green")
    check_accessibility(phone.page)
    phone.expect_all_saved()
    phone.rate("lights", rows[0], "red")
    expect(undo).to_have_text(f"Undo {len(rows) - 1} green")
    undo.tap()
    expect(undo).to_be_hidden()
    expect(phone.page.get_by_role("button", name="Rest is green")).to_be_visible()
    phone.expect_all_saved()
    assert colours(shop, phone) == {f"lights/{rows[0]}": "red"}


def test_what_another_phone_rated_anew_meanwhile_is_not_taken_back_unasked(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.rate(*FLUID, "green")
    phone.rate("brakes", "pedal_feel", "green")
    phone.expect_all_saved()
    phone.page.context.set_offline(True)
    for component in ("fluid_level", "pedal_feel"):
        phone.take_back("brakes", component, "green")
        theirs = {"category": "brakes", "component": component, "severity": "yellow", "notes": "Theirs"}
        shop.ask("PUT", f"/inspections/{phone.inspection}/items", theirs)
    phone.page.context.set_offline(False)
    expect(phone.sign).to_have_text("2 refused")
    phone.row(*FLUID).get_by_role("button", name="Keep mine").tap()
    phone.row("brakes", "pedal_feel").get_by_role("button", name="Take theirs").tap()
    phone.expect_all_saved()
    expect(checked(phone, FLUID)).to_have_count(0)
    assert colours(shop, phone) == {"brakes/pedal_feel": "yellow"}
