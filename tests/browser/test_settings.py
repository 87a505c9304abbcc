"""The settings page."""

from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh


@in_every_look
def test_everybody_can_use_the_settings(shop, window, width, theme):
    here = window(width=width, theme=theme)
    here.log_in(shop.manager)
    here.visit("/settings")
    check_accessibility(here.page)
    here.page.get_by_label("Time zone").fill("Mars")
    here.expect_complaint("status of 422")
    here.page.get_by_role("button", name="Save settings").click()
    expect(here.page.locator(".wrong")).to_have_count(1)
    check_accessibility(here.page)


def test_on_a_phone_all_pages_are_in_sight_and_so_is_the_one_that_is_open(shop, window):
    shop.ask("POST", "/sandbox/messages", {"from": shop.phone(), "content": "Hello"})
    here = window()
    here.log_in(shop.manager)
    here.visit("/settings")
    links = here.page.get_by_role("navigation").get_by_role("link")
    for place in range(links.count()):
        box = links.nth(place).bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= 390, (links.nth(place).text_content(), box)
    # Where not all of it fits, one begins where one is.
    here.page.set_viewport_size({"width": 280, "height": 640})
    here.visit("/settings")
    expect(links.last).to_be_in_viewport(ratio=.9)
    expect(links.first).not_to_be_in_viewport(ratio=.9)


def test_countries_have_names_and_the_chosen_one_stays(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    here.visit("/settings")
    country = here.page.get_by_label("Country")
    expect(country.locator(":checked")).to_have_text("United States")
    country.select_option("Canada")
    here.page.get_by_role("button", name="Save settings").click()
    expect(here.page.get_by_role("status")).to_have_text("Saved.")
    expect(country.locator(":checked")).to_have_text("Canada")
    assert shop.ask("GET", "/shop")["settings"]["country"] == "CA"


def test_quick_replies_work_without_script(shop, window):
    here = window(javascript=False)
    here.log_in(shop.manager)
    here.visit("/settings")
    for words in ("Your car is ready, {name}.", "Running 30 minutes late."):
        here.page.get_by_label("A new quick reply").fill(words)
        here.page.get_by_role("button", name="Save quick replies").click()
        expect(here.page.get_by_role("status")).to_have_text("Saved.")
    here.page.get_by_role("button", name="Move quick reply 2 up").click()
    expect(here.page.get_by_label("Quick reply 1")).to_have_value("Running 30 minutes late.")
    here.page.get_by_role("button", name="Remove quick reply 1").click()
    expect(here.page.get_by_label("Quick reply 1")).to_have_value("Your car is ready, {name}.")
    assert shop.ask("GET", "/shop")["settings"]["quick_replies"] == ["Your car is ready, {name}."]


def test_the_settings_are_light(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    weight = weigh(here, "/settings")
    assert weight.total < 60_000 and weight.script < 20_000, weight
