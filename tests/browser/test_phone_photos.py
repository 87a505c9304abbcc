"""Photos at the car: taken, made small, drawn on, sent, taken away again, and what is said of those that are not taken in."""

import uuid

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from phone import Phone, photos, shown

PHOTOS = "**/api/v1/inspections/*/photos/*"
CUT = "ERR_FAILED"
HEIC = b"\0\0\0\x18ftypheic" + bytes(2000)
DAMAGED = b"\xff\xd8\xff\xe0" + bytes(2000)
TOO_LARGE = b"\0\0\0\x18ftypheic" + bytes(13_000_000)
# Lets the next photo have an id that something else has already.
GIVE_ID = """id => {
    const draw = crypto.getRandomValues.bind(crypto);
    crypto.getRandomValues = (into) => {
        if (into.length !== 16) return draw(into);
        crypto.getRandomValues = draw;
        into.set(id.replaceAll("-", "").match(/../g).map((byte) => Number.parseInt(byte, 16)));
        return into;
    };
}"""


@pytest.fixture
def at_car(shop, window):
    def open_car(screen="brakes", inspection=None, **how):
        here = window(**how)
        here.log_in(shop.mechanic)
        phone = Phone(here.page, inspection or shop.inspection("in_progress")).open(screen)
        phone.window = here
        return phone

    return open_car


def cut(phone):
    """Until it is restored, no photo gets through."""
    phone.window.bear_complaint(CUT)
    phone.page.context.route(PHOTOS, lambda route: route.abort())


def restore(phone):
    phone.page.context.unroute(PHOTOS)


def a_file(data):
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}


def refusal_of(phone):
    """What the phone says of what was refused."""
    expect(phone.sign).to_have_text("1 refused")
    phone.page.locator("[data-sign]").tap()
    return phone.page.locator(".refusal")


def test_several_are_made_small_and_wait_with_their_state(shop, at_car):
    phone = at_car()
    cut(phone)
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    expect(rotors.locator("[data-need]")).to_be_visible()
    phone.take(rotors, *(phone.picture(number) for number in (1, 5, 9)))
    expect(rotors.locator(".thumb")).to_have_count(3)
    expect(rotors.locator("[data-need]")).to_be_hidden()
    expect(phone.sign).to_have_text("3 photos")
    phone.window.wait_until(lambda: all(it["thumb"] for it in phone.kept_pictures()), "all are made small")
    assert [(it["side"], it["type"]) for it in phone.kept_pictures()] == [(2048, "image/jpeg")] * 3
    check_accessibility(phone.page)
    # Still there, and still small, after the page was closed.
    phone.open()
    expect(rotors.locator(".thumb[data-state=waiting]")).to_have_count(3)
    restore(phone)
    phone.expect_all_saved()
    held = photos(shop, phone.inspection)
    assert [shown(it) for it in held] == ["brakes/rotors_front"] * 3
    assert sorted(phone.recognise(held)) == [1, 5, 9]
    assert phone.kept_pictures() == []
    expect(rotors.locator(".thumb[data-state=sent] img")).to_have_count(3)


def test_those_of_the_car_say_what_they_show(shop, at_car):
    phone = at_car(screen="car")
    picture = phone.picture(width=640, height=480)
    for place in phone.page.locator(".kinds > li").all():
        phone.take(place, picture)
    phone.expect_all_saved()
    kinds = sorted(shown(it) for it in photos(shop, phone.inspection))
    assert kinds == ["damage", "front", "left", "odometer", "rear", "right", "vin"]
    expect(phone.page.get_by_text("7 photos. 8 to 12 convince a customer.")).to_be_visible()


