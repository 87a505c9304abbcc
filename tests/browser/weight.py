"""What a page weighs on the wire."""

import dataclasses
from typing import Any

from window import Window

# What a page loads before it is complete. What it asks for afterwards, such as an event stream, may never end.
LOADED = ("Document", "Stylesheet", "Script", "Image", "Font", "Manifest")


@dataclasses.dataclass(frozen=True)
class Weight:
    """Bytes with headers, as they were transferred, compressed where the server compresses."""

    total: int
    script: int


def weigh(window: Window, path: str) -> Weight:
    """Loads a page as on the first visit, whatever the window has seen before."""
    wire = window.page.context.new_cdp_session(window.page)
    asked: dict[str, str] = {}
    arrived: dict[str, int] = {}
    lost: list[str] = []

    def ask(event: dict[str, Any]) -> None:
        if event["type"] in LOADED and not event["request"]["url"].startswith("data:"):
            asked[event["requestId"]] = event["type"]

    def arrive(event: dict[str, Any]) -> None:
        arrived[event["requestId"]] = event["encodedDataLength"]

    def lose(event: dict[str, Any]) -> None:
        if event["type"] in LOADED:
            lost.append(f"{event['type']}: {event['errorText']}")

    wire.on("Network.requestWillBeSent", ask)
    wire.on("Network.loadingFinished", arrive)
    wire.on("Network.loadingFailed", lose)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.setBypassServiceWorker", {"bypass": True})
    window.visit(path)
    window.wait_until(lambda: lost or asked.keys() <= arrived.keys(), f"{path} is all there")
    wire.detach()
    assert not lost, f"{path} did not load whole: {lost}"
    return Weight(
        total=sum(arrived[it] for it in asked),
        script=sum(arrived[it] for it, kind in asked.items() if kind == "Script"),
    )
