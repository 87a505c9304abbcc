"""What requests are given instead of invented ids: mostly what fits in the own shop, sometimes what is the neighbour's."""

import collections
import copy
import itertools
import random
import uuid

from schemathesis.generation.meta import TestPhase

from shop import CLOGGED, HINDRANCES, PASSWORD, STATES, WORN, picture

# How often an id is the neighbour's, one that nobody has, or an inspection of any state; else it is one that fits.
NEIGHBOURS, NOBODYS, ANY_STATE = 0.12, 0.08, 0.10
# Of so many addresses of an operation one is the neighbour's without leaving it to chance.
TURNS = 8
# How often a word means something, where invented ones only rarely do.
MEANT = 0.7
# How far an inspection has to be for what is asked of it.
FITTING = {
    "assignInspection": "assigned",
    "startInspection": "assigned",
    "changeInspection": "in_progress",
    "rateComponents": "in_progress",
    "completeInspection": "rated",
    "sendReport": "completed",
    "reopenInspection": "completed",
    "revokeLinks": "sent",
}
# What sends a picture, and which part of its address whoever sends it picks.
UPLOADS = {"addPhoto": "photo_id", "textPicture": "id"}
# Where a finding is that is to be cleared; the last two can't be.
FOUND = ("in_progress", "in_progress", "in_progress", "completed", "anothers")
# What is created by an operation, and what stands behind a member of a body or a parameter of a query.
CREATED = {
    "addCustomer": "customers",
    "addVehicle": "vehicles",
    "addUser": "users",
    "addInspection": "inspections",
    "sendMessage": "messages",
    "sendReport": "messages",
}
NAMED = {"vehicle_id": "vehicles", "customer_id": "customers", "user_id": "users", "assigned_to": "users"}
PHONES = ("phone", "from", "sms_number")
ZONES = ("America/Chicago", "Europe/Berlin", "UTC")
TEXTS = ("STOP", "start", "Thanks, do it", "help")


