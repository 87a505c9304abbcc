"""Nothing that is tapped is lost: the network goes, the tab, the browser, the server, the session; in the end the records hold
exactly what was tapped."""

import pathlib
import random
import time

import pytest
from playwright.sync_api import Error, expect

from phone import Phone, at_car, found, photos, shown
from program import Program
from restarted import Restarted
from shop import Shop
from window import log_in

# 50 kbit a second.
LINE = 50_000 / 8
SLOW = {"offline": False, "latency": 400, "downloadThroughput": LINE, "uploadThroughput": LINE}
PASSWORD = "correct horse battery staple"
CUT = "ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_FAILED|ERR_EMPTY_RESPONSE"


def tap_thirty(phone, between=lambda count: None):
    """Thirty ratings across categories, and what they have to come to."""
    wanted = {}
    colours = ("green", "yellow", "red", "none")
    for category in ("lights", "glass", "steering_suspension", "fluids"):
        phone.go(category)
        for component, scale in phone.components(category):
            if scale or len(wanted) == 30:
                continue
            choice = colours[len(wanted) % 4]
            phone.rate(category, component, choice)
            wanted[f"{category}/{component}"] = "na" if choice == "none" else choice
            between(len(wanted))
    assert len(wanted) == 30
    return wanted


def colours(shop, inspection):
    return {key: colour for key, (colour, _, _) in found(shop, inspection).items()}


class Camera:
    """Ten photos, one after every third tap, each of the first component on the screen; and what they have to come to."""

    def __init__(self, phone):
        self._pictures = [phone.picture(number) for number in range(10)]
        self.wanted = {}

    def take(self, phone, count):
        if count % 3 == 0:
            row = phone.page.locator(".item").first
            number = len(self.wanted)
            phone.take(row, self._pictures[number])
            self.wanted[number] = row.get_attribute("id").replace("-", "/")

    def check(self, phone, shop):
        """Each is with the shop, once, and shows what it was taken of."""
        held = photos(shop, phone.inspection)
        assert len(held) == len(self.wanted) == 10
        assert dict(zip(phone.recognise(held), map(shown, held))) == self.wanted


def test_thirty_taps_and_ten_photos_with_the_network_cut_in_between(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    camera = Camera(phone)

    def between(count):
        camera.take(phone, count)
        if count == 12:
            phone.page.context.set_offline(True)
        if count == 24:
            phone.page.context.set_offline(False)

    wanted = tap_thirty(phone, between)
    phone.expect_all_saved()
    assert colours(shop, phone.inspection) == wanted
    camera.check(phone, shop)
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])


