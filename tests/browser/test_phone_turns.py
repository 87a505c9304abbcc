"""Several tabs on one phone, several people with it, and a worker that can keep nothing: who sends, and what opens."""

import json

import pytest
from playwright.sync_api import Error, expect

from phone import Phone, found, photos
from window import PATIENCE

PHOTOS = "**/api/v1/inspections/*/photos/*"
CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"
# Nobody waits longer than this for a tab that was closed.
LONGEST = 35_000
# Who may send: for each lane that is taken, until when.
TURNS = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open("courtesy");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("turns").objectStore("turns").getAll();
        asked.onsuccess = () => { opening.result.close(); resolve(asked.result.map(({ until }) => until)); };
    };
})"""
NOW = "() => Date.now()"
# What a tab asks stays on its way. A request that is held from outside may leave when its tab is closed.
STALL = "() => { globalThis.fetch = () => new Promise(() => {}); }"
# The pages that open without network.
PAGES = """async () => {
    const caught = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return caught.flat().map(({ url }) => new URL(url).pathname).filter((path) => !path.startsWith("/assets/"));
}"""
# What a phone that has no room refuses its worker.
REFUSALS = {
    "to keep a page": "() => { Cache.prototype.put = () => Promise.reject(new Error('full')); }",
    "to keep anything": "() => { CacheStorage.prototype.open = () => Promise.reject(new Error('no')); }",
}


@pytest.fixture
def at_car(shop, window):
    def open_car(has_clock=False, **how):
        here = window(**how)
        here.bear_complaint(CUT)
        here.log_in(shop.mechanic)
        if has_clock:
            here.page.clock.install()
        phone = Phone(here.page, shop.inspection("in_progress")).open()
        phone.window = here
        return phone

    return open_car


def hold(phone, address):
    """Keeps the first request to such an address on its way; it is in the list once it was sent."""
    held = []
    phone.page.route(address, lambda route: route.continue_() if held else held.append(route))
    return held


def colours(shop, phone):
    return {key: colour for key, (colour, _, _) in found(shop, phone.inspection).items()}


def turns(page):
    """For how many milliseconds each lane that is taken stays so, if nobody renews it."""
    now = page.evaluate(NOW)
    return [until - now for until in page.evaluate(TURNS)]


def over_plain_http(at_car):
    """A phone whose browser has no locks, and whose clock can be put forward."""
    phone = at_car(has_clock=True, host="garage.test")
    assert not phone.page.evaluate("() => 'locks' in navigator")
    return phone


def test_a_tab_that_is_closed_while_it_sends_holds_the_others_up_for_half_a_minute(shop, at_car):
    phone = over_plain_http(at_car)
    phone.page.evaluate(STALL)
    phone.rate("brakes", "fluid_level", "red")
    phone.window.wait_until(lambda: [it["tried"] for it in phone.waiting()] == [True], "it is on its way")
    other = Phone(phone.page.context.new_page(), phone.inspection)
    other.page.clock.install()
    other.open()
    [left] = turns(other.page)
    assert 0 < left <= LONGEST
    phone.page.close()
    expect(other.sign).to_have_text("1 waiting")
    assert colours(shop, other) == {}
    other.page.clock.fast_forward(LONGEST)
    other.expect_all_saved()
    assert colours(shop, other) == {"brakes/fluid_level": "red"}


def test_a_tab_that_is_slow_to_send_keeps_its_turn_until_it_is_through(shop, at_car):
    phone = over_plain_http(at_car)
    # Heavy enough to be allowed more than a minute on its way.
    picture = phone.picture(5, 2048, 1365, 20)
    held = hold(phone, PHOTOS)
    phone.go("car")
    phone.take(phone.page.locator(".kinds > li").first, picture)
    phone.window.wait_until(lambda: held, "it is on its way")
    for _ in range(3):
        [before] = phone.page.evaluate(TURNS)
        assert 0 < before - phone.page.evaluate(NOW) <= LONGEST
        phone.page.clock.fast_forward(12_000)
        phone.window.wait_until(lambda: phone.page.evaluate(TURNS) > [before + 10_000], "its turn is renewed")
    held[0].continue_()
    phone.expect_all_saved()
    phone.window.wait_until(lambda: phone.page.evaluate(TURNS) == [], "it is somebody else's turn")
    assert phone.recognise(photos(shop, phone.inspection)) == [5]


def code_for(desk, person):
    """Where somebody's phone comes in by a code that the manager shows it."""
    desk.visit(f"/team/{person['id']}")
    desk.page.get_by_role("button", name="Show the code").click()
    return desk.page.get_by_label("Or open this address").input_value()


def test_a_colleague_who_comes_in_by_a_code_finds_nobody_else_s_page_and_taps_for_themselves(shop, window, at_car):
    phone = at_car()
    phone.wait_until_kept()
    colleague, desk = shop.person("shop_manager"), window(width=1280)
    desk.log_in(shop.manager)
    phone.page.goto(code_for(desk, colleague))
    phone.page.get_by_role("button", name="Log in as Tomasz").tap()
    phone.page.wait_for_url("**/board")
    phone.window.wait_until(lambda: phone.page.evaluate(PAGES) == [], "nothing of anybody else is kept")
    phone.page.context.set_offline(True)
    with pytest.raises(Error, match=CUT):
        phone.page.goto(f"/inspections/{phone.inspection}/inspect")
    phone.page.context.set_offline(False)
    phone.open()
    assert json.loads(phone.page.locator("#sheet").text_content())["person"] == colleague["id"]
    phone.rate("brakes", "fluid_level", "red")
    phone.expect_all_saved()
    [item] = shop.ask("GET", f"/inspections/{phone.inspection}")["items"]
    assert (item["severity"], item["rated_by"]) == ("red", colleague["id"])


@pytest.mark.parametrize("what", REFUSALS)
def test_a_page_opens_with_network_though_its_worker_is_refused(shop, at_car, what):
    phone = at_car()
    phone.wait_until_kept()
    [worker] = phone.page.context.service_workers
    worker.evaluate(REFUSALS[what])
    other = Phone(phone.page, shop.inspection("in_progress")).open()
    assert other.page.evaluate("() => performance.getEntriesByType('navigation')[0].workerStart") > 0
    other.rate("brakes", "fluid_level", "red")
    other.expect_all_saved()
    assert colours(shop, other) == {"brakes/fluid_level": "red"}
    phone.page.goto("/work")
    expect(phone.page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE * 1000)