class Stock:
    """Rows of a shop by what they are, made when there are none left."""

    def __init__(self, shop, neighbours, account, seed):
        self._shop, self._neighbours, self._account = shop, neighbours, account
        self._password = PASSWORD
        # Whoever asks must not be dismissed, nor get another role or password.
        self._askers = {shop.manager["id"], shop.mechanic["id"], account["id"]}
        self._random = random.Random(seed)
        self._ours = {}
        self._turns = collections.Counter()
        catalogue = shop.ask("GET", "/catalogue")["categories"]
        self._components = {
            (category["key"], it["key"]): it.get("measurement") for category in catalogue for it in category["components"]
        }
        self._answered = [(it["category"], it["component"]) for it in (WORN, CLOGGED)]

    def address(self, case):
        """Puts ids into the address of a request; one that follows from another request keeps its own."""
        parts = case.operation.path.split("/")
        # What stands directly behind another such part is no id, but the size of a photo.
        kinds = {
            part[1:-1]: before for before, part in itertools.pairwise(parts) if part[:1] == "{" and before[:1] != "{"
        }
        follows = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
        turn = self._turns[operation_id(case)] % TURNS
        self._turns[operation_id(case)] += 1
        fitting = self._fitting(operation_id(case), list(kinds.values()))
        for (name, kind), fit in zip(kinds.items(), fitting, strict=True):
            given = case.path_parameters[name]
            if follows and given not in self._askers:
                continue
            is_turn = turn == 1 and kind in self._neighbours
            case.path_parameters[name] = self._neighbour(kind) if is_turn else self._id(kind, fit, given)

    def query(self, case):
        """Puts ids, numbers and cursors that mean something into the query of a request."""
        query = case.query
        if "cursor" in query:
            cursor = self._shop.cursor(case.formatted_path)
            query.pop("cursor") if cursor is None else query.update(cursor=cursor)
        if "vehicle_id" in query:
            query["vehicle_id"] = self._id("vehicles", self._any("vehicles"), query["vehicle_id"])
        for name in query.keys() & {"phone", "from"}:
            query[name] = self._either(self._shop.phone(), query[name])
        if isinstance(query.get("assigned_to"), list):
            query["assigned_to"] = [
                it if it in ("me", "none") else self._id("users", self._any("users"), it) for it in query["assigned_to"]
            ]

    def upload(self, case):
        """Mostly sends a picture, not what only is called one, and says what it is of: a component, or the car."""
        case.body = self._either(picture(), case.body)
        if operation_id(case) == "addPhoto" and self._random.random() < MEANT:
            category, component = self._random.choice(list(self._components))
            case.query = self._random.choice(({"category": category, "component": component}, {"kind": "damage"}))

    def body(self, case):
        """Puts ids and words that mean something into the body of a request."""
        body = copy.deepcopy(case.body)
        self._put(body, operation_id(case))
        case.body = body

    def used(self, case, answer):
        """Forgets what is gone, and what is perhaps no longer in the state that it was made for."""
        if answer.status_code in (404, 409, 410) or case.method in ("DELETE", "POST") and answer.status_code < 300:
            named = set(case.path_parameters.values())
            for rows in self._ours.values():
                rows[:] = [row for row in rows if not named.intersection(row if isinstance(row, tuple) else [row])]
        if operation_id(case) == "changePassword" and answer.status_code == 204:
            self._password = case.body["new"]

    def _put(self, part, operation):
        if isinstance(part, list):
            for each in part:
                self._put(each, operation)
        elif isinstance(part, dict):
            for name in [name for name, value in part.items() if value is not None]:
                part[name] = self._word(operation, name, part[name])
                self._put(part[name], operation)
            if {"category", "component"} <= part.keys():
                self._name_component(part)

    def _name_component(self, part):
        """Names something that can be rated or answered, and mostly measures it as it is measured."""
        known = self._answered if "answer" in part else list(self._components)
        part["category"], part["component"] = component = self._random.choice(known)
        if part.get("measurement") is not None and self._random.random() < MEANT:
            scale = self._components[component]
            steps = round((scale["max"] - scale["min"]) / scale["step"]) if scale else 0
            part["measurement"] = scale and scale["min"] + scale["step"] * self._random.randint(0, steps)

    def _word(self, operation, name, invented):
        """The value of a member of a body."""
        if name in NAMED:
            return self._id(NAMED[name], self._any(NAMED[name]), invented)
        if name == "id":
            return self._new_id(CREATED.get(operation), invented)
        if name == "sms_number" and self._random.random() > MEANT:
            return self._neighbour(name)
        if name in PHONES:
            return self._either(self._shop.phone(), invented)
        if name == "timezone":
            return self._either(self._random.choice(ZONES), invented)
        if name == "email" and operation != "logIn":
            return self._either(f"{uuid.UUID(int=self._random.getrandbits(128))}@fuzz.example", invented)
        if operation == "textShop" and name == "content":
            return self._either(invented, self._random.choice(TEXTS))
        if operation == "changePassword" and name == "current":
            return self._either(self._password, invented)
        if operation == "logIn":
            return self._either(self._account["email"] if name == "email" else PASSWORD, invented)
        return invented

    def _either(self, meant, invented):
        return meant if self._random.random() < MEANT else invented

    def _new_id(self, kind, invented):
        """Mostly a new one; sometimes one that is taken, by a row of ours or of the neighbour's."""
        new = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        if kind is None:
            return self._either(new, invented)
        return self._random.choices((new, invented, self._any(kind), self._neighbour(kind)), (70, 10, 10, 10))[0]

    def _id(self, kind, fitting, invented):
        invented = fitting if invented in self._askers else invented
        any_state = self._any(self._random.choice((*STATES, "anothers"))) if kind == "inspections" else fitting
        shares = (1 - NEIGHBOURS - NOBODYS - ANY_STATE, NEIGHBOURS, NOBODYS, ANY_STATE)
        return self._random.choices((fitting, self._neighbour(kind), invented, any_state), shares)[0]

    def _neighbour(self, kind):
        return self._random.choice(self._neighbours.get(kind) or [str(uuid.UUID(int=1))])

    def _fitting(self, operation, kinds):
        """An id for each part of an address; where there are two, they belong together."""
        if operation == "addPhoto":
            return [self._row("in_progress"), self._new_id("photos", self._any("photos"))]
        if operation == "textPicture":
            return [self._new_id("pictures", self._any("pictures"))]
        if kinds == ["r", "photos"]:
            return self._row("photos_on_reports")
        if len(kinds) == 2:
            return self._row(kinds[1])
        if kinds == ["inspections"]:
            return [self._row(FITTING.get(operation, "in_progress"))]
        return [self._any(kind) for kind in kinds]

    def _any(self, kind):
        """The id of some row of the kind."""
        row = self._row("in_progress" if kind == "inspections" else kind)
        return row[-1] if isinstance(row, tuple) else row

    def _row(self, kind):
        rows = self._ours.setdefault(kind, [])
        if not rows:
            rows.append(self._make(kind))
        return self._random.choice(rows)

    def _make(self, kind):
        """Mostly something that all is well with; it goes when it has been refused."""
        if kind in STATES:
            made = self._shop.inspection(kind)
            return self._perhaps_hindered("inspections", made) if kind == "completed" else made
        makers = {
            "users": self._shop.user,
            "customers": self._shop.customer,
            "vehicles": self._shop.vehicle,
            "anothers": self._shop.anothers_inspection,
            "items": lambda: self._shop.item(self._row(self._random.choice(FOUND))),
            "photos": lambda: self._shop.photo(is_completed=self._random.random() > MEANT),
            "photos_on_reports": self._shop.photo_on_report,
            "pictures": self._shop.texted_picture,
            "conversations": self._conversation,
            "messages": lambda: self._perhaps_hindered("conversations", *self._shop.failed_message()),
            "r": lambda: self._shop.link(self._random.choice((None, None, "reopen", "revoke"))),
        }
        return makers[kind]()

    def _conversation(self):
        if self._random.random() > MEANT:
            return self._shop.closed_conversation()
        return self._perhaps_hindered("conversations", self._shop.conversation())

    def _perhaps_hindered(self, kind, made, *more):
        if self._random.random() > MEANT:
            self._shop.hinder(f"/{kind}/{made}", self._random.choice(HINDRANCES))
        return (made, *more) if more else made


def operation_id(case):
    """The name that the document gives to the operation of a request."""
    return case.operation.definition.raw["operationId"]
