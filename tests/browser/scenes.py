"""What a mechanic does at the car before a picture of the phone is taken. Nothing reaches the shop but in the last scene."""

from playwright.sync_api import Page, expect

from phone import Phone


def at_car(page: Page, screen: str) -> Phone:
    """The phone, at one of the screens of the inspection that is open on it."""
    return Phone(page, page.url.split("/")[-2]).open(screen, reload=False)


def car(page: Page) -> None:
    at_car(page, "car")


def brakes(page: Page) -> None:
    """One of each colour, and a colour that the number does not propose."""
    phone = at_car(page, "brakes")
    page.context.set_offline(True)
    phone.measure("brakes", "front_pads_left", "3.5")
    phone.rate("brakes", "front_pads_left", "red")
    phone.measure("brakes", "front_pads_right", "8")
    page.evaluate("scrollTo(0, 0)")


def waiting(page: Page) -> None:
    """Taps and a photo without network, and what the phone says of them."""
    phone = at_car(page, "brakes")
    picture = phone.picture(9)
    page.context.set_offline(True)
    for component, colour in (("rotors_front", "red"), ("pedal_feel", "green"), ("parking_brake", "none")):
        phone.rate("brakes", component, colour)
    phone.take(phone.row("brakes", "rotors_front"), picture)
    page.locator("[data-sign]").tap()
    expect(page.locator("[data-queue-list]")).to_contain_text("Photo: Front rotors")


def photo(page: Page) -> None:
    """A photo that waits, on its component."""
    waiting(page)
    page.locator("[data-close]").first.tap()
    page.locator("#brakes-rotors_front").evaluate("it => it.scrollIntoView()")
    page.wait_for_function("() => document.querySelector('#brakes-rotors_front .thumb img').naturalWidth > 0")


def refused(page: Page) -> None:
    """A picture that is none, and one tap that waits."""
    phone = at_car(page, "car")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}
    phone.take(page.locator(".kinds > li").first, file)
    expect(phone.sign).to_have_text("1 refused")
    page.context.set_offline(True)
    phone.go("brakes")
    phone.rate("brakes", "pedal_feel", "green")
    page.locator("[data-sign]").tap()
    expect(page.locator(".refusal")).to_be_visible()


def missing(page: Page) -> None:
    at_car(page, "finish")


def categories(page: Page) -> None:
    at_car(page, "brakes")
    page.locator("[data-all]").tap()


def done(page: Page) -> None:
    """All is green, and saved."""
    phone = at_car(page, "car")
    for category in phone.categories():
        phone.go(category)
        for component, scale in phone.components(category):
            if scale:
                phone.measure(category, component, scale["max" if scale["direction"] == "lower_is_worse" else "min"])
            else:
                phone.rate(category, component, "green")
    phone.go("finish")
    phone.expect_all_saved()


AT_THE_CAR = {
    it.__name__: it for it in (car, brakes, waiting, photo, refused, missing, categories, done)
}
