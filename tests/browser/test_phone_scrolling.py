"""The longest list that a phone may have before it, on a slow phone, under the thumb."""

from playwright.sync_api import expect

from phone import Phone

ROWS, PHOTOS, SLOWER = 200, 60, 4
# The page begins with so many components: the category's own, and others like them in between.
MORE_ROWS = """(rows) => {
    const parse = JSON.parse;
    JSON.parse = (text, ...how) => {
        const sheet = parse(text, ...how);
        const brakes = sheet?.categories?.find((it) => it.key === "brakes");
        if (!brakes) return sheet;
        const own = brakes.components;
        brakes.components = Array.from({ length: rows }, (_, place) => {
            const of = own[Math.floor((place * own.length) / rows)];
            const isFirst = Math.floor(((place - 1) * own.length) / rows) !== own.indexOf(of);
            return isFirst ? of : { ...of, key: `${of.key}_${place}` };
        });
        return sheet;
    };
}"""
# From here on it is noted when frames are made.
NOTE = """() => {
    window.made = [];
    const frame = (now) => { made.push(now); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""


def computed(wire):
    """How many milliseconds the page has computed: script, style and layout, and all."""
    metrics = {it["name"]: 1000 * it["value"] for it in wire.send("Performance.getMetrics")["metrics"]}
    own = metrics["ScriptDuration"] + metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]
    return own, metrics["TaskDuration"]


def test_a_long_list_with_many_photos_scrolls_on_a_slow_phone(shop, window):
    inspection = shop.inspection("in_progress")
    here = window()
    here.log_in(shop.mechanic)
    phone = Phone(here.page, inspection).open("brakes")
    components = [key for key, _ in phone.components("brakes")]
    shop.ask("PUT", f"/inspections/{inspection}/items", [
        {"category": "brakes", "component": key, "severity": "yellow", "notes": "Seen"} for key in components
    ])
    picture = phone.picture(5, 1600, 1200, 24)["buffer"]
    for count in range(PHOTOS):
        shop.photograph(inspection, picture, category="brakes", component=components[count % len(components)])
    here.page.add_init_script(f"({MORE_ROWS})({ROWS})")
    phone.open("brakes")
    expect(here.page.locator(".item")).to_have_count(ROWS)
    expect(here.page.locator(".thumb")).to_have_count(PHOTOS)
    wire = here.page.context.new_cdp_session(here.page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    # The time of the page's own thread, so that what else this machine does meanwhile does not count.
    wire.send("Performance.enable", {"timeDomain": "threadTicks"})
    here.page.evaluate(NOTE)
    height = here.page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert height > 30_000
    before = computed(wire)
    wire.send("Input.synthesizeScrollGesture", {
        "x": 195, "y": 400, "yDistance": -height, "speed": 4000, "gestureSourceType": "mouse",
    })
    assert here.page.evaluate("scrollY") > height - 100
    own, whole = (after - earlier for after, earlier in zip(computed(wire), before))
    made = here.page.evaluate("made")
    between = [later - earlier for earlier, later in zip(made, made[1:])]
    long, took = sum(it > 50 for it in between), sum(between)
    print(
        f"{height} px in {took:.0f} ms: {len(between)} frames, {long} of them longer than 50 ms, the longest "
        f"{max(between):.0f} ms; computed {whole:.0f} ms, {own:.0f} ms of it script, style and layout",
    )
    assert len(between) > 50
    assert own < took / 10
