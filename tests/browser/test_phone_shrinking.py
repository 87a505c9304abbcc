"""Photos that a page left as they were taken: whichever page comes next makes them small, once, and sends them."""

import pytest
from playwright.sync_api import expect

from phone import Phone, photos, shown

PHOTOS = "**/api/v1/inspections/*/photos/*"
CUT = "ERR_FAILED"
# No picture is made small before `letGo()`; `made` counts what was drawn since.
HOLD = """
    const [read, draw] = [createImageBitmap, HTMLCanvasElement.prototype.toBlob];
    const held = new Promise((resolve) => { globalThis.letGo = resolve; });
    globalThis.made = 0;
    globalThis.createImageBitmap = (...of) => held.then(() => read(...of));
    HTMLCanvasElement.prototype.toBlob = function (take, ...how) {
        draw.call(this, (blob) => { take(blob); made += 1; }, ...how);
    };
"""
# A browser without it hears of what other tabs did when it looks.
DEAF = "delete globalThis.BroadcastChannel;"


@pytest.fixture
def phone(shop, window):
    """At a car, with a photo as it was taken."""
    here = window()
    here.log_in(shop.mechanic)
    phone = Phone(here.page, shop.inspection("in_progress")).open("car")
    phone.window = here
    picture = phone.picture(7)
    here.page.evaluate(f"() => {{ {HOLD} }}")
    phone.take(phone.page.locator(".kinds > li").first, picture)
    phone.wait_for_the_disk()
    assert [it.get("raw") for it in phone.waiting()] == [True]
    return phone


def let_go(phone):
    """Has the page make the photo small, and waits until that is on disk."""
    phone.page.evaluate("() => { letGo(); }")
    phone.page.wait_for_function("() => made === 2")
    phone.wait_for_the_disk()


@pytest.fixture
def other(phone):
    """The same in another tab, which has begun with the same photo and hears nothing of the first."""
    tab = phone.page.context.new_page()
    tab.add_init_script(HOLD + DEAF)
    other = Phone(tab, phone.inspection).open("car")
    expect(other.sign).to_have_text("1 photo")
    return other


def test_one_that_two_tabs_make_small_is_sent_once(shop, phone, other):
    sent = []
    phone.page.context.on("request", lambda request: request.method == "PUT" and sent.append(request.url))
    let_go(phone)
    phone.expect_all_saved()
    let_go(other)
    other.expect_all_saved()
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])
    held = photos(shop, phone.inspection)
    assert len(sent) == 1 and phone.recognise(held) == [7]


def test_one_that_was_taken_back_stays_away_though_another_tab_makes_it_small(shop, phone, other):
    phone.window.expect_complaint(CUT)
    context = phone.page.context
    context.route(PHOTOS, lambda route: route.abort())
    let_go(phone)
    phone.page.locator(".thumb").tap()
    phone.page.locator("[data-delete]").tap()
    phone.wait_for_the_disk()
    context.unroute(PHOTOS)
    phone.expect_all_saved()
    let_go(other)
    other.expect_all_saved()
    assert (phone.waiting(), phone.kept_pictures(), photos(shop, phone.inspection)) == ([], [], [])


def test_one_whose_page_was_left_goes_from_the_list_of_work(shop, phone):
    phone.page.goto("/work")
    phone.window.wait_until(lambda: photos(shop, phone.inspection), "it is sent")
    expect(phone.page.locator("[data-unsent]")).to_be_hidden()
    held = photos(shop, phone.inspection)
    assert [shown(it) for it in held] == ["front"] and phone.recognise(held) == [7]


def test_one_that_the_phone_lost_before_it_was_made_small_is_said_to_be_lost(phone):
    phone.lose_pictures()
    phone.page.reload()
    expect(phone.sign).to_have_text("1 refused")
