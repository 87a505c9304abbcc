"""The review of an inspection, from the mechanic's last tap to what the customer has seen."""

import re

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from shop import STATES
from weight import weigh


def open_review(window, shop, inspection, who=None, **how):
    here = window(**how)
    here.log_in(who or shop.manager)
    here.visit(f"/inspections/{inspection}")
    return here


@pytest.mark.parametrize("state", STATES)
@in_every_look
def test_everybody_can_use_it(shop, window, state, width, theme):
    here = open_review(window, shop, shop.inspection(state), width=width, theme=theme)
    check_accessibility(here.page)


def test_a_mechanic_sees_it_without_what_is_the_desk_s(shop, window):
    here = open_review(window, shop, shop.inspection("completed"), who=shop.mechanic)
    expect(here.page.get_by_role("heading", level=1)).to_have_text("2018 Honda Civic")
    expect(here.page.get_by_role("button", name="Send to customer")).to_have_count(0)
    check_accessibility(here.page)


def test_words_are_saved_when_somebody_leaves_them(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    words = here.page.get_by_label("What the customer reads: Front brake pads, left")
    words.fill("Worn to the metal")
    here.page.keyboard.press("Tab")
    expect(here.page.locator("#brakes-front_pads_left output")).to_have_text("Saved")
    assert notes(shop, inspection) == "Worn to the metal"
    # The page knows by now which version is the latest.
    words.fill("Worn to the metal, left and right")
    here.page.keyboard.press("Tab")
    here.wait_until(lambda: notes(shop, inspection) == "Worn to the metal, left and right", "they are saved again")


def test_words_that_somebody_else_has_mended_are_not_run_over(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    theirs = {"category": "brakes", "component": "front_pads_left", "notes": "Theirs"}
    shop.ask("PUT", f"/inspections/{inspection}/items", theirs)
    here.expect_complaint("status of 422")
    words = here.page.get_by_label("What the customer reads: Front brake pads, left")
    words.fill("Mine")
    here.page.keyboard.press("Tab")
    expect(here.page.locator("#brakes-front_pads_left output")).to_contain_text("changed by somebody else")
    expect(here.page.locator("#brakes-front_pads_left output")).to_contain_text("Theirs: Theirs")
    expect(words).to_have_value("Mine")
    assert notes(shop, inspection) == "Theirs"


def test_one_press_of_save_runs_over_nobody_s_words(shop, window):
    inspection = shop.inspection("completed")
    managers = (shop.manager, shop.person("shop_manager"))
    mine, theirs = (open_review(window, shop, inspection, width=1280, who=it) for it in managers)
    posts = posts_of_words(mine)
    label = "What the customer reads: Front brake pads, left"
    mine.page.get_by_label(label).fill("Mine")
    theirs.page.get_by_label(label).fill("Theirs")
    theirs.page.keyboard.press("Tab")
    saved = "#brakes-front_pads_left output"
    button = mine.page.locator("#brakes-front_pads_left").get_by_role("button", name="Save")
    expect(theirs.page.locator(saved)).to_have_text("Saved")
    mine.expect_complaint("status of 422")
    button.click()
    expect(mine.page.locator(saved)).to_contain_text("changed by somebody else")
    mine.page.evaluate("new Promise(requestAnimationFrame)")
    assert (len(posts), notes(shop, inspection)) == (1, "Theirs")
    # Whoever has read that may still mean it.
    button.click()
    expect(mine.page.locator(saved)).to_have_text("Saved")
    assert notes(shop, inspection) == "Mine"


def test_one_press_of_save_saves_once(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    posts = posts_of_words(here)
    here.page.get_by_label("What the customer reads: Front brake pads, left").fill("Worn to the metal")
    here.page.locator("#brakes-front_pads_left").get_by_role("button", name="Save").click()
    expect(here.page.locator("#brakes-front_pads_left output")).to_have_text("Saved")
    here.page.evaluate("new Promise(requestAnimationFrame)")
    assert (len(posts), notes(shop, inspection)) == (1, "Worn to the metal")


def test_a_press_of_save_that_lasts_saves_once(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    posts = posts_of_words(here)
    row = here.page.locator("#brakes-front_pads_left")
    here.page.get_by_label("What the customer reads: Front brake pads, left").fill("Worn to the metal")
    row.get_by_role("button", name="Save").hover()
    here.page.mouse.down()
    expect(row.locator("output")).to_have_text("Saved")
    here.page.mouse.up()
    here.page.evaluate("new Promise(requestAnimationFrame)")
    assert (len(posts), notes(shop, inspection)) == (1, "Worn to the metal")
    # Whoever presses once more means it.
    row.get_by_role("button", name="Save").click()
    here.wait_until(lambda: len(posts) == 2, "it is saved again")


def test_what_was_saved_and_where_one_is_outlast_the_news_of_it(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    words = here.page.get_by_label("What the customer reads: Front brake pads, left")
    words.fill("Worn to the metal")
    words.evaluate("it => { it.isOld = true; }")
    here.page.keyboard.press("Tab")
    here.wait_until(lambda: not words.evaluate("it => it.isOld"), "the page shows what was saved")
    row = here.page.locator("#brakes-front_pads_left")
    expect(row.locator("output")).to_have_text("Saved")
    expect(row.get_by_role("button", name="Save")).to_be_focused()


def test_words_typed_while_others_are_being_saved_are_not_held_to_be_saved(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    words = here.page.get_by_label("What the customer reads: Front brake pads, left")

    def late(route):
        words.evaluate("it => { it.value += ' and more' }")
        route.continue_()

    here.page.route("**/notes", late, times=1)
    words.fill("First")
    here.page.keyboard.press("Tab")
    here.wait_until(lambda: notes(shop, inspection) == "First", "the first words are saved")
    expect(here.page.locator("#brakes-front_pads_left output")).to_have_text("Saved")
    assert words.evaluate("it => it.value !== it.defaultValue")
    words.focus()
    here.page.locator("#brakes-front_pads_left").get_by_role("button", name="Save").click()
    here.wait_until(lambda: notes(shop, inspection) == "First and more", "both are saved")


def test_words_wait_for_the_network(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection, width=1280)
    here.page.context.set_offline(True)
    here.expect_complaint("ERR_INTERNET_DISCONNECTED")
    words = here.page.get_by_label("What the customer reads: Front brake pads, left")
    words.fill("Worn to the metal")
    here.page.keyboard.press("Tab")
    expect(here.page.locator("#brakes-front_pads_left output")).to_contain_text("Not saved")
    here.page.context.set_offline(False)
    words.focus()
    here.page.locator("#brakes-front_pads_left").get_by_role("button", name="Save").click()
    here.wait_until(lambda: notes(shop, inspection) == "Worn to the metal", "they are saved")


def test_a_text_is_measured_while_it_is_written(shop, window):
    here = open_review(window, shop, shop.inspection("completed"), width=1280)
    meter = here.page.locator("[data-meter]")
    before = meter.text_content()
    here.page.get_by_text("Change the words").click()
    words = here.page.locator("[data-words]")
    usual = words.input_value()
    words.fill("Your car is ready 🚗")
    # One picture makes every character cost more; and a first text says who writes, and how to stop.
    expect(meter).to_contain_text("2 texts, ")
    bubble = here.page.locator("[data-bubble]")
    expect(bubble).to_contain_text(re.compile("^Corner Garage: Your car is ready 🚗 http://.* Reply STOP to opt out$"))
    words.fill("x" * 400)
    expect(meter).to_contain_text("4 texts, ")
    # The count is the server's own.
    words.fill(usual)
    expect(meter).to_have_text(before)


def test_one_press_sends_it_and_the_page_tells_what_became_of_it(shop, window):
    inspection = shop.inspection("completed")
    here = open_review(window, shop, inspection)
    here.page.get_by_role("button", name="Send to customer").tap()
    expect(here.page.get_by_role("heading", name="It is with Ruth")).to_be_visible()
    here.wait_until(lambda: here.page.reload() and here.page.get_by_text("Delivered,").count(), "it is delivered")


def test_it_can_be_handed_over_without_script(shop, window):
    here = open_review(window, shop, shop.inspection("completed"), javascript=False)
    here.page.get_by_role("button", name="Hand over a link").tap()
    link = here.page.get_by_label("Link", exact=True).input_value()
    customer = window()
    customer.visit(link)
    expect(customer.page.get_by_role("heading", level=1)).to_contain_text("2018 Honda Civic")


@pytest.mark.parametrize("state", ["in_progress", "completed", "sent"])
def test_a_first_visit_is_light(shop, window, state):
    here = window()
    here.log_in(shop.manager)
    weight = weigh(here, f"/inspections/{shop.inspection(state)}")
    assert 0 < weight.script < 20_000 and weight.total < 60_000, weight


def notes(shop, inspection):
    found = shop.ask("GET", f"/inspections/{inspection}")["items"]
    return next(it["notes"] for it in found if it["component"] == "front_pads_left")


def posts_of_words(here):
    """The saves that a window asks for from now on."""
    posts = []
    here.page.on("request", lambda it: posts.append(it) if it.url.endswith("/notes") else None)
    return posts
