"""A mechanic's phone at a car: what is tapped there, and what the shop's records say of it afterwards."""

import json
import time

from playwright.sync_api import Page, expect

from window import PATIENCE

# Draws a picture such as a camera makes, so big; noise, because a plain one weighs nothing. The grey in its middle tells its number.
DRAW = """async ([number, width, height, noise]) => {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    for (let x = 0; x < width; x += noise) for (let y = 0; y < height; y += noise) {
        pen.fillStyle = `hsl(${(x * 7 + y * 13) % 360} 60% ${30 + (x * y) % 40}%)`;
        pen.fillRect(x, y, noise, noise);
    }
    pen.fillStyle = `rgb(${20 * number} ${20 * number} ${20 * number})`;
    pen.fillRect(width / 4, height / 4, width / 2, height / 2);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
}"""
# The numbers of the pictures at these addresses.
RECOGNISE = """addresses => Promise.all(addresses.map(async (address) => {
    const drawn = await createImageBitmap(await (await fetch(address)).blob());
    const pen = new OffscreenCanvas(1, 1).getContext("2d");
    pen.drawImage(drawn, drawn.width / 2, drawn.height / 2, 1, 1, 0, 0, 1, 1);
    return Math.round(pen.getImageData(0, 0, 1, 1).data[0] / 20);
}))"""
# What the phone has of each picture that waits: its longer side, and how much it weighs.
KEPT = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open("courtesy");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("pictures").objectStore("pictures").getAll();
        asked.onsuccess = async () => {
            const found = await Promise.all(asked.result.map(async ({ picture, thumb }) => {
                const drawn = await createImageBitmap(picture);
                return { side: Math.max(drawn.width, drawn.height), size: picture.size, thumb: Boolean(thumb), type: picture.type };
            }));
            opening.result.close();
            resolve(found);
        };
    };
})"""
# Within so many milliseconds two taps mean one.
TREMBLING = 750

LOSE = """() => new Promise((resolve) => {
    const opening = indexedDB.open("courtesy");
    opening.onsuccess = () => {
        const emptying = opening.result.transaction("pictures", "readwrite");
        emptying.objectStore("pictures").clear();
        emptying.oncomplete = () => { opening.result.close(); resolve(); };
    };
})"""


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
        self.screen = screen

    def row(self, category, component):
        return self.page.locator(f"#{category}-{component}")

    def rate(self, category, component, choice):
        self.row(category, component).locator(f".rate label.{choice}").tap()

    def take_back(self, category, component, choice):
        """Taps what is rated like this once more, later than a hand that trembles would."""
        self.page.wait_for_timeout(TREMBLING)
        self.rate(category, component, choice)

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

    def wait_until_kept(self):
        """From then on the page opens without network."""
        deadline = time.monotonic() + PATIENCE
        while not self.page.evaluate("async () => Boolean(await caches.match(location.pathname))"):
            assert time.monotonic() < deadline, "the page was not kept"
            self.page.wait_for_timeout(20)

    def components(self, category):
        """The components of a category, as the phone knows them, with whether they are measured."""
        sheet = json.loads(self.page.locator("#sheet").text_content())
        [found] = [it for it in sheet["categories"] if it["key"] == category]
        return [(it["key"], it.get("scale")) for it in found["components"]]

    def categories(self):
        return [it["key"] for it in json.loads(self.page.locator("#sheet").text_content())["categories"]]

    def picture(self, number=6, width=2600, height=1800, noise=40):
        """One that the camera makes; it is told from others by its number, from 0 to 12."""
        data = bytes(self.page.evaluate(DRAW, [number, width, height, noise]))
        return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}

    def take(self, place, *pictures):
        """Takes photos with the camera of this place on the page."""
        place.locator("input[type=file]").set_input_files(list(pictures))

    def kept_pictures(self):
        """What is on this phone's disk of each picture that waits."""
        return self.page.evaluate(KEPT)

    def lose_pictures(self):
        """A phone that is short of room takes what it likes."""
        self.page.evaluate(LOSE)

    def recognise(self, photos):
        """Which pictures the server has kept, by their numbers, as it hands them out now."""
        return self.page.evaluate(RECOGNISE, [it["urls"]["large"] for it in photos])

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


def at_car(window, shop, inspection=None, screen="brakes", **how):
    """Opens the inspection as its mechanic, in a window of its own, which is `phone.window`."""
    here = window(**how)
    here.log_in(shop.mechanic)
    phone = Phone(here.page, inspection or shop.inspection("in_progress"))
    phone.window = here
    return phone.open(screen)


def photos(shop, inspection):
    """The photos that the records hold."""
    return shop.ask("GET", f"/inspections/{inspection}")["photos"]


def shown(photo):
    """What a photo shows, as the records say it."""
    return photo["kind"] or f"{photo['category']}/{photo['component']}"


def found(shop, inspection):
    """What the records say of each component: colour (or na), number, note."""
    items = shop.ask("GET", f"/inspections/{inspection}")["items"]
    return {
        f"{it['category']}/{it['component']}":
            ("na" if it["not_applicable"] else it["severity"], it["measurement"], it["notes"]) for it in items
    }
