"""Photos at the car: taken, made small, drawn on, sent, taken away again."""

import json

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from phone import Phone, PhotoShelf

# What the phone has of each picture that waits: its longer side, and how much it weighs.
KEPT = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open("courtesy");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("pictures").objectStore("pictures").getAll();
        asked.onsuccess = async () => {
            const found = await Promise.all(asked.result.map(async ({ picture, thumb }) => {
                const drawn = await createImageBitmap(picture);
                return { side: Math.max(drawn.width, drawn.height), size: picture.size, thumb: Boolean(thumb), type: picture.type };
            }));
            opening.result.close();
            resolve(found);
        };
    };
})"""
CUT = "ERR_FAILED"


@pytest.fixture
def at_car(shop, window):
    def open_car(screen="brakes", **how):
        here = window(**how)
        here.log_in(shop.mechanic)
        shelf = PhotoShelf(here.page.context)
        phone = Phone(here.page, shop.inspection("in_progress")).open(screen)
        phone.window, phone.shelf = here, shelf
        return phone

    return open_car


def take(phone, place, count=1):
    picture = phone.picture()
    place.locator("input[type=file]").set_input_files([picture] * count)


def test_several_are_made_small_and_wait_with_their_state(at_car):
    phone = at_car()
    phone.window.expect_complaint(CUT)
    phone.shelf.reachable = False
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    expect(rotors.locator("[data-need]")).to_be_visible()
    take(phone, rotors, count=3)
    expect(rotors.locator(".thumb")).to_have_count(3)
    expect(rotors.locator("[data-need]")).to_be_hidden()
    expect(phone.sign).to_have_text("3 photos")
    phone.window.wait_until(lambda: all(it["thumb"] for it in phone.page.evaluate(KEPT)), "all are made small")
    kept = phone.page.evaluate(KEPT)
    assert [(it["side"], it["type"]) for it in kept] == [(2048, "image/jpeg")] * 3
    check_accessibility(phone.page)
    # Still there, and still small, after the page was closed.
    phone.open()
    expect(rotors.locator(".thumb[data-state=waiting]")).to_have_count(3)
    phone.shelf.reachable = True
    phone.expect_all_saved()
    assert list(phone.shelf.photos.values()) == [{"category": "brakes", "component": "rotors_front"}] * 3
    assert phone.page.evaluate(KEPT) == []


def test_those_of_the_car_say_what_they_show(at_car):
    phone = at_car(screen="car")
    for place in phone.page.locator(".kinds > li").all():
        take(phone, place)
    phone.expect_all_saved()
    kinds = sorted(it["kind"] for it in phone.shelf.photos.values())
    assert kinds == ["damage", "front", "left", "odometer", "rear", "right", "vin"]
    expect(phone.page.get_by_text("7 photos. 8 to 12 convince a customer.")).to_be_visible()


def test_an_arrow_and_words_are_put_on_it_before_it_leaves(at_car):
    phone = at_car()
    phone.window.expect_complaint(CUT)
    phone.shelf.reachable = False
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    take(phone, rotors)
    phone.window.wait_until(lambda: [it["thumb"] for it in phone.page.evaluate(KEPT)] == [True], "it is made small")
    before = phone.page.evaluate(KEPT)
    rotors.locator(".thumb").tap()
    canvas = phone.page.locator("[data-canvas]")
    expect(canvas).to_be_visible()
    check_accessibility(phone.page)
    box = canvas.bounding_box()
    phone.page.mouse.move(box["x"] + 40, box["y"] + 40)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 160, box["y"] + 120, steps=4)
    phone.page.mouse.up()
    phone.page.get_by_label("Caption").fill("Deep groove")
    phone.page.locator("[data-save]").tap()
    expect(canvas).to_be_hidden()
    phone.window.wait_until(lambda: phone.page.evaluate(KEPT) not in ([], before), "the drawn one is kept")
    phone.shelf.reachable = True
    phone.expect_all_saved()
    assert [it["caption"] for it in phone.shelf.photos.values()] == ["Deep groove"], json.dumps(phone.shelf.photos)


def test_one_is_taken_away_again(at_car):
    phone = at_car()
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    take(phone, rotors)
    expect(rotors.locator(".thumb[data-state=sent]")).to_have_count(1, timeout=20_000)
    assert len(phone.shelf.photos) == 1
    rotors.locator(".thumb").tap()
    phone.page.locator("[data-delete]").tap()
    expect(rotors.locator(".thumb")).to_have_count(0)
    phone.expect_all_saved()
    assert phone.shelf.photos == {}