def test_an_arrow_and_words_are_put_on_it_before_it_leaves(shop, at_car):
    phone = at_car()
    cut(phone)
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    phone.take(rotors, phone.picture(3))
    phone.window.wait_until(lambda: [it["thumb"] for it in phone.kept_pictures()] == [True], "it is made small")
    before = phone.kept_pictures()
    rotors.locator(".thumb").tap()
    canvas = phone.page.locator("[data-canvas]")
    expect(canvas).to_be_visible()
    check_accessibility(phone.page)
    box = canvas.bounding_box()
    phone.page.mouse.move(box["x"] + 40, box["y"] + 40)
    phone.page.mouse.down()
    # Its head lies on the middle, which tells the picture's number no longer.
    phone.page.mouse.move(box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2, steps=4)
    phone.page.mouse.up()
    phone.page.get_by_label("Caption").fill("Deep groove")
    phone.page.locator("[data-save]").tap()
    expect(canvas).to_be_hidden()
    phone.window.wait_until(lambda: phone.kept_pictures() not in ([], before), "the drawn one is kept")
    restore(phone)
    phone.expect_all_saved()
    held = photos(shop, phone.inspection)
    assert [(shown(it), it["caption"]) for it in held] == [("brakes/rotors_front", "Deep groove")]
    assert phone.recognise(held)[0] > 10


def test_one_is_taken_away_again(shop, at_car):
    phone = at_car()
    phone.rate("brakes", "rotors_front", "red")
    rotors = phone.row("brakes", "rotors_front")
    phone.take(rotors, phone.picture())
    expect(rotors.locator(".thumb[data-state=sent]")).to_have_count(1)
    assert len(photos(shop, phone.inspection)) == 1
    rotors.locator(".thumb").tap()
    phone.page.locator("[data-delete]").tap()
    expect(rotors.locator(".thumb")).to_have_count(0)
    phone.expect_all_saved()
    assert photos(shop, phone.inspection) == []