def test_what_is_tapped_without_network_is_seen_to_wait(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.page.context.set_offline(True)
    for component in ("fluid_level", "parking_brake", "pedal_feel"):
        phone.rate("brakes", component, "green")
    expect(phone.sign).to_have_text("3 waiting")
    phone.page.locator("[data-sign]").tap()
    expect(phone.page.locator("[data-queue-list]")).to_contain_text("Brake pedal feel: Green")
    phone.page.context.set_offline(False)
    phone.expect_all_saved()


def test_a_later_tap_takes_the_place_of_an_earlier_one(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.page.context.set_offline(True)
    for choice in ("green", "red", "none", "yellow"):
        phone.rate("brakes", "fluid_level", choice)
    phone.chip("brakes", "fluid_level")
    phone.page.context.set_offline(False)
    phone.expect_all_saved()
    assert found(shop, phone.inspection)["brakes/fluid_level"] == ("yellow", None, "Near minimum, fits the pad wear")


def test_a_tap_is_painted_at_once_though_the_network_is_dead(shop, window):
    phone = at_car(window, shop, screen="lights")
    phone.window.bear_complaint(CUT)
    phone.page.context.set_offline(True)
    took = phone.page.evaluate("""async () => {
        const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        const took = [];
        for (const label of document.querySelectorAll(".rate label.yellow")) {
            const began = performance.now();
            label.click();
            await painted();
            took.push(performance.now() - began);
        }
        return took;
    }""")
    assert len(took) > 8 and max(took) < 100, took


def test_a_closed_tab_loses_nothing(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    context = phone.page.context
    context.set_offline(True)
    wanted = tap_thirty(phone)
    phone.wait_for_the_disk()
    phone.page.close()
    context.set_offline(False)
    again = Phone(context.new_page(), phone.inspection).open()
    again.expect_all_saved()
    assert colours(shop, phone.inspection) == wanted


def test_a_tab_that_the_phone_kills_loses_nothing(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    context = phone.page.context
    camera = Camera(phone)

    def between(count):
        camera.take(phone, count)
        if count in (8, 16, 24):
            phone.wait_for_the_disk()
            with phone.page.expect_event("crash"), pytest.raises(Error):
                phone.page.goto("chrome://crash")
            phone.page.close()
            phone.page = context.new_page()
            phone.open(phone.screen)

    wanted = tap_thirty(phone, between)
    phone.expect_all_saved()
    assert colours(shop, phone.inspection) == wanted
    camera.check(phone, shop)
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])


def test_the_page_opens_without_network_once_it_was_opened_with(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.wait_until_kept()
    phone.rate("brakes", "fluid_level", "red")
    phone.expect_all_saved()
    phone.page.context.set_offline(True)
    phone.rate("brakes", "pedal_feel", "green")
    expect(phone.sign).to_have_text("1 waiting")
    phone.wait_for_the_disk()
    phone.open()
    for component, choice in (("fluid_level", "red"), ("pedal_feel", "green")):
        expect(phone.row("brakes", component).locator(".rate :checked")).to_have_value(choice)
    phone.rate("brakes", "parking_brake", "none")
    expect(phone.sign).to_have_text("2 waiting")
    phone.page.context.set_offline(False)
    phone.expect_all_saved()
    expected = {"brakes/fluid_level": "red", "brakes/pedal_feel": "green", "brakes/parking_brake": "na"}
    assert colours(shop, phone.inspection) == expected


def test_a_page_that_was_there_before_the_worker_opens_without_network_as_well(shop, window):
    here = window()
    here.bear_complaint(CUT)
    # No other page has a worker.
    here.page.add_init_script("""if (!location.pathname.endsWith("/inspect"))
        navigator.serviceWorker.register = () => Promise.reject(new Error("not yet"));""")
    here.log_in(shop.mechanic)
    phone = Phone(here.page, shop.inspection("in_progress")).open()
    assert phone.page.evaluate("performance.getEntriesByType('navigation')[0].workerStart") == 0
    phone.wait_until_kept()
    phone.page.context.set_offline(True)
    phone.open()
    phone.rate("brakes", "pedal_feel", "green")
    expect(phone.sign).to_have_text("1 waiting")


def test_a_browser_that_is_restarted_goes_on(shop, window, browser):
    inspection = shop.inspection("in_progress")
    with Restarted(browser, shop.url) as own:
        context = own.start()
        log_in(context.pages[0], shop.mechanic["email"], PASSWORD)
        phone = Phone(context.pages[0], inspection).open()
        context.set_offline(True)
        wanted = tap_thirty(phone)
        phone.wait_for_the_disk()
        context.close()
        again = Phone(own.start().new_page(), inspection).open()
        again.expect_all_saved()
    assert colours(shop, inspection) == wanted


def test_a_session_that_ended_is_begun_again_and_it_goes_on(shop, window):
    phone = at_car(window, shop)
    phone.window.expect_complaint("status of 401")
    token = next(it["value"] for it in phone.page.context.cookies() if it["name"] == "courtesy")
    shop.ask("DELETE", "/sessions/current", token=token)
    phone.rate("brakes", "fluid_level", "red")
    expect(phone.sign).to_have_text("Log in to save")
    phone.rate("brakes", "pedal_feel", "yellow")
    phone.page.locator("[data-alert]").get_by_role("link", name="Log in again").tap()
    phone.page.locator("[name=email]").fill(shop.mechanic["email"])
    phone.page.locator("[name=password]").fill(PASSWORD)
    phone.page.get_by_role("button", name="Log in").tap()
    phone.page.wait_for_url("**/inspect")
    phone.open(reload=False)
    phone.expect_all_saved()
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "red", "brakes/pedal_feel": "yellow"}


def test_nobody_s_taps_are_sent_as_somebody_else_s(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.window.expect_complaint("status of 401")
    phone.page.context.set_offline(True)
    phone.rate("brakes", "fluid_level", "red")
    expect(phone.sign).to_have_text("1 waiting")
    # A colleague who might rate here as well logs in on the same phone, in another tab, while this one is open.
    colleague = shop.person("shop_manager")
    tab = phone.page.context.new_page()
    tab.route("**/items", lambda route: route.abort())
    phone.page.route("**/items", lambda route: route.abort())
    phone.page.context.set_offline(False)
    log_in(tab, colleague["email"], PASSWORD)
    phone.page.unroute("**/items")
    phone.page.locator("[data-sign]").tap()
    expect(phone.page.locator("[data-queue-list]")).to_contain_text("You were logged out")
    assert colours(shop, phone.inspection) == {}
    log_in(tab, shop.mechanic["email"], PASSWORD)
    again = Phone(tab, phone.inspection)
    tab.unroute("**/items")
    again.open().expect_all_saved()
    [item] = shop.ask("GET", f"/inspections/{phone.inspection}")["items"]
    assert (item["severity"], item["rated_by"]) == ("red", shop.mechanic["id"])


def test_two_phones_that_disagree_leave_the_choice_to_the_mechanic(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.page.context.set_offline(True)
    theirs = [("fluid_level", "yellow"), ("pedal_feel", "yellow")]
    for component, colour in theirs:
        phone.rate("brakes", component, "red")
        body = {"category": "brakes", "component": component, "severity": colour, "notes": "Theirs"}
        shop.ask("PUT", f"/inspections/{phone.inspection}/items", body)
    phone.page.context.set_offline(False)
    expect(phone.sign).to_have_text("2 refused")
    clash = phone.row("brakes", "fluid_level").locator("[data-clash]")
    expect(clash).to_contain_text("Changed on another phone meanwhile: Yellow, Theirs")
    clash.get_by_role("button", name="Keep mine").tap()
    phone.row("brakes", "pedal_feel").get_by_role("button", name="Take theirs").tap()
    phone.expect_all_saved()
    expect(phone.row("brakes", "pedal_feel").locator(".rate :checked")).to_have_value("yellow")
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "red", "brakes/pedal_feel": "yellow"}


def test_what_was_completed_elsewhere_says_so_and_goes_on_once_it_is_sent_back(shop, window):
    inspection = shop.inspection("rated")
    phone = at_car(window, shop, inspection)
    phone.window.bear_complaint(CUT)
    phone.window.expect_complaint("status of 409")
    phone.page.context.set_offline(True)
    phone.rate("brakes", "rotors_front", "green")
    shop.ask("POST", f"/inspections/{inspection}/complete", {})
    phone.page.context.set_offline(False)
    expect(phone.sign).to_have_text("1 refused")
    expect(phone.page.locator("[data-alert]")).to_contain_text("no longer in progress")
    shop.ask("POST", f"/inspections/{inspection}/reopen", {})
    phone.expect_all_saved()
    assert found(shop, inspection)["brakes/rotors_front"][0] == "green"


def test_a_slow_link_carries_thirty_taps_and_a_photo(shop, window):
    phone = at_car(window, shop)
    picture = phone.picture(5, 2048, 1365, 20)
    wire = phone.page.context.new_cdp_session(phone.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    phone.go("car")
    began = time.monotonic()
    phone.take(phone.page.locator(".kinds > li").first, picture)
    phone.window.wait_until(lambda: all(it["thumb"] for it in phone.kept_pictures()), "it is made small")
    [kept] = phone.kept_pictures()
    assert 150_000 < kept["size"] < 250_000
    wanted = tap_thirty(phone)
    # No tap waits for the picture.
    expect(phone.sign).to_have_text("1 photo")
    assert colours(shop, phone.inspection) == wanted
    assert photos(shop, phone.inspection) == []
    phone.expect_all_saved(timeout=120_000)
    assert time.monotonic() - began > kept["size"] / LINE, "the line was slow"
    wire.detach()
    assert phone.recognise(photos(shop, phone.inspection)) == [5]


def test_over_plain_http_nothing_is_lost_and_the_page_says_what_is_missing(shop, window):
    phone = at_car(window, shop, host="garage.test")
    phone.window.bear_complaint(CUT)
    context = phone.page.context
    assert not phone.page.evaluate("isSecureContext || 'serviceWorker' in navigator || 'locks' in navigator")
    picture = phone.picture(3)
    context.set_offline(True)
    phone.rate("brakes", "fluid_level", "red")
    phone.take(phone.row("brakes", "fluid_level"), picture)
    expect(phone.sign).to_have_text("1 waiting, 1 photo")
    phone.page.locator("[data-sign]").tap()
    expect(phone.page.locator("[data-queue-list]")).to_contain_text("Over plain http this page can't open without network")
    phone.wait_for_the_disk()
    phone.page.close()
    context.set_offline(False)
    # Two tabs at once, without the browser's own locks: one of them sends, half a minute late if the first was closed while it tried.
    sent = []
    context.on("request", lambda request: request.method == "PUT" and sent.append(request.url.split("?")[0]))
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(f"/inspections/{phone.inspection}/inspect", wait_until="commit")
    for tab in tabs:
        Phone(tab, phone.inspection).open(reload=False).expect_all_saved(timeout=60_000)
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "red"}
    [photo] = photos(shop, phone.inspection)
    assert Phone(tabs[0], phone.inspection).recognise([photo]) == [3]
    assert len(sent) == len(set(sent)) == 2


@pytest.fixture
def own_program(pytestconfig):
    with Program(pytestconfig.getoption("--program")) as program:
        yield program


def test_a_server_that_is_killed_and_comes_back_has_everything(own_program, window, browser):
    shop = Shop(own_program.url, "Corner Garage", "415")
    inspection = shop.inspection("in_progress")
    context = browser.new_context(base_url=shop.url, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    log_in(page, shop.mechanic["email"], PASSWORD)
    phone = Phone(page, inspection).open()
    camera = Camera(phone)

    def between(count):
        camera.take(phone, count)
        if count == 10:
            own_program.kill()
        if count == 20:
            own_program.start_again()

    wanted = tap_thirty(phone, between)
    phone.expect_all_saved()
    assert colours(shop, inspection) == wanted
    camera.check(phone, shop)
    context.close()


def test_a_new_program_takes_over_without_mixing(own_program, pytestconfig, browser, tmp_path):
    shop = Shop(own_program.url, "Corner Garage", "415")
    inspection = shop.inspection("in_progress")
    context = browser.new_context(base_url=shop.url, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    log_in(page, shop.mechanic["email"], PASSWORD)
    phone = Phone(page, inspection).open()
    page.evaluate("navigator.serviceWorker.ready")
    phone.open()
    script = "() => document.querySelector('script[src*=inspect]').src"
    before = page.evaluate(script)
    newer = tmp_path / "courtesy"
    # Another version, by a word in what it serves.
    program = pathlib.Path(pytestconfig.getoption("--program")).read_bytes()
    newer.write_bytes(program.replace(b"const SWIPE = 70;", b"const SWIPE = 71;"))
    newer.chmod(0o755)
    own_program.kill()
    phone.rate("brakes", "fluid_level", "red")
    # Out of what was kept, all of it of the old version.
    phone.wait_for_the_disk()
    phone.open()
    assert page.evaluate(script) == before
    own_program.start_again(str(newer))
    phone.expect_all_saved()
    phone.open()
    assert page.evaluate(script) != before
    expect(phone.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red")
    phone.rate("brakes", "pedal_feel", "green")
    phone.expect_all_saved()
    context.close()


def test_what_is_answered_while_the_page_is_opened_again_is_known_to_it(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    context = phone.page.context
    # A tab that sees what is kept, while the other one is between two pages.
    beside = Phone(context.new_page(), phone.inspection)
    beside.page.goto("/api/docs")
    taps, pages = [], []
    context.route("**/items", lambda route: taps.append(route))
    phone.rate("brakes", "fluid_level", "red")
    phone.window.wait_until(lambda: taps, "it is on its way")
    # Nobody looks what has changed since.
    context.route("**/api/v1/inspections/*", lambda route: route.abort())

    # The page is made before the tap arrives, and comes after its answer.
    def make(route):
        pages.append((route, route.fetch()))

    context.route("**/inspect", make)
    # No worker stands between.
    phone.page.evaluate("""async () => {
        for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
        window.isOld = true;
        location.reload();
    }""")
    phone.window.wait_until(lambda: pages, "the page is made")
    taps[0].continue_()
    phone.window.wait_until(lambda: beside.waiting() == [], "the answer is kept")
    [[route, page]] = pages
    route.fulfill(response=page)
    phone.page.wait_for_function("() => !window.isOld && document.querySelector('#inspect[data-ready]')")
    expect(phone.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red")
    context.unroute("**/items")
    phone.rate("brakes", "fluid_level", "green")
    phone.expect_all_saved()
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "green"}


def test_what_another_car_s_page_was_answered_is_known_to_this_one(shop, window):
    phone = at_car(window, shop)
    phone.window.bear_complaint(CUT)
    phone.wait_until_kept()
    other = Phone(phone.page, shop.inspection("in_progress")).open()
    other.wait_until_kept()
    phone.open()
    phone.page.context.set_offline(True)
    phone.rate("brakes", "fluid_level", "red")
    phone.wait_for_the_disk()
    # Sent from there, while nobody looks at the first car.
    other.open()
    phone.page.context.set_offline(False)
    other.expect_all_saved()
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "red"}
    # The first car's page comes out of what was kept, as it was before.
    phone.page.context.set_offline(True)
    phone.open()
    expect(phone.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red")
    phone.rate("brakes", "fluid_level", "yellow")
    phone.wait_for_the_disk()
    phone.page.context.set_offline(False)
    phone.expect_all_saved()
    assert colours(shop, phone.inspection) == {"brakes/fluid_level": "yellow"}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_the_records_hold_the_last_tap_of_each(shop, window, seed):
    chance = random.Random(seed)
    phone = at_car(window, shop)
    phone.window.expect_complaint(CUT + "|status of 503")
    phone.wait_until_kept()
    answers = {"lost": 0, "refused": 0}

    def fail(route):
        """A request that does not arrive, an answer that gets lost, a server that is busy."""
        dice = chance.random()
        if dice < 0.2:
            return route.abort()
        if dice < 0.45:
            answers["lost"] += 1
            route.fetch()
            return route.abort()
        if dice < 0.55:
            answers["refused"] += 1
            return route.fulfill(status=503, json={"type": "about:blank", "status": 503})
        return route.continue_()

    phone.page.context.route("**/items", fail)
    wanted = {}
    things = [component for component, scale in phone.components("brakes") if not scale]
    for _ in range(40):
        step = chance.random()
        if step < 0.08:
            phone.wait_for_the_disk()
            phone.open()
        elif step < 0.16:
            phone.page.context.set_offline(chance.random() < 0.5)
        else:
            component, choice = chance.choice(things), chance.choice(("green", "yellow", "red", "none"))
            rated = "na" if choice == "none" else choice
            if wanted.get(f"brakes/{component}") == rated:
                phone.take_back("brakes", component, choice)
                del wanted[f"brakes/{component}"]
            else:
                phone.rate("brakes", component, choice)
                wanted[f"brakes/{component}"] = rated
    phone.page.context.set_offline(False)
    phone.page.context.unroute("**/items")
    phone.expect_all_saved(timeout=60_000)
    assert colours(shop, phone.inspection) == wanted, answers
