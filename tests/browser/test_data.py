"""Lists in, and everything out."""

import zipfile

import pytest
from playwright.sync_api import expect

from accessibility import check_accessibility
from looks import in_every_look
from weight import weigh

REMEMBER = """() => {
    const progress = document.querySelector("[data-progress]");
    const remember = () => sessionStorage.setItem("told", `${sessionStorage.getItem("told")} ${progress.textContent}`);
    new MutationObserver(remember).observe(progress, { childList: true });
}"""
LIST = """First name,Last name,Phone,Shoe size
Ludmila,Ito,415 555 2671,40
Ben,,12,41
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@in_every_look
def test_everybody_can_bring_a_list(shop, window, width, theme, file):
    here = window(width=width, theme=theme)
    here.log_in(shop.manager)
    here.visit("/settings/data")
    check_accessibility(here.page)
    here.page.get_by_label("File").set_input_files(file)
    here.page.get_by_role("button", name="Look at it first").click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("1 customer to import")
    expect(here.page.get_by_role("region", name="Wrong")).to_contain_text("Ben")
    check_accessibility(here.page)
    here.page.get_by_role("button", name="Import 1 customer").click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("1 customer added, 0 changed")
    check_accessibility(here.page)


def test_a_list_that_is_none_says_so_without_script(shop, window, tmp_path):
    here = window(javascript=False)
    here.log_in(shop.manager)
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    here.visit("/settings/data")
    here.page.get_by_label("File").set_input_files(picture)
    here.expect_complaint("status of 422")
    here.page.get_by_role("button", name="Look at it first").click()
    expect(here.page.get_by_role("alert")).to_contain_text("is no text")


def test_a_long_list_tells_how_far_it_is(shop, window, tmp_path):
    here = window(width=1280)
    here.log_in(shop.manager)
    long = tmp_path / "long.csv"
    long.write_text("First name\n" + "".join(f"Customer {n}\n" for n in range(99_000)), encoding="utf-8")
    here.visit("/settings/data")
    here.page.get_by_label("File").set_input_files(long)
    # What is told on the way is gone with its page, and the last of it may be that the list waits to be looked at.
    here.page.evaluate(REMEMBER)
    here.page.get_by_role("button", name="Look at it first").click()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("99,000 customers to import", timeout=60_000)
    assert "rows read so far" in here.page.evaluate("sessionStorage.getItem('told')")


def test_everything_can_be_taken_away(shop, window, tmp_path):
    shop.customer(first_name="Ruth")
    here = window(width=1280)
    here.log_in(shop.manager)
    here.visit("/settings/data")
    with here.page.expect_download() as download:
        here.page.locator("#content").get_by_role("link", name="Customers", exact=True).click()
    assert "Ruth,Abel" in download.value.path().read_text(encoding="utf-8-sig")
    with here.page.expect_download() as download:
        here.page.get_by_role("link", name="The whole archive").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert "complete/customers.jsonl" in archive.namelist()


def test_the_data_page_is_light(shop, window):
    here = window(width=1280)
    here.log_in(shop.manager)
    weight = weigh(here, "/settings/data")
    assert weight.total < 60_000 and weight.script < 20_000, weight
