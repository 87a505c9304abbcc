"""A repair shop on the API: its people, and whatever a request needs to find there."""

import itertools
import struct
import time
import urllib.parse
import uuid
import zlib

import requests

PASSWORD = "correct horse battery staple"
PATIENCE = 30
CAR = {"make": "Honda", "model": "Civic", "year": 2018, "license_plate": "7ABC123", "vin": "1HGCM82633A004352"}
WORN = {"category": "brakes", "component": "front_pads_left", "measurement": 2.5, "notes": "Worn out"}
CLOGGED = {"category": "filters_ignition", "component": "cabin_filter", "severity": "yellow", "notes": "Leaves"}
# Why a customer may no longer be texted, by what makes it so.
HINDRANCES = (("PATCH", {"sms_opt_in": False}), ("PATCH", {"phone": None}), ("DELETE", None))
# Where the sandbox pretends that texts to it fail for good.
UNREACHABLE = "+15005550001"
STATES = ("created", "assigned", "in_progress", "rated", "completed", "sent")


def picture():
    """A small PNG of grey noise, of which no two are alike."""
    rows = b"".join(b"\0" + uuid.uuid4().bytes for _ in range(16))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def secret(address):
    """The part of a report's address that nobody can guess."""
    return address.rsplit("/", 1)[1]


