"""A number at the car, as whoever reads the page counts: what is shown and taken there is what the server says of it."""

import fractions
import math
import pathlib

from playwright.sync_api import expect

from accessibility import check_accessibility
from phone import Phone, found

TREADS = ("tread_depth_lf", "tread_depth_rf", "tread_depth_lr", "tread_depth_rr")
# A 32nd of an inch in millimetres.
STEP = fractions.Fraction(254, 320)
RULES = pathlib.Path(__file__).parents[2] / "assets/inspect/verdict.js"


def at_car(window, shop, inspection=None, screen="tires", **how):
    here = window(**how)
    here.log_in(shop.mechanic)
    phone = Phone(here.page, inspection or shop.inspection("in_progress")).open(screen)
    phone.window = here
    return phone


def count_in_metric(shop):
    shop.ask("PATCH", "/shop", {"settings": {"units": "metric"}})


def rule(phone, name, arguments):
    """What a function of the page's own rules answers to each of these, on the scale that the page has of treads."""
    scale = next(scale for key, scale in phone.components("tires") if key == TREADS[0])
    rules = RULES.read_text(encoding="utf-8").replace("export ", "")
    return phone.page.evaluate(f"([scale, all]) => {{ {rules} return all.map((it) => {name}(scale, it) ?? null); }}", [scale, arguments])


def test_a_metric_shop_types_and_reads_millimetres(shop, window):
    count_in_metric(shop)
    phone = at_car(window, shop)
    tread = phone.row("tires", TREADS[0])
    expect(tread.locator("[data-unit]")).to_have_text("mm")
    expect(tread.get_by_label("Tire tread, left front, mm")).to_be_visible()
    for typed, colour, shown, stored in [("1.6", "red", "1.6", 2), ("3,0", "yellow", "3.2", 4), ("7.9", "green", "7.9", 10)]:
        phone.measure("tires", TREADS[0], typed)
        expect(tread.locator(".rate :checked")).to_have_value(colour)
        hint = tread.locator("[data-proposal]")
        if typed == "3,0":
            expect(hint).to_have_text("Kept as 3.2 mm, the nearest 32nd of an inch")
            check_accessibility(phone.page)
        else:
            expect(hint).to_be_hidden()
        tread.locator("[data-number]").blur()
        expect(tread.locator("[data-number]")).to_have_value(shown)
        phone.expect_all_saved()
        assert found(shop, phone.inspection)[f"tires/{TREADS[0]}"][:2] == (colour, stored)
    assert tread.locator(".gauge text").all_text_contents() == ["1.6", "3.2"]
    phone.measure("tires", TREADS[0], "16")
    expect(tread.locator("[data-proposal]")).to_have_text("Not kept. From 0.0 mm to 15.9 mm.")
    # What is measured in millimetres anyway stays as it is.
    phone.go("brakes")
    phone.measure("brakes", "front_pads_left", "3.5")
    phone.expect_all_saved()
    assert found(shop, phone.inspection)["brakes/front_pads_left"][1] == 3.5


def test_phone_and_desk_write_the_same_number_for_each_step_of_the_scale(shop, window):
    count_in_metric(shop)
    inspection = shop.inspection("in_progress")
    desk = window(width=1280)
    desk.log_in(shop.manager)
    phone = at_car(window, shop, inspection)
    written = {}
    for value in range(0, 21, len(TREADS)):
        values = dict(zip(TREADS, range(value, 21)))
        taps = [{"category": "tires", "component": key, "measurement": it} for key, it in values.items()]
        shop.ask("PUT", f"/inspections/{inspection}/items", taps)
        desk.visit(f"/inspections/{inspection}")
        phone.open("tires")
        for key, it in values.items():
            written[it] = phone.row("tires", key).locator("[data-number]").input_value()
            expect(desk.page.locator(f"#tires-{key}")).to_contain_text(f"{written[it]} mm")
    assert list(written) == list(range(21))
    assert rule(phone, "reading", list(written.values())) == list(written)


def test_every_millimetre_is_the_nearest_step_and_between_two_the_worse(shop, window):
    count_in_metric(shop)
    phone = at_car(window, shop)
    typed = [f"{hundredths / 100:.2f}" for hundredths in range(0, 1591)]
    nearest = [math.ceil(fractions.Fraction(it) / STEP - fractions.Fraction(1, 2)) for it in typed]
    assert rule(phone, "reading", typed) == nearest
    # Half-way, to the last digit that a machine has.
    assert rule(phone, "reading", ["0.396875", "1.984375", "15.478125"]) == [0, 2, 19]
    assert rule(phone, "reading", ["15.91", "20", "-1", "1.6.", "", "mm"]) == [None] * 6


def test_a_spanish_reader_finds_spanish_units(shop, window):
    phone = at_car(window, shop, locale="es-MX")
    tread = phone.row("tires", TREADS[0])
    expect(tread.locator("[data-unit]")).to_have_text("/32 pulg")
    expect(tread.get_by_label("Dibujo de la llanta delantera izquierda, 1/32 pulg")).to_be_visible()
    phone.measure("tires", TREADS[0], "2")
    phone.rate("tires", TREADS[0], "yellow")
    expect(tread.locator("[data-proposal]")).to_have_text("2/32 pulg propone rojo. Usted eligió amarillo.")
    check_accessibility(phone.page)
    phone.go("car")
    expect(phone.page.get_by_label("Odómetro, millas")).to_be_visible()
