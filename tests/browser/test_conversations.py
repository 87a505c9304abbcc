"""Conversations with customers, and the customers' phones on which they are tried out."""

import re
import struct
import urllib.parse
import uuid
import zlib

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh

LOST = "+15005550012"


def at_the_desk(window, shop, path="/conversations", **how):
    here = window(**{"width": 1280} | how)
    here.log_in(shop.manager)
    here.visit(path)
    return here


def hear(shop, phone, content):
    """Somebody texts the shop."""
    shop.ask("POST", "/sandbox/messages", {"from": phone, "content": content})


def picture(width, height, shade):
    """A PNG of one colour, with a lighter square in it."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    plain, bright = bytes(shade), bytes(min(255, it + 60) for it in shade)
    rows = [plain * width, plain * (width // 4) + bright * (width // 2) + plain * (width - width // 4 - width // 2)]
    data = b"".join(b"\0" + rows[height // 4 <= y < height * 3 // 4] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def hear_picture(shop, phone, **how):
    """Somebody texts the shop a picture, and perhaps words with it."""
    said = urllib.parse.urlencode({"from": phone} | how)
    shop.ask("PUT", f"/sandbox/messages/{uuid.uuid4()}?{said}", picture(800, 600, (60, 80, 120)))


def talk(shop, phone=None):
    """A conversation with a customer who has a car, and an answer in it that nobody has read; and their phone."""
    phone = phone or shop.phone()
    customer = shop.customer(phone)
    shop.vehicle(customer)
    thread = shop._make("/conversations", {"customer_id": customer})
    shop.ask("POST", f"/conversations/{thread}/messages", {"content": "It is ready."})
    shop.settled(thread)
    hear(shop, phone, "How long will it take?")
    return thread, phone


def texts(here):
    return here.page.locator("#texts .bubble")


def words(here):
    return here.page.locator("#words")


def say(here, text):
    words(here).fill(text)
    here.page.get_by_role("button", name="Send text").click()


@in_every_look
def test_everybody_can_use_it(shop, window, width, theme):
    thread, phone = talk(shop, LOST)
    hear_picture(shop, phone)
    replies = {"settings": {"quick_replies": ["Your {vehicle} is ready", "Please call us"]}}
    shop.ask("PATCH", "/shop", replies)
    here = at_the_desk(window, shop, f"/conversations/{thread}", width=width, theme=theme)
    expect(here.page.locator("#unread .count")).to_have_count(0)
    check_accessibility(here.page)
    here.visit("/conversations")
    check_accessibility(here.page)
    if width < 900:
        here.visit(f"/conversations/{thread}")
        here.page.get_by_role("link", name="Cars").click()
        check_accessibility(here.page)
    here.visit("/sandbox")
    check_accessibility(here.page)
    here.visit(f"/sandbox?phone=%2B{phone[1:]}")
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_use_an_empty_one(shop, window, width, theme):
    here = at_the_desk(window, shop, width=width, theme=theme)
    expect(here.page.get_by_text("No conversation yet.")).to_be_visible()
    check_accessibility(here.page)


def test_whoever_opens_it_has_read_it(shop, window):
    thread, _ = talk(shop)
    elsewhere = at_the_desk(window, shop, "/board")
    expect(elsewhere.page.locator("#unread")).to_have_text("1 unread")
    here = at_the_desk(window, shop)
    expect(here.page.get_by_role("heading", level=1)).to_have_text("1 text to answer")
    here.page.locator("#talks a").first.click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("All texts are read")
    assert shop.ask("GET", f"/conversations/{thread}")["unread"] == 0
    # The other window has heard of it.
    expect(elsewhere.page.locator("#unread")).to_have_text("")


def test_two_windows_see_what_is_said_and_keep_what_is_typed(shop, window):
    thread, phone = talk(shop)
    desks = [at_the_desk(window, shop, f"/conversations/{thread}") for _ in range(2)]
    words(desks[1]).fill("About two")
    say(desks[0], "Two hours")
    for here in desks:
        expect(texts(here).last).to_have_text("Two hours")
    hear(shop, phone, "Fine")
    for here in desks:
        expect(texts(here).last).to_have_text("Fine")
    expect(words(desks[1])).to_have_value("About two")
    expect(words(desks[0])).to_have_value("")
    expect(words(desks[0])).to_be_focused()
    expect(desks[0].page.locator("#texts .delivery").nth(-2)).to_contain_text("Delivered")


def test_it_is_answered_by_the_keyboard_alone(shop, window):
    thread, _ = talk(shop)
    other, _ = talk(shop)
    here = at_the_desk(window, shop)
    press = here.page.keyboard.press
    press("j")
    expect(here.page.locator(f"#open-{other}")).to_be_focused()
    press("ArrowDown")
    expect(here.page.locator(f"#open-{thread}")).to_be_focused()
    press("Enter")
    here.page.wait_for_url(f"**/conversations/{thread}")
    press("r")
    expect(words(here)).to_be_focused()
    here.page.keyboard.type("Two hours")
    press("Control+Enter")
    expect(texts(here).last).to_have_text("Two hours")
    press("Escape")
    expect(here.page.locator(f"#open-{thread}")).to_be_focused()
    press("/")
    expect(here.page.get_by_label("Find a conversation")).to_be_focused()
    press("Escape")
    press("?")
    expect(here.page.get_by_role("dialog")).to_be_visible()


def test_a_pressed_twice_text_goes_once(shop, window):
    thread, _ = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    words(here).fill("Two hours")
    here.page.get_by_role("button", name="Send text").dblclick()
    expect(texts(here).last).to_have_text("Two hours")
    shop.settled(thread)
    sent = shop.list(f"/conversations/{thread}/messages")
    assert [it["content"] for it in sent].count("Two hours") == 1


def test_an_answer_waits_for_the_network_and_for_whoever_comes_back(shop, window):
    thread, _ = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    expect(here.page.locator("#unread .count")).to_have_count(0)
    here.page.context.set_offline(True)
    here.expect_complaint("ERR_INTERNET_DISCONNECTED")
    say(here, "Two hours")
    expect(here.page.get_by_role("alert")).to_contain_text("did not get through")
    expect(words(here)).to_have_value("Two hours")
    here.page.context.set_offline(False)
    # Begun in one conversation, it is still there after a look at another.
    here.visit("/conversations")
    here.visit(f"/conversations/{thread}")
    expect(words(here)).to_have_value("Two hours")
    here.page.get_by_role("button", name="Send text").click()
    expect(texts(here).last).to_have_text("Two hours")
    here.visit(f"/conversations/{thread}")
    expect(words(here)).to_have_value("")


def test_an_answer_that_is_refused_stays_whatever_happens(shop, window):
    thread, phone = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    here.expect_complaint("status of 422")
    long = "x" * 1601
    say(here, long)
    expect(here.page.locator("#words-wrong")).to_contain_text("at most 1600 characters")
    # Nobody is in the box while something else happens.
    here.page.keyboard.press("Escape")
    expect(words(here)).not_to_be_focused()
    hear(shop, phone, "Hello?")
    expect(texts(here).last).to_have_text("Hello?")
    expect(words(here)).to_have_value(long)


def test_an_answer_is_measured_made_plain_and_filled_in(shop, window):
    shop.ask("PATCH", "/shop", {"settings": {"quick_replies": ["Your {vehicle} is ready"]}})
    thread, _ = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    size = here.page.locator("[data-size]")
    plain = here.page.get_by_role("button", name="Make the quotes plain")
    here.page.get_by_role("link", name="Your {vehicle} is ready").click()
    expect(words(here)).to_have_value("Your 2018 Honda Civic is ready")
    expect(size).to_have_text("1 text, 30 of 160 characters")
    expect(plain).to_be_hidden()
    words(here).fill("It’s “done” – really… " + "x" * 60)
    expect(size).to_have_text("2 texts, 82 characters")
    plain.click()
    expect(words(here)).to_have_value("It's \"done\" - really... " + "x" * 60)
    expect(size).to_have_text("1 text, 84 of 160 characters")
    expect(plain).to_be_hidden()


def test_what_is_new_comes_into_sight_only_at_the_end(shop, window):
    thread, phone = talk(shop)
    for number in range(25):
        hear(shop, phone, f"Text {number}")
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    expect(texts(here).last).to_be_in_viewport()
    hear(shop, phone, "At the end")
    expect(texts(here).last).to_have_text("At the end")
    expect(texts(here).last).to_be_in_viewport()
    first = texts(here).first
    first.scroll_into_view_if_needed()
    before = first.bounding_box()["y"]
    hear(shop, phone, "Further down")
    below = here.page.get_by_role("button", name="New text below")
    expect(below).to_be_visible()
    assert abs(first.bounding_box()["y"] - before) < 2
    below.click()
    expect(texts(here).last).to_have_text("Further down")
    expect(texts(here).last).to_be_in_viewport()
    expect(below).to_be_hidden()


def test_it_is_searched_while_one_types_and_stays_so(shop, window):
    thread, phone = talk(shop)
    talk(shop)
    hear(shop, phone, "The wheels wobble")
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    words(here).fill("Begun")
    found = here.page.locator("#talks > li")
    expect(found).to_have_count(2)
    here.page.get_by_label("Find a conversation").press_sequentially("wobble")
    expect(found).to_have_count(1)
    # Something happens in the shop, and the list remains what was searched for.
    hear(shop, phone, "They still wobble")
    expect(texts(here).last).to_have_text("They still wobble")
    expect(found).to_have_count(1)
    expect(words(here)).to_have_value("Begun")
    here.page.reload()
    expect(found).to_have_count(1)


def test_a_phone_shows_the_list_and_each_conversation_by_itself(shop, window):
    thread, _ = talk(shop)
    here = at_the_desk(window, shop, width=390)
    here.page.locator("#talks a").tap()
    expect(texts(here).last).to_be_in_viewport()
    expect(here.page.locator("#talks")).to_be_hidden()
    expect(here.page.get_by_role("button", name="Send text")).to_be_in_viewport()
    here.page.get_by_role("link", name="Cars").tap()
    expect(here.page.get_by_role("heading", name="2018 Honda Civic")).to_be_visible()
    here.page.get_by_role("link", name="Back to the texts").tap()
    expect(texts(here).last).to_be_visible()
    here.page.get_by_role("link", name="Back to the conversations").tap()
    expect(here.page.locator("#talks a")).to_be_visible()


def test_it_works_without_script(shop, window):
    shop.ask("PATCH", "/shop", {"settings": {"quick_replies": ["Please call us"]}})
    thread, _ = talk(shop)
    here = at_the_desk(window, shop, javascript=False)
    here.page.get_by_label("Find a conversation").fill("How long")
    here.page.get_by_label("Find a conversation").press("Enter")
    here.page.locator("#talks a").click()
    # It begins at its end.
    expect(texts(here).last).to_be_in_viewport()
    here.page.get_by_role("button", name="Mark as read").click()
    expect(here.page.locator("#unread")).to_have_text("")
    here.page.get_by_role("link", name="Please call us").click()
    expect(words(here)).to_have_value("Please call us")
    here.page.get_by_role("button", name="Send text").click()
    expect(texts(here).last).to_have_text("Please call us")
    here.page.get_by_role("button", name="Close").click()
    expect(here.page.get_by_role("button", name="Open again")).to_be_visible()


def test_the_whole_loop_is_tried_on_the_customer_s_phone(shop, window):
    inspection = shop.inspection("completed")
    here = at_the_desk(window, shop, f"/inspections/{inspection}")
    here.page.get_by_role("button", name="Send to customer").click()
    here.page.get_by_role("button", name="Text Ruth").click()
    expect(texts(here).last).to_contain_text("inspection is ready")
    phone = at_the_desk(window, shop, "/sandbox", width=390)
    phone.page.get_by_role("link", name="Ruth Abel").tap()
    on_phone = phone.page.locator("#on-phone .bubble")
    expect(on_phone).to_contain_text("inspection is ready")
    with phone.page.expect_popup() as report:
        on_phone.get_by_role("link").tap()
    expect(report.value.get_by_role("heading", level=1)).to_contain_text("2018 Honda Civic")
    report.value.close()
    # The desk's copy shows no link that anybody could open.
    expect(here.page.locator("#texts .delivery").last).to_contain_text("Delivered")
    expect(texts(here).last).to_contain_text("/r/….")
    phone.page.get_by_label("Text to the shop").fill("Thank <you> 👍")
    phone.page.get_by_role("button", name="Text the shop").tap()
    expect(texts(here).last).to_have_text("Thank <you> 👍")
    say(here, "You are welcome")
    expect(on_phone.last).to_have_text("You are welcome")
    words(here).fill("One thing more")
    phone.page.get_by_role("button", name="STOP").tap()
    expect(here.page.locator("#standing")).to_contain_text("Ruth does not want texts")
    expect(words(here)).to_have_value("One thing more")
    here.expect_complaint("status of 409")
    here.page.get_by_role("button", name="Send text").click()
    expect(here.page.get_by_role("alert")).to_contain_text("They said STOP")
    expect(here.page.locator("#reply")).to_contain_text("One thing more")
    phone.page.get_by_role("button", name="START").tap()
    expect(here.page.locator("#standing")).to_have_text("")
    expect(words(here)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_picture_stands_with_its_text_and_opens_large(shop, window, width):
    thread, phone = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}", width=width)
    hear_picture(shop, phone, content="This is what it looks like")
    shown = here.page.get_by_role("img", name="Picture from Ruth Abel")
    expect(shown).to_be_in_viewport()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("it => it.naturalWidth") == 400
    expect(texts(here).last).to_have_text("This is what it looks like")
    hear_picture(shop, phone)
    expect(shown).to_have_count(2)
    # One without words has no bubble, and the list says what it is.
    expect(texts(here).last).to_have_text("This is what it looks like")
    if width > 900:
        expect(here.page.locator("#talks a .quiet.cut").first).to_have_text("Sent a picture")
    shown.last.click()
    large = here.page.get_by_role("dialog", name="Pictures")
    expect(large.locator("img").last).to_be_in_viewport()
    expect(large.locator("[data-place]")).to_have_text("2 / 2")
    expect(large.locator("img").last).to_have_js_property("naturalWidth", 800)
    here.page.keyboard.press("ArrowLeft")
    expect(large.locator("[data-place]")).to_have_text("1 / 2")
    here.page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    scrolls = here.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not scrolls


def test_a_picture_is_sent_from_the_customer_s_phone(shop, window, tmp_path):
    thread, phone = talk(shop)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    hand = at_the_desk(window, shop, f"/sandbox?phone=%2B{phone[1:]}", width=390)
    (tmp_path / "car.png").write_bytes(picture(640, 480, (120, 40, 40)))
    hand.page.get_by_label("A picture from this phone").set_input_files(tmp_path / "car.png")
    hand.page.get_by_role("button", name="Send it").tap()
    expect(hand.page.get_by_role("img", name="Picture that was sent")).to_be_in_viewport()
    expect(here.page.get_by_role("img", name="Picture from Ruth Abel")).to_be_in_viewport()


def test_a_text_that_did_not_arrive_says_why_and_is_tried_again(shop, window):
    thread, _ = talk(shop, LOST)
    here = at_the_desk(window, shop, f"/conversations/{thread}")
    expect(here.page.locator(".why")).to_contain_text("The phone is off or out of reach.")
    here.page.get_by_role("button", name="Retry").click()
    expect(here.page.locator(".why").first).to_contain_text("Sent once more below.")
    expect(here.page.locator(".why")).to_have_count(2)


def test_a_mechanic_has_none_of_it(shop, window):
    here = window(width=1280)
    here.log_in(shop.mechanic)
    here.visit("/board")
    expect(here.page.get_by_role("link", name=re.compile("Conversations"))).to_have_count(0)
    here.visit("/conversations", 403)
    here.visit("/sandbox", 403)


@pytest.mark.parametrize("width", [390, 1280])
def test_long_words_stay_within_it(shop, window, width):
    name = "Wolfeschlegelsteinhausenbergerdorff" * 2
    phone = shop.phone()
    customer = shop.customer(phone, first_name=name, last_name="M" * 100, email=f"{'e' * 60}@{'m' * 60}.example")
    shop.vehicle(customer, make="W" * 50, model="m" * 50, license_plate="WWWWWWWWWWWWWWWWWWWW")
    shop.ask("PATCH", "/shop", {"settings": {"quick_replies": ["W" * 640]}})
    for content in ("W" * 1600, "שלום עולם " * 60, "👍" * 300, "<b>" * 100):
        hear(shop, phone, content)
    here = at_the_desk(window, shop, width=width)
    for path in ("/conversations", here.page.locator("#talks a").get_attribute("href"), "/sandbox"):
        here.visit(path)
        scrolls = here.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not scrolls, path
    # A name that reads from the right does not turn the page.
    expect(here.page.locator("html")).to_have_css("direction", "ltr")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_name_pushes_nothing_out_of_reach(shop, window, width):
    name = {"first_name": "José María Aurelio de la Concepción", "last_name": "Fernández de Córdoba y Álvarez de Toledo"}
    thread = shop._make("/conversations", {"customer_id": shop.customer(**name)})
    shop.ask("POST", f"/conversations/{thread}/messages", {"content": "We have room the day after tomorrow, from 8."})
    here = at_the_desk(window, shop, f"/conversations/{thread}", width=width)
    pane = here.page.locator("#thread").bounding_box()
    for part in (here.page.locator("#turn"), here.page.get_by_role("button", name="Send text"), texts(here).last):
        box = part.bounding_box()
        assert pane["x"] <= box["x"] and box["x"] + box["width"] <= pane["x"] + pane["width"], (part, box, pane)
    # It is read beside nothing that leaves it no room.
    heading = here.page.locator("#thread h2")
    assert heading.bounding_box()["width"] > 250
    expect(heading).to_contain_text("Fernández de Córdoba")


def test_a_first_visit_is_light(shop, window):
    thread, phone = talk(shop)
    for number in range(60):
        hear(shop, phone, f"Text {number}, which is about as long as texts are")
    here = window()
    here.log_in(shop.manager)
    for path in ("/conversations", f"/conversations/{thread}", f"/sandbox?phone=%2B{phone[1:]}"):
        weight = weigh(here, path)
        print(path, weight)
        assert 0 < weight.script < 20_000 and weight.total < 60_000, (path, weight)
