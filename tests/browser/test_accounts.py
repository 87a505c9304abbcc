"""Coming in and going out: signing up, logging in, one's own account."""

import re

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from shop import PASSWORD
from weight import weigh

HOME = re.compile("/board$")


@pytest.mark.parametrize("path", ["/login", "/signup", "/login?to=/account"])
@in_every_look
def test_everybody_can_come_in(window, path, width, theme):
    here = window(width=width, theme=theme)
    here.visit(path)
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_use_their_account(shop, window, width, theme):
    here = window(width=width, theme=theme)
    here.log_in(shop.mechanic)
    here.visit("/account")
    check_accessibility(here.page)


@in_every_look
def test_everybody_can_mend_a_form(window, width, theme):
    here = window(width=width, theme=theme)
    here.visit("/signup")
    here.expect_complaint("status of 422")
    # What the browser would say by itself is said by the server where it does not.
    here.page.locator("form").evaluate("it => { it.noValidate = true }")
    here.page.get_by_label("Shop").fill("Hill Street Garage")
    here.page.get_by_role("button", name="Sign up").click()
    expect(here.page.get_by_label("Shop")).to_have_value("Hill Street Garage")
    expect(here.page.locator(".wrong")).to_have_count(4)
    check_accessibility(here.page)


def test_a_shop_signs_up_with_the_keyboard_alone(window):
    here = window(width=1280)
    here.visit("/signup")
    for words in ("Keyboard Garage", "Ana", "Hill", "ana@keyboard.example", PASSWORD):
        here.page.keyboard.type(words)
        here.page.keyboard.press("Tab")
    here.page.keyboard.press("Enter")
    expect(here.page).to_have_url(HOME)


def test_everything_works_without_script(shop, window):
    here = window(javascript=False)
    here.log_in(shop.manager)
    here.visit("/account")
    here.page.get_by_label("Present password").fill(PASSWORD)
    here.page.get_by_label("New password").fill("another horse battery")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.get_by_role("status")).to_contain_text("Your password is changed")
    here.page.get_by_role("button", name="Log out").click()
    expect(here.page).to_have_url(re.compile("/login$"))


def test_what_was_typed_outlives_the_session(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    here.visit("/account")
    here.page.get_by_label("Present password").fill(PASSWORD)
    here.page.get_by_label("New password").fill("another horse battery")
    here.page.context.clear_cookies()
    here.expect_complaint("status of 422")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.get_by_role("alert")).to_contain_text("nothing that you entered is lost")
    check_accessibility(here.page)
    here.page.get_by_label("E-mail").fill(shop.manager["email"])
    here.page.get_by_label("Password").fill(PASSWORD)
    here.page.keyboard.press("Enter")
    # Whoever logs in may be somebody else, so nothing is sent that nobody pressed for.
    here.page.get_by_role("button", name="Do it now").click()
    expect(here.page.get_by_role("status")).to_contain_text("Your password is changed")


def test_coming_in_is_light(window):
    weight = weigh(window(), "/signup")
    assert weight.total < 30_000 and weight.script < 5_000, weight