SENTENCES = {
    "too large": (TOO_LARGE, 413, "more than 12 MB", "más de 12 MB"),
    "no picture": (b"%PDF-1.7", 415, "no JPEG, PNG or WebP picture", "no es una imagen JPEG, PNG ni WebP"),
    "of another kind": (HEIC, 415, "no JPEG, PNG or WebP picture", "no es una imagen JPEG, PNG ni WebP"),
    "damaged": (DAMAGED, 422, "can't be read", "No se puede leer"),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_what_is_no_picture_is_said_to_be_none_and_can_only_be_discarded(shop, at_car, what):
    data, status, english, spanish = SENTENCES[what]
    phone = at_car(screen="car")
    phone.window.expect_complaint(f"status of {status}")
    phone.take(phone.page.locator(".kinds > li").first, a_file(data))
    refusal = refusal_of(phone)
    expect(refusal).to_contain_text(english)
    expect(refusal).to_contain_text("Photo: Front")
    expect(refusal.get_by_role("button", name="Try again")).to_have_count(0)
    check_accessibility(phone.page)
    # The same phone, in the other language; it has not forgotten why.
    other = at_car(screen="car", inspection=phone.inspection, locale="es-MX")
    other.window.expect_complaint(f"status of {status}")
    other.take(other.page.locator(".kinds > li").first, a_file(data))
    expect(other.sign).to_have_text("1 sin aceptar")
    other.page.locator("[data-sign]").tap()
    expect(other.page.locator(".refusal")).to_contain_text(spanish)
    for word in ("Discard mine", "Discard it for good?"):
        refusal.get_by_role("button", name=word).tap()
    phone.expect_all_saved()
    expect(phone.page.locator(".thumb")).to_have_count(0)
    assert photos(shop, phone.inspection) == []


def test_what_stands_before_the_server_may_find_it_too_large_as_well(at_car):
    phone = at_car(screen="car")
    phone.window.expect_complaint("status of 413")
    phone.page.context.route(PHOTOS, lambda route: route.fulfill(status=413, body="<h1>413</h1>", content_type="text/html"))
    phone.take(phone.page.locator(".kinds > li").first, phone.picture(width=640, height=480))
    expect(refusal_of(phone)).to_contain_text("more than 12 MB")


def test_beyond_sixty_one_has_to_make_room(shop, at_car):
    inspection = shop.inspection("in_progress")
    phone = at_car(screen="car", inspection=inspection)
    phone.window.expect_complaint("status of 409")
    small = phone.picture(width=64, height=48)
    made = [shop.photograph(inspection, small["buffer"], kind="other") for _ in range(60)]
    phone.take(phone.page.locator(".kinds > li").first, phone.picture(8))
    refusal = refusal_of(phone)
    expect(refusal).to_contain_text("60 photos at most")
    shop.ask("DELETE", f"/inspections/{inspection}/photos/{made[0]}")
    refusal.get_by_role("button", name="Try again").tap()
    phone.expect_all_saved()
    held = photos(shop, inspection)
    assert len(held) == 60
    assert [phone.recognise([it]) for it in held if shown(it) == "front"] == [[8]]


def test_once_it_is_completed_none_is_taken_in_until_it_is_sent_back(shop, at_car):
    inspection = shop.inspection("rated")
    phone = at_car(screen="car", inspection=inspection)
    phone.window.expect_complaint("status of 409")
    cut(phone)
    phone.take(phone.page.locator(".kinds > li").first, phone.picture(4))
    expect(phone.sign).to_have_text("1 photo")
    shop.ask("POST", f"/inspections/{inspection}/complete", {})
    restore(phone)
    refusal = refusal_of(phone)
    expect(refusal).to_contain_text("It goes by itself once a manager sends it back to you")
    expect(refusal.get_by_role("button", name="Try again")).to_have_count(0)
    shop.ask("POST", f"/inspections/{inspection}/reopen", {})
    phone.expect_all_saved()
    assert phone.recognise(photos(shop, inspection)) == [4]


def test_one_whose_id_is_taken_gets_another_and_goes_by_itself(shop, at_car):
    phone = at_car(screen="car")
    phone.window.expect_complaint("status of 409")
    other = shop.inspection("in_progress")
    taken = shop.photograph(other, phone.picture(2)["buffer"], kind="front")
    phone.page.evaluate(GIVE_ID, taken)
    phone.take(phone.page.locator(".kinds > li").first, phone.picture(7))
    phone.expect_all_saved()
    held = photos(shop, phone.inspection)
    assert [shown(it) for it in held] == ["front"] and phone.recognise(held) == [7]
    assert held[0]["id"] != taken
    # What has the id is as it was.
    assert phone.recognise(photos(shop, other)) == [2]
    assert phone.kept_pictures() == []
    expect(phone.page.locator(".thumb[data-state=sent]")).to_have_count(1)


def test_one_that_is_not_wanted_any_more_takes_nothing_else_away(shop, at_car):
    phone = at_car(screen="car")
    phone.window.expect_complaint("status of 409")
    other, asked, taken = phone.picture(2)["buffer"], [], str(uuid.uuid4())
    phone.page.context.route(PHOTOS, lambda route: route.continue_() if asked else asked.append(route))
    phone.page.evaluate(GIVE_ID, taken)
    phone.take(phone.page.locator(".kinds > li").nth(1), phone.picture(7))
    phone.window.wait_until(lambda: asked, "it is on its way")
    # Another picture is faster under the same id.
    shop.photograph(phone.inspection, other, taken, kind="front")
    phone.page.locator(".thumb[data-state=waiting]").tap()
    phone.page.locator("[data-delete]").tap()
    asked[0].continue_()
    phone.expect_all_saved()
    held = photos(shop, phone.inspection)
    assert [it["id"] for it in held] == [taken] and phone.recognise(held) == [2]
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])


def test_a_picture_that_the_phone_has_lost_is_said_to_be_lost(at_car):
    phone = at_car(screen="car")
    cut(phone)
    phone.take(phone.page.locator(".kinds > li").first, phone.picture(width=640, height=480))
    phone.window.wait_until(lambda: all(it["thumb"] for it in phone.kept_pictures()), "it is made small")
    phone.wait_for_the_disk()
    phone.lose_pictures()
    restore(phone)
    expect(refusal_of(phone)).to_contain_text("no longer on the phone")