class Shop:
    """A shop with a manager and a mechanic who are logged in. What a method makes is new, and its id is returned."""

    def __init__(self, url, name, area, known=None):
        self.url, self.name, self.area = url, name, area
        self._http = requests.Session()
        self._lines = itertools.count(int(time.time() * 10) % 9_000_000)
        vars(self).update(known or self._sign_up())

    def _sign_up(self):
        owner = {"email": self._address(), "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz"}
        new = {"shop": {"name": self.name, "phone": self.phone()}, "user": owner}
        made = self.ask("POST", "/shops", new, token=None)
        self.manager = {"id": made["user"]["id"], "email": owner["email"], "role": "manager", "token": made["token"]}
        self.mechanic = self.person("mechanic")
        return {"id": made["shop"]["id"], "manager": self.manager, "mechanic": self.mechanic}

    def known(self):
        """What another process needs to act for the same shop."""
        return {name: getattr(self, name) for name in ("id", "manager", "mechanic")}

    def ask(self, method, path, body=None, token=""):
        """The answer of the API, which has to be a good one. The manager asks, unless another token is given."""
        token = self.manager["token"] if token == "" else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        answer = self._http.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=PATIENCE, **sent)
        if not answer.ok:
            raise RuntimeError(f"{method} {path} {body}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def photograph(self, inspection, picture, made=None, **about):
        """Takes a photo in of what `about` says, under this id where one is given, and returns its id."""
        made = made or str(uuid.uuid4())
        headers = {"Authorization": f"Bearer {self.manager['token']}", "Content-Type": "image/jpeg"}
        address = f"{self.url}/api/v1/inspections/{inspection}/photos/{made}"
        answer = self._http.put(address, params=about, data=picture, headers=headers, timeout=PATIENCE)
        if not answer.ok:
            raise RuntimeError(f"a photo of {about}: {answer.status_code} {answer.text}")
        return made

    def _make(self, path, new):
        return self.ask("POST", path, new)["id"]

    def phone(self):
        """A number that nobody has yet."""
        return f"+1{self.area}{next(self._lines) % 8_000_000 + 2_000_000}"

    def _address(self):
        return f"{uuid.uuid4()}@{self.area}.example"

    def person(self, role):
        """Somebody new, who has just logged in."""
        email = self._address()
        new = {"email": email, "password": PASSWORD, "role": role, "first_name": "Tomasz", "last_name": "Nowak"}
        made = self._make("/users", new)
        token = self.ask("POST", "/sessions", {"email": email, "password": PASSWORD}, token=None)["token"]
        return {"id": made, "email": email, "role": role, "token": token}

    def user(self):
        new = {"email": self._address(), "password": PASSWORD, "role": "mechanic", "first_name": "Uwe", "last_name": "Horn"}
        return self._make("/users", new)

    def customer(self, phone=None, **words):
        new = {"first_name": "Ruth", "last_name": "Abel", "phone": phone or self.phone()}
        return self._make("/customers", new | words)

    def vehicle(self, customer=None, **words):
        return self._make(f"/customers/{customer or self.customer()}/vehicles", CAR | words)

    def hinder(self, path, hindrance):
        """Lets the customer of what is at this path be no longer texted."""
        method, change = hindrance
        self.ask(method, f"/customers/{self.ask('GET', path)['customer']['id']}", change)

    def inspection(self, state, vehicle=None, **words):
        """One that is as far as this. `rated` is in progress, and nothing that is required is missing."""
        far = STATES.index(state)
        new = {"customer_concerns": ["Squeals"], "odometer_reading": 48210} | words
        new["vehicle_id"] = vehicle or self.vehicle()
        if far >= STATES.index("assigned"):
            new["assigned_to"] = self.mechanic["id"]
        made = self._make("/inspections", new)
        if far >= STATES.index("in_progress"):
            self.ask("POST", f"/inspections/{made}/start", {})
        if far >= STATES.index("rated"):
            self._rate_everything(made)
        if far >= STATES.index("completed"):
            self.ask("POST", f"/inspections/{made}/complete", {})
        if far >= STATES.index("sent"):
            self.ask("POST", f"/inspections/{made}/send", {"via": "link"})
        return made

    def _rate_everything(self, inspection):
        missing = self.ask("GET", f"/inspections/{inspection}")["progress"]["missing"]
        greens = [{name: it[name] for name in ("category", "component")} | {"severity": "green"} for it in missing]
        worn = {(it["category"], it["component"]) for it in (WORN, CLOGGED)}
        greens = [it for it in greens if (it["category"], it["component"]) not in worn]
        self.ask("PUT", f"/inspections/{inspection}/items", [*greens, WORN, CLOGGED])

    def add_photo(self, inspection, picture, **shows):
        """To one in progress, of what it shows, as in `kind="front"`."""
        made = str(uuid.uuid4())
        self.ask("PUT", f"/inspections/{inspection}/photos/{made}?{urllib.parse.urlencode(shows)}", picture)
        return made

    def anothers_inspection(self):
        """One that is in progress, but not the mechanic's."""
        made = self._make("/inspections", {"vehicle_id": self.vehicle(), "assigned_to": self.user()})
        self.ask("POST", f"/inspections/{made}/start", {})
        return made

    def item(self, inspection):
        """The inspection, and a finding of it."""
        path = f"/inspections/{inspection}"
        found = self.ask("GET", path)["items"] or self.ask("PUT", f"{path}/items", WORN)["items"]
        return inspection, found[0]["id"]

    def photo(self, is_completed=False):
        """An inspection, and a photo of the car that was taken while it was in progress."""
        inspection = self.inspection("rated")
        made = self.add_photo(inspection, picture(), kind="damage")
        if is_completed:
            self.ask("POST", f"/inspections/{inspection}/complete", {})
        return inspection, made

    def texted_picture(self, phone=None, **how):
        """A picture that a customer has texted, and perhaps words with it: its id is the text's."""
        made, said = str(uuid.uuid4()), {"from": phone or self.phone()} | how
        self.ask("PUT", f"/sandbox/messages/{made}?{urllib.parse.urlencode(said)}", picture())
        return made

    def photo_on_report(self):
        """The secret part of a report's address, and a photo on that report."""
        inspection, photo = self.photo(is_completed=True)
        return secret(self.report(inspection)), photo

    def link(self, then=None):
        """The secret part of a report's address; the inspection may be reopened then, or the link be revoked."""
        inspection = self.inspection("completed")
        address = self.report(inspection)
        if then == "reopen":
            self.ask("POST", f"/inspections/{inspection}/reopen", {})
        elif then == "revoke":
            self.ask("DELETE", f"/inspections/{inspection}/links")
        return secret(address)

    def report(self, inspection):
        """Sends the report of a completed inspection, or makes another link to it; where the customer finds it."""
        sent = self.ask("POST", f"/inspections/{inspection}/send", {"via": "link"})
        return sent["report_url"].removeprefix(self.url)

    def conversation(self, phone=None):
        thread = self._make("/conversations", {"customer_id": self.customer(phone)})
        self._make(f"/conversations/{thread}/messages", {"content": "It is ready."})
        return thread

    def closed_conversation(self):
        """One that can't be opened again, because there is another with the customer."""
        thread = self.conversation()
        customer = self.ask("GET", f"/conversations/{thread}")["customer"]["id"]
        self.ask("PATCH", f"/conversations/{thread}", {"status": "closed"})
        self._make("/conversations", {"customer_id": customer})
        return thread

    def failed_message(self):
        """A conversation, and a text in it that could not be delivered; the customer has a better number since."""
        thread = self.conversation(UNREACHABLE)
        self.settled(thread)
        [message] = self.ask("GET", f"/conversations/{thread}/messages")["items"]
        customer = self.ask("GET", f"/conversations/{thread}")["customer"]["id"]
        self.ask("PATCH", f"/customers/{customer}", {"phone": self.phone()})
        return thread, message["id"]

    def settled(self, thread):
        """Waits until no text of a conversation is under way."""
        deadline = time.monotonic() + PATIENCE
        while any(it["status"] in ("pending", "sent") for it in self.list(f"/conversations/{thread}/messages")):
            if time.monotonic() > deadline:
                raise RuntimeError("a text is neither delivered nor failed")
            time.sleep(0.02)

    def list(self, path):
        """All rows of a list."""
        rows, cursor = [], None
        while True:
            page = self.ask("GET", f"{path}?limit=200" + (f"&cursor={cursor}" if cursor else ""))
            rows += page["items"]
            cursor = page["next"]
            if not cursor:
                return rows

    def cursor(self, path):
        """Where the second page of a list begins, if it has one."""
        headers = {"Authorization": f"Bearer {self.manager['token']}"}
        answer = self._http.get(f"{self.url}{path}?limit=1", headers=headers, timeout=PATIENCE)
        return answer.json()["next"] if answer.ok else None

    def everything(self):
        """All that the manager can see of the shop, by where it is seen."""
        seen = {"/shop": self.ask("GET", "/shop")}
        for path in ("/users", "/customers", "/vehicles", "/inspections", "/conversations", "/sandbox/messages"):
            seen[path] = self.list(path)
        for inspection in seen["/inspections"]:
            path = f"/inspections/{inspection['id']}"
            seen[path] = self.ask("GET", path)
        for thread in seen["/conversations"]:
            path = f"/conversations/{thread['id']}/messages"
            seen[path] = self.list(path)
        return seen
