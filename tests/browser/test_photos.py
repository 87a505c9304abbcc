"""Photos at the desk and on the report: looked at as large as the window, added, described, printed."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accessibility import check_accessibility
from looks import in_every_look
from phone import DRAW

PADS = {"category": "brakes", "component": "front_pads_left"}
FILTER = {"category": "filters_ignition", "component": "cabin_filter"}
CAPTION = "Down to the metal, and a groove in the rotor"
# What of the car the customer is shown, and what not.
SHOWN, HIDDEN = ("left", "right", "odometer", "damage", "other"), ("front", "rear", "vin")
NOT_A_PICTURE = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
FOCUSED = "document.activeElement.getAttribute('href')"
PHOTO = re.compile(r"/api/v1/inspections/[0-9a-f-]+/photos/[0-9a-f-]+")
MILLIMETRE = 96 / 25.4


def draw(page: Page, width=1200, height=900, noise=60) -> bytes:
    return bytes(page.evaluate(DRAW, [5, width, height, noise]))


def file(page: Page, name: str, **how) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": draw(page, **how)}


@pytest.fixture
def album(shop, window) -> str:
    """An inspection in progress with many photos: of a red finding three, of a yellow one an upright one, and the car."""
    page = window().page
    wide, upright = draw(page), draw(page, 900, 1200, 40)
    made = shop.inspection("rated")
    shop.add_photo(made, wide, **PADS, caption=CAPTION)
    for picture in (upright, wide):
        shop.add_photo(made, picture, **PADS)
    shop.add_photo(made, upright, **FILTER)
    for kind in (*SHOWN, *HIDDEN):
        shop.add_photo(made, upright if kind == "damage" else wide, kind=kind)
    return made


@pytest.fixture
def report(shop, album) -> str:
    shop.ask("POST", f"/inspections/{album}/complete", {})
    return shop.report(album)


def open_review(window, shop, inspection, **how):
    here = window(**how)
    here.log_in(shop.manager)
    here.visit(f"/inspections/{inspection}")
    return here


def viewer(page: Page) -> Locator:
    return page.locator("dialog[data-viewer]")


def expect_shown(page: Page, place: str) -> None:
    """That the viewer is open, says where it is, and has that picture in the window and no other."""
    expect(viewer(page).locator("[data-place]")).to_have_text(place)
    number, of = map(int, place.split(" / "))
    figures = viewer(page).locator("figure")
    expect(figures).to_have_count(of)
    expect(figures.nth(number - 1).locator("img")).to_be_in_viewport(ratio=0.99)
    for other in {number - 2, number} & set(range(of)):
        expect(figures.nth(other).locator("img")).not_to_be_in_viewport()


def swipe(page: Page, start: int, end: int) -> None:
    """With one finger, across the middle of the window."""
    finger = page.context.new_cdp_session(page)
    for step in range(9):
        touch = {"x": start + (end - start) * step / 8, "y": 400}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [touch]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def arrived(page: Page) -> None:
    """Waits until every picture in the window is there, none of them broken."""
    page.wait_for_function("""() => [...document.images].filter(it => {
        const { top, bottom, left, right } = it.getBoundingClientRect();
        return it.checkVisibility() && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    }).every(it => it.complete && it.naturalWidth > 0)""")


@in_every_look
def test_everybody_can_use_the_review_of_many(shop, window, album, width, theme):
    here = open_review(window, shop, album, width=width, theme=theme)
    expect(here.page.locator("#photos li")).to_have_count(len(SHOWN) + len(HIDDEN))
    expect(here.page.locator("#brakes-front_pads_left .thumb")).to_have_count(3)
    arrived(here.page)
    check_accessibility(here.page)
    here.page.locator("#brakes-front_pads_left .thumb").first.click()
    expect(viewer(here.page).locator("figcaption a").first).to_have_text("Describe or remove it")
    arrived(here.page)
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_use_the_report_with_many(window, report, width, theme):
    here = window(width=width, theme=theme)
    here.visit(report)
    expect(here.page.locator("#now .shots figure")).to_have_count(3)
    expect(here.page.locator("#car .shots figure")).to_have_count(len(SHOWN))
    arrived(here.page)
    check_accessibility(here.page)
    here.page.locator("#now .shots a").first.click()
    expect_shown(here.page, "1 / 9")
    arrived(here.page)
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_describe_one(shop, window, album, width, theme):
    here = open_review(window, shop, album, width=width, theme=theme)
    here.page.locator("#photos .thumb").first.click()
    about = viewer(here.page).get_by_role("link", name="Describe or remove it")
    here.page.goto(about.nth(0).get_attribute("href"))
    check_accessibility(here.page)
    here.page.get_by_label("What the customer reads below it").fill("As it came")
    here.page.get_by_role("button", name="Save").click()
    expect(here.page.get_by_label("What the customer reads below it")).to_have_value("As it came")
    assert "As it came" in [it["caption"] for it in shop.ask("GET", f"/inspections/{album}")["photos"]]


def test_a_tap_opens_it_as_large_as_the_window_and_back_is_where_one_was(window, report):
    page = window().page
    page.goto(report)
    opener = page.locator("#now .shots a").nth(1)
    opener.tap()
    expect(viewer(page)).to_be_visible()
    expect_shown(page, "2 / 9")
    box = viewer(page).bounding_box()
    assert (box["width"], box["height"]) == (390, 844)
    page.keyboard.press("Escape")
    expect(viewer(page)).to_be_hidden()
    assert page.evaluate(FOCUSED) == opener.get_attribute("href")
    # The same by the button, and beside the picture.
    opener.tap()
    viewer(page).get_by_role("button", name="Close").tap()
    expect(viewer(page)).to_be_hidden()
    opener.tap()
    page.touchscreen.tap(20, 110)
    expect(viewer(page)).to_be_hidden()
    assert page.evaluate(FOCUSED) == opener.get_attribute("href")


def test_a_finger_swipes_from_one_to_the_next(window, report):
    page = window().page
    page.goto(report)
    page.locator("#now .shots a").first.tap()
    expect_shown(page, "1 / 9")
    swipe(page, 330, 60)
    expect_shown(page, "2 / 9")
    swipe(page, 330, 60)
    expect_shown(page, "3 / 9")
    swipe(page, 60, 330)
    expect_shown(page, "2 / 9")
    expect(viewer(page).get_by_role("button", name="Next photo")).to_be_hidden()


def test_arrows_and_buttons_turn_and_stop_at_both_ends(window, report):
    page = window(width=1280).page
    page.goto(report)
    page.locator("#car .shots a").last.click()
    expect_shown(page, "9 / 9")
    page.keyboard.press("ArrowRight")
    expect_shown(page, "9 / 9")
    for place in (8, 7):
        page.keyboard.press("ArrowLeft")
        expect_shown(page, f"{place} / 9")
    viewer(page).get_by_role("button", name="Next photo").click()
    expect_shown(page, "8 / 9")
    # The keys go on after a button was pressed.
    page.keyboard.press("ArrowLeft")
    expect_shown(page, "7 / 9")
    page.keyboard.press("Escape")
    page.locator("#now .shots a").first.click()
    viewer(page).get_by_role("button", name="Photo before").click()
    expect_shown(page, "1 / 9")
    # What is behind can't be reached by the keyboard meanwhile.
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")


def test_each_says_what_it_shows(window, report):
    page = window(width=1280).page
    page.goto(report)
    page.locator("#now .shots a").first.click()
    figures = viewer(page).locator("figure")
    expect(figures.first.locator("figcaption")).to_have_text(CAPTION)
    expect(figures.nth(1).locator("figcaption")).to_have_text("")
    told = figures.locator("img").evaluate_all("all => all.map(it => it.alt)")
    assert told == page.locator(".shots img").evaluate_all("all => all.map(it => it.alt)")
    assert all("Photo" in it for it in told) and len(set(told)) == len(told), told
    assert "Front brake pads, left" in told[0]


def test_it_keeps_its_place_when_the_window_turns(window, report):
    page = window().page
    page.goto(report)
    page.locator("#now .shots a").nth(2).tap()
    expect_shown(page, "3 / 9")
    page.set_viewport_size({"width": 844, "height": 390})
    expect_shown(page, "3 / 9")


def test_without_script_each_opens_alone(window, report):
    here = window(javascript=False)
    # The page that the browser makes of a picture has a style and a script of its own, which the picture's policy refuses.
    here.bear_complaint("inline style violates")
    here.bear_complaint("Blocked script execution")
    here.visit(report)
    here.page.locator("#now .shots a").first.tap()
    here.page.wait_for_url("**/large")
    expect(here.page.locator("img")).to_be_visible()


def test_focus_comes_back_to_one_that_was_rendered_anew_meanwhile(shop, window, album):
    page = open_review(window, shop, album, width=1280).page
    page.locator("#photos .thumb").nth(2).click()
    expect_shown(page, "3 / 12")
    href = page.locator("#photos .thumb").nth(2).get_attribute("href")
    shop.ask("PUT", f"/inspections/{album}/items", PADS | {"severity": "yellow"})
    expect(page.locator("h2.group").first).to_contain_text("yellow")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == href


def add(page: Page, files: list[dict]) -> None:
    page.get_by_text("Add photos").click()
    page.get_by_label("They show").select_option("Front brake pads, left")
    page.locator("#files").set_input_files(files)
    page.get_by_role("button", name="Add them").click()


@in_every_look
def test_several_are_added_and_each_says_how_far_it_is(shop, window, width, theme):
    inspection = shop.inspection("in_progress")
    here = open_review(window, shop, inspection, width=width, theme=theme)
    page = here.page
    held = []
    page.route(PHOTO, lambda route: held.append(route))
    add(page, [file(page, f"brakes {number}.jpg") for number in range(3)])
    lines = page.locator("[data-uploads] li")
    expect(lines).to_have_text([re.compile("brakes 0.jpg *Sending"), re.compile("brakes 1.jpg *Sending"), re.compile("brakes 2.jpg *Waiting")])
    expect(page.get_by_role("progressbar", name="brakes 0.jpg")).to_be_visible()
    check_accessibility(page)
    here.wait_until(lambda: len(held) == 2, "two are on their way")
    held.pop().continue_()
    here.wait_until(lambda: len(held) == 2, "the third one is on its way as well")
    for route in held:
        route.continue_()
    expect(lines).to_have_count(0)
    # They stand on the page without it being loaded again.
    expect(page.locator("#photos .thumb")).to_have_count(3)
    assert [it["component"] for it in shop.ask("GET", f"/inspections/{inspection}")["photos"]] == ["front_pads_left"] * 3


@in_every_look
def test_one_that_is_refused_says_why_and_the_others_arrive(shop, window, width, theme):
    inspection = shop.inspection("in_progress")
    here = open_review(window, shop, inspection, width=width, theme=theme)
    page = here.page
    here.expect_complaint("status of 415")
    here.expect_complaint("status of 422")
    cut = file(page, "cut.jpg")
    cut["buffer"] = cut["buffer"][:2000]
    huge = {"name": "huge.jpg", "mimeType": "image/jpeg", "buffer": bytes(12 * 1024 * 1024 + 1)}
    add(page, [file(page, "left.jpg"), NOT_A_PICTURE, cut, huge, file(page, "right.jpg")])
    lines = page.locator("[data-uploads] li")
    expect(lines).to_have_count(3)
    for name, why in {
        "invoice.pdf": "It is no JPEG, PNG or WebP.", "cut.jpg": "It is damaged or cut off.",
        "huge.jpg": "It is larger than 12 MB.",
    }.items():
        expect(lines.filter(has_text=name)).to_contain_text(why)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.locator("#photos .thumb")).to_have_count(2)
    check_accessibility(page)


def test_what_did_not_get_through_is_sent_again_under_the_same_id(shop, window):
    inspection = shop.inspection("in_progress")
    here = open_review(window, shop, inspection, width=1280)
    page = here.page
    here.expect_complaint("ERR_FAILED")
    asked = []

    def lose(route):
        asked.append(route.request.url)
        # It arrives, and the answer does not.
        route.fetch()
        route.abort()

    page.route(PHOTO, lose, times=1)
    add(page, [file(page, "left.jpg")])
    line = page.locator("[data-uploads] li")
    expect(line).to_contain_text("It did not get through. Check the connection.")
    check_accessibility(page)
    with page.expect_request("**/photos/*") as again:
        line.get_by_role("button", name="Try again").click()
    assert [again.value.url] == asked
    expect(line).to_have_count(0)
    assert len(shop.ask("GET", f"/inspections/{inspection}")["photos"]) == 1


def test_they_are_added_without_script_as_well(shop, window):
    inspection = shop.inspection("in_progress")
    page = open_review(window, shop, inspection, javascript=False).page
    drawn = window().page
    add_without_script(page, [file(drawn, "left.jpg"), file(drawn, "right.jpg", noise=30)])
    expect(page.locator("#photos .thumb")).to_have_count(2)


def test_without_script_one_that_is_refused_is_named(shop, window):
    inspection = shop.inspection("in_progress")
    here = open_review(window, shop, inspection, javascript=False)
    here.expect_complaint("status of 409")
    add_without_script(here.page, [file(window().page, "left.jpg"), NOT_A_PICTURE])
    expect(here.page.get_by_role("alert")).to_have_text("invoice.pdf is no JPEG, PNG or WebP.")
    expect(here.page.locator("#photos .thumb")).to_have_count(1)


def add_without_script(page: Page, files: list[dict]) -> None:
    add(page, files)
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 1280])
def test_printed_they_are_small_and_all_there(window, report, width):
    page = window(width=width).page
    page.goto(report)
    page.emulate_media(media="print")
    sizes = page.locator(".shots figure").evaluate_all(
        "all => all.map(it => it.getBoundingClientRect()).map(({ width, height }) => [width, height])",
    )
    assert len(sizes) == 9
    # Five fit beside each other on paper.
    assert all(0 < across <= 34.1 * MILLIMETRE and down < 60 * MILLIMETRE for across, down in sizes), sizes
    expect(viewer(page)).to_be_hidden()
    # Whoever prints has seen what they print: those further down are fetched only then.
    page.set_viewport_size({"width": width, "height": 5000})
    page.locator(".shots img").evaluate_all("all => Promise.all(all.map(it => it.decode()))")
    printed = page.pdf(format="Letter")
    assert printed.count(b"/Subtype /Image") >= 9, "all of them are on paper"
    pages = len(re.findall(rb"/Type /Page\b", printed))
    assert 1 <= pages <= 4, pages
