"""What Schemathesis is told about courtesy: whose ids to use, what a schema can't say, and what no answer may give away."""

import atexit
import collections
import json
import os
import re

import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

from shop import Shop
from stock import UPLOADS, Stock, operation_id

with open(os.environ["COURTESY_SCENE"], encoding="utf-8") as file:
    scene = json.load(file)
stock = Stock(Shop(**scene["ours"]), scene["neighbours"], scene["account"], scene["seed"])
neighbours = {row for rows in scene["neighbours"].values() for row in rows}
answered = collections.Counter()
# The secret's last letter can't be just any: it would not be well-formed.
forged = os.environ["COURTESY_TOKEN"][:-10] + "forged" + os.environ["COURTESY_TOKEN"][-4:]
tried_forged = set()

# Of the countries in the schema these stand for all, where each would be tried in turn and differ in nothing else.
COUNTRIES = ("AC", "DE", "US", None)

# What the program refuses although the schema allows it, because it needs more than the schema to know it.
BEYOND_THE_SCHEMA = re.compile("|".join((
    # what is there
    r"is not a \w+ of this shop",
    r"does not work in this shop",
    r"is not right",
    r"is nothing that needs attention on this report",
    # the plans of the world's phone numbers, its time zones, the calendar
    r"must be a phone number with area code, or with \+ and country code",
    r"must be a time zone such as America/Chicago",
    r"must be from 1900 to two years from now",
    # one member by another, or by the text around it
    r"goes with a text only, not with a link that is handed over",
    r"is not taken of this component",
    r"must be from .* to .* in steps of .*",
    r"excludes a severity and a measurement",
    r"excludes whatever else can be said of a component",
    r"is needed, or a measurement or not_applicable",
    r"stands twice in the list",
    r"must be at most 1600 characters with .*",
    # 5.0 is whole to JSON Schema
    r"must be a whole number",
)))


@schemathesis.hook
def filter_case(context, case):
    """Leaves out most of the countries where all of them would be tried."""
    if case.meta is None or case.meta.phase.name != TestPhase.COVERAGE or not is_sound(case, ParameterLocation.BODY):
        return True
    return all(country in COUNTRIES for country in values(case.body, "country"))


def values(part, name):
    """Whatever is called this, anywhere in a body."""
    if isinstance(part, list):
        return [value for each in part for value in values(each, name)]
    if not isinstance(part, dict):
        return []
    below = [value for each in part.values() for value in values(each, name)]
    return below + [part[name]] if name in part else below


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets what is sound reach deep; what is unsound on purpose stays as it is."""
    if case.path_parameters and is_sound(case, ParameterLocation.PATH):
        stock.address(case)
    if isinstance(case.body, (dict, list)) and is_sound(case, ParameterLocation.BODY):
        stock.body(case)
    if operation_id(case) in UPLOADS and (case.meta is None or case.meta.generation.mode.is_positive):
        stock.upload(case)
    if case.query and is_sound(case, ParameterLocation.QUERY):
        stock.query(case)


def is_sound(case, location):
    return case.meta is None or not case.meta.is_negative_at(location)


@schemathesis.hook
def after_call(context, case, response):
    """Counts the answers of the operation itself, not of other methods at its address."""
    if case.method == case.operation.method.upper():
        answered[case.operation.label, response.status_code, kind_of(response)] += 1
        stock.used(case, response)


def kind_of(response):
    """The type of the problem that is told, if one is."""
    return json.loads(response.content)["type"] if "problem+json" in str(response.headers.get("content-type")) else None


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Accepts a refusal that no schema could have announced, and a picture, which Schemathesis always takes for wrong."""
    if isinstance(failure, AcceptedNegativeData) and operation_id(case) in UPLOADS:
        return not all(is_sound(case, place) for place in (ParameterLocation.PATH, ParameterLocation.QUERY))
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 422:
        return True
    details = [error["detail"] for error in json.loads(response.content).get("errors", [])]
    return not details or not all(map(BEYOND_THE_SCHEMA.fullmatch, details))


@schemathesis.check
def the_neighbour_stays_unknown(ctx, response, case):
    """An id of the neighbour's is an id that nobody has, and none is told to whoever did not name it."""
    url, sent = response.request.url, text(response.request.body)
    named = ids(f"{url} {sent}") & neighbours
    told = (ids(text(response.content)) & neighbours) - named
    assert not told, f"the answer tells of the neighbour's {told}"
    addressed = ids(url.partition("?")[0]) & neighbours
    if operation_id(case) in UPLOADS:
        # This one is picked by whoever sends a picture.
        addressed.discard(case.path_parameters[UPLOADS[operation_id(case)]])
    if addressed:
        assert response.status_code in (401, 403, 404, 405), f"{response.status_code} for the neighbour's {named}"
    if named and case.method != "GET":
        assert response.status_code >= 400, f"{response.status_code} for the neighbour's {named}"


@schemathesis.check
def a_forged_token_lets_nobody_in(ctx, response, case):
    """The built-in check invents tokens, which are not even well-formed; this one has only a wrong secret."""
    label = case.operation.label
    if response.status_code >= 300 or label in tried_forged or not case.operation.definition.raw["security"]:
        return
    tried_forged.add(label)
    request = response.request.copy()
    request.headers["Authorization"] = f"Bearer {forged}"
    with requests.Session() as session:
        answer = session.send(request, timeout=30)
    assert answer.status_code == 401, f"{answer.status_code} with a forged token"


def ids(words):
    return set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", words))


def text(content):
    return content.decode(errors="replace") if isinstance(content, bytes) else content or ""


@atexit.register
def write_down():
    """Leaves to the driver what was answered."""
    with open(os.environ["COURTESY_ANSWERED"], "w", encoding="utf-8") as out:
        json.dump([[*answer, count] for answer, count in answered.items()], out)
