"""The team's page: adding somebody, and a phone that comes in by a code."""

import re

from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh


@in_every_look
def test_everybody_can_use_the_team(shop, window, width, theme):
    here = window(width=width, theme=theme)
    here.log_in(shop.manager)
    here.visit("/team")
    check_accessibility(here.page)
    here.visit(f"/team/{shop.mechanic['id']}")
    check_accessibility(here.page)
    here.visit(f"/team/{shop.mechanic['id']}")
    expect(here.page.get_by_role("button", name="Make it")).to_be_hidden()
    here.page.get_by_text("Make a new password").click()
    here.page.get_by_role("button", name="Make it").click()
    check_accessibility(here.page)
    here.page.get_by_role("button", name="Log their phone in").click()
    expect(here.page.get_by_role("img", name="The code")).to_be_visible()
    check_accessibility(here.page)


def test_somebody_is_added_and_their_phone_comes_in(shop, window):
    desk = window(width=1280)
    desk.log_in(shop.manager)
    desk.visit("/team")
    desk.page.get_by_label("First name").fill("Dee")
    desk.page.get_by_label("E-mail").fill(f"dee.{shop.id}@corner.example")
    desk.page.get_by_role("button", name="Add to the team").click()
    expect(desk.page.get_by_label("Password")).to_have_value(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    desk.page.get_by_role("button", name="Log their phone in").click()
    address = desk.page.get_by_label("Or open this address").input_value()
    phone = window(javascript=False)
    # The camera's preview looks first.
    phone.page.goto(address)
    phone.page.goto(address)
    check = window()
    check.page.goto(address)
    check_accessibility(check.page)
    phone.page.get_by_role("button", name="Log in as Dee").click()
    expect(phone.page).to_have_url(re.compile("/board$"))
    check.expect_complaint("status of 404")
    check.page.get_by_role("button", name="Log in as Dee").click()
    expect(check.page.get_by_role("heading")).to_have_text("This code has ended")
    check_accessibility(check.page)


def test_the_only_manager_is_told_why_they_stay(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    here.visit(f"/team/{shop.manager['id']}")
    here.page.get_by_label("Mechanic").check()
    here.expect_complaint("status of 409")
    here.page.get_by_role("button", name="Save").click()
    expect(here.page.get_by_role("alert")).to_contain_text("Make somebody else a manager first")
    check_accessibility(here.page)


def test_the_team_is_light(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    weight = weigh(here, "/team")
    assert weight.total < 60_000 and weight.script < 20_000, weight
