"""Photos that are drawn on, captioned and deleted at the car, whatever happens to them meanwhile: in the end the shop
has each once, as the mechanic last wanted it."""

import time

import pytest
from playwright.sync_api import expect

from phone import Phone, photos, shown
from restarted import Restarted
from window import PASSWORD, PATIENCE, log_in

PHOTOS = "**/api/v1/inspections/*/photos/*"
LARGE = "**/photos/*/large"
CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"
CAPTION = "Deep groove"
DRAWN = [("front", CAPTION)]
# What the sign has said since then.
LISTEN = """() => {
    const sign = document.querySelector("[data-sign-words]");
    globalThis.said = [];
    const all = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => said.push(sign.textContent)).observe(sign, all);
}"""
# From its so-many-th change on nothing of this page gets to the disk, as if it had ended there.
END_AT = """end => {
    const begin = IDBDatabase.prototype.transaction;
    let number = 0;
    globalThis.hasEnded = false;
    IDBDatabase.prototype.transaction = function (names, mode, ...how) {
        if (mode === "readwrite" && [...names].includes("changes")) number += 1;
        globalThis.hasEnded ||= number >= end;
        if (hasEnded) throw new Error("ended");
        return begin.call(this, names, mode, ...how);
    };
}"""
# Two taps where Save is, the second as soon as the first was heard; whatever else is there then is left alone.
TAP_TWICE = """() => {
    const { x, y, width, height } = document.querySelector("[data-save]").getBoundingClientRect();
    for (const _ of [1, 2]) document.elementFromPoint(x + width / 2, y + height / 2)?.closest("[data-save]")?.click();
}"""
# The number of the picture that is being drawn on.
IN_SIGHT = """() => {
    const canvas = document.querySelector("[data-canvas]");
    const middle = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
    return Math.round(middle.data[0] / 20);
}"""
# Reads the pictures at these addresses, which takes as long as it takes the page.
READ = """addresses => Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { cache: "no-store" });
    (await createImageBitmap(await answer.blob(), { imageOrientation: "from-image" })).close();
})).then(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))"""


@pytest.fixture
def at_car(shop, window):
    def open_car(inspection=None, **how):
        here = window(**how)
        here.bear_complaint(CUT)
        here.log_in(shop.mechanic)
        phone = Phone(here.page, inspection or shop.inspection("in_progress")).open("car")
        phone.window = here
        return phone

    return open_car


def place(phone, number=0):
    """Where a photo of the car is taken: of its front first, then of its rear."""
    return phone.page.locator(".kinds > li").nth(number)


def send_one(phone, number=3, where=0):
    """Takes a photo and waits until the shop has it."""
    phone.take(place(phone, where), phone.picture(number, 640, 480))
    expect(place(phone, where).locator(".thumb[data-state=sent]")).to_have_count(1, timeout=PATIENCE * 1000)
    phone.expect_all_saved()


def open_photo(phone, where=0):
    place(phone, where).locator(".thumb").tap()
    phone.page.locator("[data-canvas]").wait_for()


def draw(phone):
    """Writes a caption on the photo of the front."""
    open_photo(phone)
    phone.page.get_by_label("Caption").fill(CAPTION)
    phone.page.locator("[data-save]").tap()
    expect(phone.page.locator("[data-canvas]")).to_be_hidden()


def delete(phone):
    open_photo(phone)
    phone.page.locator("[data-delete]").tap()


def with_captions(shop, phone):
    return [(shown(it), it["caption"]) for it in photos(shop, phone.inspection)]


def expect_nothing_left(*phones):
    """All has been sent, and each of the tabs knows."""
    for phone in phones:
        phone.expect_all_saved()
        assert (phone.waiting(), phone.kept_pictures()) == ([], [])


def wait_until_small(phone, count):
    """So many pictures wait, each made small, and are on disk."""
    wait_until(phone, lambda: [it["thumb"] for it in phone.kept_pictures()] == [True] * count)
    phone.wait_for_the_disk()


