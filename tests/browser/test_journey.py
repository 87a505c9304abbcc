"""A car's whole way, as three people in three windows: the manager, the mechanic and the customer."""

from playwright.sync_api import expect

from shop import PASSWORD

FINDINGS = [
    {"category": "brakes", "component": "front_pads_left", "measurement": 2.5, "notes": "Worn to the metal"},
    {"category": "filters_ignition", "component": "cabin_filter", "severity": "yellow", "notes": "Full of leaves"},
]
# The mechanic's own page sends what this sends, with the session of the same window.
TELL = """async ([path, method, body]) => {
    const answer = await fetch(`/api/v1${path}`, {
        method, body: JSON.stringify(body), headers: { "content-type": "application/json" },
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
}"""


def test_from_signing_up_to_the_customer_s_answer(shop, window):
    manager, mechanic, customer = window(width=1280), window(), window()

    manager.visit("/signup")
    for name, words in {
        "Shop": "Journey Garage", "Your first name": "Ana", "Last name": "Hill",
        "E-mail": f"{shop.id}@journey.example", "Password": PASSWORD,
    }.items():
        manager.page.get_by_label(name, exact=True).fill(words)
    manager.page.get_by_role("button", name="Sign up").click()
    manager.page.wait_for_url("**/board")
    told = manager.page.evaluate(TELL, ["/users", "POST", {
        "email": f"mechanic-{shop.id}@journey.example", "password": PASSWORD, "role": "mechanic", "first_name": "Tomasz",
    }])

    # A car arrives that nobody has seen before.
    manager.page.keyboard.press("n")
    manager.page.wait_for_url("**/inspections/new")
    manager.page.get_by_role("link", name="New customer and car").click()
    for name, words in {
        "customer.first_name": "Ruth", "customer.phone": shop.phone(), "vehicle.make": "Honda",
        "vehicle.model": "Civic", "vehicle.year": "2018", "inspection.customer_concerns": "Squeals",
    }.items():
        manager.page.locator(f"[name='{name}']:not([type=hidden])").fill(words)
    manager.page.locator("[name='inspection.assigned_to']").select_option(value=told["id"])
    manager.page.keyboard.press("Control+Enter")
    manager.page.wait_for_url("**/board#car-*")
    expect(manager.page.locator("#cars-assigned").get_by_role("link", name="2018 Honda Civic")).to_be_visible()

    # The mechanic goes around it, and the board moves by itself.
    mechanic.log_in({"email": f"mechanic-{shop.id}@journey.example"})
    mechanic.page.get_by_role("button", name="Start").tap()
    mechanic.page.wait_for_url("**/inspect")
    path = mechanic.page.url[mechanic.page.url.index("/inspections/"):].removesuffix("/inspect")
    expect(manager.page.locator("#cars-in_progress").get_by_role("link", name="2018 Honda Civic")).to_be_visible()
    rated = mechanic.page.evaluate(TELL, [f"{path}/items", "PUT", FINDINGS])
    greens = [
        {"category": it["category"], "component": it["component"], "severity": "green"}
        for it in rated["progress"]["missing"]
    ]
    mechanic.page.evaluate(TELL, [f"{path}/items", "PUT", greens])
    mechanic.page.get_by_role("button", name="All categories").tap()
    mechanic.page.get_by_role("link", name="Finish").tap()
    mechanic.page.get_by_role("button", name="Complete the inspection").tap()
    mechanic.page.wait_for_url("**/work")

    # It is the loudest thing on the board; the manager looks it over and sends it with one press.
    expect(manager.page.get_by_role("heading", level=1)).to_have_text("Send 1 finished report")
    manager.page.get_by_role("link", name="Preview and send").click()
    expect(manager.page.locator("article h3").first).to_have_text("Front brake pads, left")
    manager.page.get_by_role("button", name="Send to customer").click()
    expect(manager.page.get_by_role("heading", name="It is with Ruth")).to_be_visible()
    expect(manager.page.locator(".panel .delivery").first).to_contain_text("Delivered")

    # The customer opens the link of the text, and answers.
    token = next(it["value"] for it in manager.page.context.cookies() if it["name"] == "courtesy")
    phone = shop.ask("GET", path, token=token)["customer"]["phone"]
    text = shop.ask("GET", f"/sandbox/messages?phone=%2B{phone[1:]}", token=token)["items"][0]["content"]
    link = next(it for it in text.split() if "/r/" in it).rstrip(".")
    customer.visit(link[link.index("/r/"):])
    expect(manager.page.get_by_role("heading", name="Ruth has seen it")).to_be_visible()
    pads = customer.page.get_by_role("article").filter(has_text="Front brake pads, left")
    pads.get_by_role("button", name="Please do it").tap()
    expect(pads).to_contain_text("You asked us to do this")
    expect(manager.page.locator("#brakes-front_pads_left .answer")).to_have_text("Please do it")
    manager.visit("/board")
    expect(manager.page.locator("#cars-sent .answer")).to_contain_text("Please do it")
