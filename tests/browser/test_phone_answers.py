"""What becomes of a tap when its answer is lost, is late or is a no, and when the phone itself fails to keep it."""

import pytest
from playwright.sync_api import expect

from phone import Phone, found, photos

CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"
COMPLETE = "**/api/v1/inspections/*/complete"
LOOKS = "**/api/v1/inspections/*"
# What the sign has said, and whether the page was about to be left, since then.
LOOK = """() => {
    const sign = document.querySelector("[data-sign-words]");
    globalThis.said = [];
    globalThis.left = [];
    const all = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => said.push(sign.textContent)).observe(sign, all);
    navigation.addEventListener("navigate", ({ destination }) => left.push(destination.url));
}"""
# `secondTap()` is done once a tap's answer was read, and the disk has told the page something so many `steps` more.
SECOND_TAP = """
    globalThis.steps = -1;
    const step = () => {
        if (steps < 0) return;
        if (steps === 0) secondTap();
        steps -= 1;
    };
    const told = (prototype, name, event) => {
        const ask = prototype[name];
        prototype[name] = function (...of) {
            const asked = ask.apply(this, of);
            asked.addEventListener(event, () => globalThis.isAnswered && step());
            return asked;
        };
    };
    for (const name of ["get", "getAll", "put", "delete"]) told(IDBObjectStore.prototype, name, "success");
    told(IDBIndex.prototype, "getAll", "success");
    told(IDBDatabase.prototype, "transaction", "complete");
    const read = Response.prototype.json;
    Response.prototype.json = async function () {
        const answer = await read.call(this);
        if (this.url.endsWith("/items")) {
            globalThis.isAnswered = true;
            step();
        }
        return answer;
    };
"""
TAP_TWICE = """([row, steps]) => {
    const tap = (colour) => document.querySelector(`#${row} .rate label.${colour}`).click();
    globalThis.isAnswered = false;
    globalThis.secondTap = () => tap("yellow");
    globalThis.steps = steps;
    tap("red");
}"""
# The disk gives up those of a page's changes that `isGivenUp` names, by their number, once they have begun.
GIVE_UP = """isGivenUp => {
    globalThis.isGivenUp = isGivenUp === "all" ? () => true : (number) => number === isGivenUp;
    const begin = IDBDatabase.prototype.transaction;
    let number = 0;
    IDBDatabase.prototype.transaction = function (names, mode, ...how) {
        const begun = begin.call(this, names, mode, ...how);
        if (mode === "readwrite" && [...names].includes("changes") && globalThis.isGivenUp(++number)) {
            queueMicrotask(() => begun.abort());
        }
        return begun;
    };
}"""
NOT_KEPT = "This phone can't keep your taps"


def at_car(window, shop, inspection=None, screen="brakes", **how):
    here = window(**how)
    here.bear_complaint(CUT)
    here.log_in(shop.mechanic)
    phone = Phone(here.page, inspection or shop.inspection("in_progress"))
    phone.window = here
    return phone.open(screen)


def complete(phone):
    phone.page.get_by_role("button", name="Complete the inspection").tap()


def status(shop, phone):
    return shop.ask("GET", f"/inspections/{phone.inspection}")["status"]


def look(phone):
    """Has the page look at once what has changed, as it does for whoever comes back to it."""
    phone.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")


def give(shop, phone, person):
    shop.ask("POST", f"/inspections/{phone.inspection}/assign", {"user_id": person["id"]})


def send_back(shop, phone):
    shop.ask("POST", f"/inspections/{phone.inspection}/reopen", {"reason": "Look at the left pads again"})


def colours(shop, phone):
    return {key: colour for key, (colour, _, _) in found(shop, phone.inspection).items()}


def test_what_was_sent_back_before_the_phone_knew_it_completed_stays_with_the_mechanic(shop, window):
    phone = at_car(window, shop, shop.inspection("rated"), screen="finish")
    arrived, context = [], phone.page.context

    def lose(route):
        """The first one arrives, its answer does not, and nothing after it."""
        if not arrived:
            arrived.append(route.fetch().status)
        route.abort()

    context.route(COMPLETE, lose)
    complete(phone)
    phone.window.wait_until(lambda: arrived, "it is completed")
    context.set_offline(True)
    assert status(shop, phone) == "completed"
    send_back(shop, phone)
    context.unroute(COMPLETE)
    phone.page.evaluate(LOOK)
    context.set_offline(False)
    phone.window.wait_until(lambda: phone.waiting() == [], "nothing waits")
    assert status(shop, phone) == "in_progress"
    phone.expect_all_saved()
    # It can be completed once more, by whoever wants to.
    expect(phone.page.get_by_role("button", name="Complete the inspection")).to_be_visible()
    assert phone.page.evaluate("() => left") == []