def wait_until(phone, condition):
    """Waits for what no locator can tell."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        phone.page.wait_for_timeout(20)


class OnItsWay:
    """A photo whose request is under way from another tab of the same phone than `here`."""

    def __init__(self, one):
        self._held, context = [], one.page.context
        context.route(PHOTOS, self._hold)
        two = Phone(context.new_page(), one.inspection).open("car")
        two.take(place(two), two.picture(3))
        one.window.wait_until(lambda: self._held, "it is on its way")
        [self._route] = self._held
        # Chance decides which of the two sends.
        is_sent_by_one = self._route.request.frame.page is one.page
        self.here, self.sender = (two, one) if is_sent_by_one else (one, two)
        self.here.page.bring_to_front()
        expect(self.here.page.locator(".thumb[data-state=waiting]")).to_have_count(1)

    def _hold(self, route):
        if self._held or route.request.method != "PUT":
            return route.continue_()
        return self._held.append(route)

    def arrive(self, fate):
        """It is with the shop already, unless it is to be late."""
        self._answer = None if fate == "late" else self._route.fetch()

    def be_answered(self, fate):
        if fate == "answered":
            self._route.fulfill(response=self._answer)
        elif fate == "lost":
            self._route.abort()
        else:
            self._route.continue_()
        self._route.request.response()


FATES = ("answered", "lost", "late")


@pytest.mark.parametrize("fate", FATES)
def test_one_that_is_deleted_while_another_tab_sends_it_is_gone(shop, at_car, fate):
    photo = OnItsWay(at_car())
    photo.arrive(fate)
    delete(photo.here)
    photo.here.wait_for_the_disk()
    photo.be_answered(fate)
    expect_nothing_left(photo.here, photo.sender)
    assert photos(shop, photo.here.inspection) == []
    for phone in (photo.here, photo.sender):
        expect(phone.page.locator(".thumb")).to_have_count(0)


@pytest.mark.parametrize("fate", FATES)
def test_one_that_is_drawn_on_while_another_tab_sends_it_is_there_once(shop, at_car, fate):
    photo = OnItsWay(at_car())
    photo.arrive(fate)
    draw(photo.here)
    wait_until(photo.here, lambda: CAPTION in [it["body"].get("caption") for it in photo.here.waiting()])
    photo.be_answered(fate)
    expect_nothing_left(photo.here, photo.sender)
    assert with_captions(shop, photo.here) == DRAWN
    for phone in (photo.here, photo.sender):
        expect(phone.page.locator(".thumb")).to_have_count(1)


def test_a_second_tap_on_save_makes_no_second_photo(shop, at_car):
    phone = at_car()
    send_one(phone)
    open_photo(phone)
    phone.page.get_by_label("Caption").fill(CAPTION)
    phone.page.evaluate(TAP_TWICE)
    expect(phone.page.locator("[data-canvas]")).to_be_hidden()
    phone.window.wait_until(lambda: ("front", CAPTION) in with_captions(shop, phone), "the drawn one is there")
    expect_nothing_left(phone)
    assert with_captions(shop, phone) == DRAWN


@pytest.mark.parametrize("end", (1, 2, 3, 4))
def test_a_page_that_ends_while_it_replaces_a_photo_leaves_one(shop, at_car, end):
    phone = at_car()
    send_one(phone)
    phone.page.evaluate(END_AT, end)
    draw(phone)
    phone.window.wait_until(
        lambda: phone.page.evaluate("() => hasEnded") or with_captions(shop, phone) == DRAWN, "it ends or is through",
    )
    phone.open("car")
    expect_nothing_left(phone)
    assert with_captions(shop, phone) in ([("front", None)], DRAWN)
    expect(phone.page.locator(".thumb")).to_have_count(1)


def test_the_sixtieth_can_be_drawn_on(shop, at_car):
    phone = at_car()
    small = phone.picture(width=64, height=48)
    for _ in range(59):
        shop.photograph(phone.inspection, small["buffer"], kind="other")
    send_one(phone)
    phone.page.evaluate(LISTEN)
    draw(phone)
    phone.window.wait_until(lambda: ("front", CAPTION) in with_captions(shop, phone), "the drawn one is there")
    expect_nothing_left(phone)
    assert [it for it in with_captions(shop, phone) if it[0] == "front"] == DRAWN
    assert len(photos(shop, phone.inspection)) == 60
    assert not [it for it in phone.page.evaluate("() => said") if "refused" in it]


@pytest.mark.parametrize("then", ("another is in sight", "another was closed"))
def test_one_that_comes_late_is_not_put_before_what_was_opened_since(shop, at_car, then):
    phone = at_car()
    send_one(phone, 3, 0)
    send_one(phone, 9, 1)
    asked, close = [], phone.page.locator("[data-picture] [data-close]")
    phone.page.context.route(LARGE, lambda route: route.continue_() if asked else asked.append(route))
    place(phone, 0).locator(".thumb").tap()
    phone.window.wait_until(lambda: asked, "it is asked for")
    if close.is_visible():
        close.tap()
    open_photo(phone, 1)
    phone.page.wait_for_function(f"() => ({IN_SIGHT})() === 9")
    if then == "another was closed":
        close.tap()
        expect(close).to_be_hidden()
    asked[0].continue_()
    asked[0].request.response()
    # By now whatever came late would have been painted.
    for _ in range(3):
        phone.page.evaluate(READ, [it["urls"]["large"] for it in photos(shop, phone.inspection)])
    if then == "another was closed":
        expect(close).to_be_hidden()
        return
    assert phone.page.evaluate(IN_SIGHT) == 9
    phone.page.locator("[data-delete]").tap()
    phone.window.wait_until(lambda: len(photos(shop, phone.inspection)) == 1, "one is deleted")
    expect_nothing_left(phone)
    assert phone.recognise(photos(shop, phone.inspection)) == [3]


def test_one_that_had_arrived_before_it_was_refused_is_deleted_with_the_shop_as_well(shop, at_car):
    phone = at_car()
    phone.window.expect_complaint("status of 403")
    arrived, context = [], phone.page.context
    picture = phone.picture(3)

    def lose(route):
        """The first one arrives, its answer does not, and nothing after it."""
        if not arrived:
            arrived.append(route.fetch().status)
        route.abort()

    context.route(PHOTOS, lose)
    phone.take(place(phone), picture)
    phone.window.wait_until(lambda: arrived, "it arrives")
    context.set_offline(True)
    colleague = shop.person("mechanic")
    shop.ask("POST", f"/inspections/{phone.inspection}/assign", {"user_id": colleague["id"]})
    context.unroute(PHOTOS)
    context.set_offline(False)
    expect(phone.sign).to_have_text("1 refused")
    phone.page.evaluate(LISTEN)
    delete(phone)
    expect(phone.page.locator(".thumb")).to_have_count(0)
    phone.wait_for_the_disk()
    # It is still there, so nobody is told that all was done.
    assert len(photos(shop, phone.inspection)) == 1
    assert [it["kind"] for it in phone.waiting()] == ["unphoto"]
    assert "All saved" not in phone.page.evaluate("() => said")
    shop.ask("POST", f"/inspections/{phone.inspection}/assign", {"user_id": shop.mechanic["id"]})
    phone.expect_all_saved()
    assert photos(shop, phone.inspection) == []
    expect_nothing_left(phone)


def test_one_that_is_not_at_hand_takes_no_caption_but_can_be_deleted(shop, at_car):
    phone = at_car()
    send_one(phone)
    phone.page.context.set_offline(True)
    place(phone).locator(".thumb").tap()
    expect(phone.page.locator("[data-delete]")).to_be_visible()
    for part in ("canvas", "caption", "save", "undo"):
        expect(phone.page.locator(f"[data-{part}]")).to_be_hidden()
    phone.page.locator("[data-delete]").tap()
    expect(phone.sign).to_have_text("1 photo")
    phone.page.context.set_offline(False)
    expect_nothing_left(phone)
    assert photos(shop, phone.inspection) == []
    # With the picture at hand everything is there again.
    send_one(phone)
    open_photo(phone)
    for part in ("caption", "save", "undo"):
        expect(phone.page.locator(f"[data-{part}]")).to_be_visible()


def test_one_that_the_browser_can_not_read_any_more_is_said_to_be_lost_and_the_next_goes(shop, browser):
    inspection = shop.inspection("in_progress")
    with Restarted(browser, shop.url) as own:
        context = own.start()
        log_in(context.pages[0], shop.mechanic["email"], PASSWORD)
        phone = Phone(context.pages[0], inspection).open("car")
        pictures = [phone.picture(number) for number in (3, 7)]
        context.set_offline(True)
        phone.take(place(phone, 0), pictures[0])
        wait_until_small(phone, 1)
        [lost] = [own.file_of(it["size"]) for it in phone.kept_pictures()]
        phone.take(place(phone, 1), pictures[1])
        wait_until_small(phone, 2)
        context.close()
        lost.unlink()
        context = own.start()
        again = Phone(context.new_page(), inspection).open("car")
        expect(again.sign).to_have_text("1 refused", timeout=30_000)
        again.page.locator("[data-sign]").tap()
        expect(again.page.locator(".refusal")).to_contain_text("no longer on the phone")
        expect(again.page.locator(".refusal")).to_contain_text("Photo: Front")
        wait_until(again, lambda: photos(shop, inspection))
        held = photos(shop, inspection)
        assert [shown(it) for it in held] == ["rear"] and again.recognise(held) == [7]
