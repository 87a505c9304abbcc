"""A mechanic's phone at a car: what is tapped there, and what the shop's records say of it afterwards."""

import base64
import json
import re
import urllib.parse

from playwright.sync_api import Error, Page, expect

# What the server would answer where photos are taken in.
PHOTO = re.compile(r"/api/v1/inspections/[0-9a-f-]+/photos/([0-9a-f-]+)")
WHOLE = re.compile(r"/api/v1/inspections/[0-9a-f-]+$")
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
# Draws a picture such as a camera makes, so big; noise, because a plain one weighs nothing.
DRAW = """async ([width, height, noise]) => {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    for (let x = 0; x < width; x += noise) for (let y = 0; y < height; y += noise) {
        pen.fillStyle = `hsl(${(x * 7 + y * 13) % 360} 60% ${30 + (x * y) % 40}%)`;
        pen.fillRect(x, y, noise, noise);
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
}"""


class Phone:
    """`page` shows the inspection of a car; `open` opens it at one of its screens."""

    def __init__(self, page: Page, inspection: str):
        self.page, self.inspection = page, inspection

    def open(self, screen="brakes", reload=True):
        address = f"/inspections/{self.inspection}/inspect"
        if reload:
            self.page.goto(address)
        self.page.locator("#inspect[data-ready]").wait_for()
        self.go(screen)
        return self

    def go(self, screen):
        self.page.evaluate("key => { location.hash = `#${key}`; }", screen)
        self.page.locator(f'[data-screen] h1').wait_for()
        self.page.wait_for_function("key => decodeURIComponent(location.hash) === `#${key}`", arg=screen)

    def row(self, category, component):
        return self.page.locator(f"#{category}-{component}")

    def rate(self, category, component, choice):
        self.row(category, component).locator(f".rate label.{choice}").tap()

    def measure(self, category, component, number):
        self.row(category, component).locator("[data-number]").fill(str(number))

    def chip(self, category, component, place=0):
        self.row(category, component).locator(".chip").nth(place).tap()

    @property
    def sign(self):
        return self.page.locator("[data-sign-words]")

    def expect_all_saved(self, timeout=30_000):
        expect(self.sign).to_have_text("All saved", timeout=timeout)

    def wait_for_the_disk(self):
        """No hand is as fast as what drives the browser: a tap reaches the disk within some milliseconds."""
        self.page.locator("[data-sign]:not([aria-busy=true])").wait_for()

    def components(self, category):
        """The components of a category, as the phone knows them, with whether they are measured."""
        sheet = json.loads(self.page.locator("#sheet").text_content())
        [found] = [it for it in sheet["categories"] if it["key"] == category]
        return [(it["key"], it.get("scale")) for it in found["components"]]

    def categories(self):
        return [it["key"] for it in json.loads(self.page.locator("#sheet").text_content())["categories"]]

    def picture(self, width=3000, height=2000, noise=40):
        data = bytes(self.page.evaluate(DRAW, [width, height, noise]))
        return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}

    def waiting(self):
        """The changes that are on this phone's disk."""
        return self.page.evaluate("""() => new Promise((resolve, reject) => {
            const opening = indexedDB.open("courtesy");
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
                const asked = opening.result.transaction("changes").objectStore("changes").getAll();
                asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
            };
        })""")


class PhotoShelf:
    """Takes photos in as the contract says, as long as nothing else does; and knows what it was sent, how often."""

    def __init__(self, context):
        self.photos: dict[str, dict] = {}
        self.times: list[str] = []
        self.reachable = True
        context.route(PHOTO, self._take)
        context.route(WHOLE, self._show)
        context.route("**/api/v1/photos/*/*", lambda route: route.fulfill(body=DOT, content_type="image/png"))

    def _show(self, route):
        """The inspection with the photos of it that are here."""
        if route.request.method != "GET" or not self.reachable:
            return route.fallback()
        try:
            answer = route.fetch()
        except Error:
            return route.abort()
        if not answer.ok:
            return route.fulfill(response=answer)
        photos = [{"id": it, "urls": urls(it), **about} for it, about in self.photos.items()]
        return route.fulfill(response=answer, json=answer.json() | {"photos": photos})

    def _take(self, route):
        request = route.request
        identity = PHOTO.search(request.url).group(1)
        if not self.reachable:
            return route.abort()
        if request.method == "DELETE":
            self.photos.pop(identity, None)
            return route.fulfill(status=204)
        self.times.append(identity)
        about = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
        is_new = identity not in self.photos
        self.photos[identity] = about
        answer = {"id": identity, "width": 2048, "height": 1365, "urls": urls(identity)}
        return route.fulfill(status=201 if is_new else 200, json=answer)


def urls(photo):
    return {size: f"/api/v1/photos/{photo}/{size}" for size in ("large", "thumb")}


def found(shop, inspection):
    """What the records say of each component: colour (or na), number, note."""
    items = shop.ask("GET", f"/inspections/{inspection}")["items"]
    return {
        f"{it['category']}/{it['component']}":
            ("na" if it["not_applicable"] else it["severity"], it["measurement"], it["notes"]) for it in items
    }