def refuse_as_somebody_elses(shop, phone):
    """It is completed without network, and given to somebody else and back."""
    phone.page.context.set_offline(True)
    complete(phone)
    phone.wait_for_the_disk()
    give(shop, phone, shop.person("mechanic"))
    phone.page.context.set_offline(False)
    expect(phone.sign).to_have_text("1 refused")
    expect(phone.page.locator("[data-alert]")).to_be_visible()
    give(shop, phone, shop.mechanic)


def refuse_as_sent(shop, phone):
    """It is completed after the desk has sent it, which the phone has not heard of, and sent back."""
    phone.page.context.route(LOOKS, lambda route: route.abort())
    shop.ask("POST", f"/inspections/{phone.inspection}/complete", {})
    shop.report(phone.inspection)
    complete(phone)
    expect(phone.sign).to_have_text("1 refused")
    phone.page.context.unroute(LOOKS)
    look(phone)
    expect(phone.page.locator("[data-alert]")).to_be_visible()
    send_back(shop, phone)


@pytest.mark.parametrize("refuse", [refuse_as_somebody_elses, refuse_as_sent])
def test_what_could_not_be_completed_is_completed_later_only_by_whoever_presses_again(shop, window, refuse):
    phone = at_car(window, shop, shop.inspection("rated"), screen="finish")
    phone.window.expect_complaint("status of 403|status of 409")
    refuse(shop, phone)
    # From here on the phone knows that it may go on.
    expect(phone.page.locator("[data-alert]")).to_be_hidden()
    phone.page.wait_for_function("() => !document.querySelector('[data-sign][aria-busy=true]')")
    assert [(it["kind"], bool(it.get("refused"))) for it in phone.waiting()] == [("complete", True)]
    assert status(shop, phone) == "in_progress"
    phone.page.locator("[data-sign]").tap()
    phone.page.locator(".refusal").get_by_role("button", name="Try again").tap()
    phone.page.wait_for_url("**/work")
    assert status(shop, phone) == "completed"


def test_taps_that_were_refused_go_by_themselves_though_a_completion_waits_behind_them(shop, window):
    phone = at_car(window, shop, shop.inspection("rated"))
    phone.window.expect_complaint("status of 409")
    # The page may be left before all of it was heard.
    phone.window.bear_complaint("status of 4")
    phone.page.context.set_offline(True)
    for component in ("rotors_front", "rotors_rear"):
        phone.rate("brakes", component, "none")
    phone.go("finish")
    complete(phone)
    phone.wait_for_the_disk()
    shop.ask("POST", f"/inspections/{phone.inspection}/complete", {})
    phone.page.context.set_offline(False)
    expect(phone.sign).to_have_text("2 refused")
    send_back(shop, phone)
    # Asked of the shop's records: the page leaves for the list of work.
    rotors = ("brakes/rotors_front", "brakes/rotors_rear")
    phone.window.wait_until(lambda: {colours(shop, phone).get(it) for it in rotors} == {"na"}, "they are sent")


def test_a_second_tap_is_no_clash_with_the_first_at_whatever_moment_its_answer_comes(shop, window):
    phone = at_car(window, shop, screen="lights")
    phone.page.add_init_script(SECOND_TAP)
    phone.open("lights")
    rows = [component for component, scale in phone.components("lights") if not scale]
    phone.page.evaluate(LOOK)
    # From when the answer was read until all that follows from it is on disk.
    for steps, row in enumerate(rows):
        phone.page.evaluate(TAP_TWICE, [f"lights-{row}", steps])
        phone.page.wait_for_function("() => steps < 0")
        phone.expect_all_saved()
        expect(phone.row("lights", row).locator(".rate :checked")).to_have_value("yellow")
        assert phone.waiting() == [], f"after {steps} steps"
    assert colours(shop, phone) == {f"lights/{row}": "yellow" for row in rows}
    assert not [it for it in phone.page.evaluate("() => said") if "refused" in it]


def test_a_number_that_is_taken_out_again_leaves_what_was_said_before_it(shop, window):
    phone = at_car(window, shop)
    pads = phone.row("brakes", "front_pads_left")
    phone.page.context.set_offline(True)
    phone.rate("brakes", "front_pads_left", "red")
    pads.locator("[data-pen]").tap()
    pads.locator("[data-words]").fill("Cracked, seen from below")
    for typed in ("3", ""):
        phone.measure("brakes", "front_pads_left", typed)
    phone.wait_for_the_disk()
    expect(pads.locator(".rate :checked")).to_have_value("red")
    phone.page.context.set_offline(False)
    phone.window.wait_until(lambda: phone.waiting() == [], "it is sent")
    assert found(shop, phone.inspection) == {"brakes/front_pads_left": ("red", None, "Cracked, seen from below")}


# When it is written down, when it leaves, and when it was answered.
@pytest.mark.parametrize("number", (1, 2, 3))
def test_a_tap_that_the_phone_fails_to_write_down_once_arrives(shop, window, number):
    phone = at_car(window, shop)
    phone.page.evaluate(GIVE_UP, number)
    phone.rate("brakes", "fluid_level", "red")
    phone.window.wait_until(lambda: colours(shop, phone) == {"brakes/fluid_level": "red"}, "it arrives")
    phone.expect_all_saved()
    expect(phone.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red")
    assert phone.waiting() == []


@pytest.mark.parametrize("number", (1, 2, 3, 4))
def test_a_photo_that_the_phone_fails_to_write_down_once_arrives(shop, window, number):
    phone = at_car(window, shop, screen="car")
    picture = phone.picture(7)
    phone.page.evaluate(GIVE_UP, number)
    phone.take(phone.page.locator(".kinds > li").first, picture)
    phone.window.wait_until(lambda: photos(shop, phone.inspection), "it arrives")
    phone.expect_all_saved()
    assert phone.recognise(photos(shop, phone.inspection)) == [7]
    expect(phone.page.locator(".thumb[data-state=sent]")).to_have_count(1)
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])


def test_a_photo_that_is_taken_while_the_phone_keeps_nothing_arrives_once_it_does(shop, window):
    phone = at_car(window, shop, screen="car")
    picture = phone.picture(7)
    phone.page.evaluate(GIVE_UP, "all")
    phone.take(phone.page.locator(".kinds > li").first, picture)
    expect(phone.sign).to_have_text(NOT_KEPT)
    phone.page.evaluate("() => { isGivenUp = () => false; }")
    phone.window.wait_until(lambda: photos(shop, phone.inspection), "it arrives")
    phone.expect_all_saved()
    assert phone.recognise(photos(shop, phone.inspection)) == [7]
    assert (phone.waiting(), phone.kept_pictures()) == ([], [])


@pytest.mark.parametrize("way", ["another tap", "send now"])
def test_a_phone_that_keeps_nothing_says_so_until_it_does_and_then_all_arrives(shop, window, way):
    phone = at_car(window, shop)
    other = Phone(phone.page.context.new_page(), phone.inspection).open()
    phone.page.bring_to_front()
    phone.page.evaluate(GIVE_UP, "all")
    phone.rate("brakes", "fluid_level", "red")
    expect(phone.sign).to_have_text(NOT_KEPT)
    phone.page.evaluate(LOOK)
    # What another tab tells it changes nothing about that.
    other.rate("brakes", "parking_brake", "green")
    other.expect_all_saved()
    expect(phone.row("brakes", "parking_brake").locator(".rate :checked")).to_have_value("green")
    expect(phone.sign).to_have_text(NOT_KEPT)
    expect(phone.row("brakes", "fluid_level").locator(".rate :checked")).to_have_value("red")
    assert "All saved" not in phone.page.evaluate("() => said")
    phone.page.evaluate("() => { isGivenUp = () => false; }")
    wanted = {"brakes/fluid_level": "red", "brakes/parking_brake": "green"}
    if way == "another tap":
        phone.rate("brakes", "pedal_feel", "yellow")
        wanted["brakes/pedal_feel"] = "yellow"
    else:
        phone.page.locator("[data-sign]").tap()
        phone.page.locator("[data-send]").tap()
    phone.window.wait_until(lambda: colours(shop, phone) == wanted, "all arrives")
    phone.expect_all_saved()
    assert phone.waiting() == []


def test_an_older_browser_that_knows_no_time_limits_sends_all_the_same(shop, window):
    here = window()
    here.page.add_init_script("delete AbortSignal.timeout")
    here.log_in(shop.mechanic)
    phone = Phone(here.page, shop.inspection("in_progress")).open()
    phone.rate("brakes", "fluid_level", "red")
    phone.expect_all_saved()
    assert colours(shop, phone) == {"brakes/fluid_level": "red"}
