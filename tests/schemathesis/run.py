"""Asks every operation of the published contract for whatever Schemathesis can think of, as both roles of a shop.

It starts the program with a database of its own and two shops, and fails where an answer is not as published, an
operation never succeeded, the neighbour's shop was told of or touched, or the program complained or did not end well.

    PYTHONPATH=tests/outside python run.py target/debug/courtesy --seed 7 --examples 500 --operation sendReport
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import requests

from program import Program
from shop import STATES, Shop

HERE = pathlib.Path(__file__).parent
# What ends the session that it is asked in, so that each is asked by somebody who does nothing else.
LEAVING = ("changePassword", "logOut")
# A stream that is silent where nothing happens, and each request would wait for its end.
ENDLESS = "listen"
# Schemathesis leaves out the document itself, which it has read before it asks for anything.
LEFT_OUT = {"GET /api/openapi.json", "GET /api/v1/events"}


def main():
    options = read_options()
    # Nothing here is for a proxy that the machine may have.
    os.environ |= {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    print(f"Seed {options.seed}, {options.examples} examples for each operation and role", flush=True)
    start = time.monotonic()
    with Program(options.program) as program, tempfile.TemporaryDirectory() as folder:
        ours, theirs = Shop(program.url, "Ours", "415"), Shop(program.url, "Theirs", "212")
        hunt = Hunt(options, pathlib.Path(folder), ours, furnish(theirs))
        before = theirs.everything()
        faults = hunt.all()
        faults += [f"the neighbour's {path} is not as it was" for path in changed(before, theirs.everything())]
        code = program.stop()
        faults += [f"the program ended with exit code {code}"] if code else []
        faults += [f"the program complained: {line}" for line in program.complaints()]
    print("\nPublished, but not met this time:", *hunt.not_met(), sep="\n    ")
    print(f"\n{hunt.requests()} requests in {time.monotonic() - start:.0f} s")
    sys.exit("\n".join(faults) if faults else 0)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the binary")
    parser.add_argument("--seed", type=int, default=1, help="what is invented follows from it (default 1)")
    parser.add_argument("--examples", type=int, default=20, help="for each operation and role (default 20)")
    parser.add_argument("--operation", help="only this one, by its operationId")
    return parser.parse_args()


def furnish(shop):
    """Puts something of every kind into a shop, and tells what there is then."""
    number = shop.ask("PATCH", "/shop", {"sms_number": shop.phone()})["sms_number"]
    inspections = [shop.inspection(state) for state in STATES]
    rated, item = shop.item(shop.inspection("in_progress"))
    pictured, photo = shop.photo()
    threads = [shop.conversation(), shop.failed_message()[0]]
    for thread in threads:
        shop.settled(thread)
    seen = shop.everything()
    return {
        "users": [it["id"] for it in seen["/users"]],
        "customers": [it["id"] for it in seen["/customers"]],
        "vehicles": [it["id"] for it in seen["/vehicles"]],
        "inspections": [*inspections, rated, pictured],
        "items": [item],
        "photos": [photo],
        "pictures": [shop.texted_picture()],
        "sms_number": [number],
        "conversations": threads,
        "messages": [it["id"] for thread in threads for it in seen[f"/conversations/{thread}/messages"]],
    }


def changed(before, after):
    """Where two looks at a shop differ."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


class Hunt:
    """All runs of Schemathesis, and what was answered in them."""

    def __init__(self, options, folder, ours, neighbours):
        self._options, self._folder, self._ours = options, folder, ours
        self._scene = {
            "ours": {"url": ours.url, "name": ours.name, "area": ours.area, "known": ours.known()},
            "neighbours": neighbours,
            "seed": options.seed,
        }
        self._document = requests.get(f"{ours.url}/api/openapi.json", timeout=30).json()
        self._answers = []

    def all(self):
        """Asks as everybody; what is wrong."""
        if self._options.operation:
            who = self._ours.person("mechanic") if self._options.operation in LEAVING else self._ours.manager
            return self._run(who, "--include-operation-id", self._options.operation)
        others = [word for name in (*LEAVING, ENDLESS) for word in ("--exclude-operation-id", name)]
        faults = self._run(self._ours.manager, *others) + self._run(self._ours.mechanic, *others)
        for name in LEAVING:
            faults += self._run(self._ours.person("mechanic"), "--include-operation-id", name)
        return faults + self._never_succeeded()

    def requests(self):
        return sum(count for *_, count in self._answers)

    def not_met(self):
        """The published refusals that nothing led to, and the kinds of conflict."""
        met = {(operation, status) for operation, status, _, _ in self._answers}
        met |= {(operation, kind) for operation, _, kind, _ in self._answers}
        for operation, described in self._operations():
            asked = any(operation == known for known, _ in met)
            missing = [it for it in refusals(described) if asked and (operation, it) not in met]
            if missing:
                yield f"{operation}: {', '.join(map(str, missing))}"

    def _run(self, who, *choice):
        scene, answered = self._folder / "scene.json", self._folder / "answered.json"
        scene.write_text(json.dumps(self._scene | {"account": who}))
        environment = os.environ | {
            "COURTESY_TOKEN": who["token"],
            "COURTESY_SCENE": str(scene),
            "COURTESY_ANSWERED": str(answered),
            "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent / "outside"))),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", f"{self._ours.url}/api/openapi.json",
            "--seed", str(self._options.seed), "--max-examples", str(self._options.examples), *choice,
        ]
        print(f"\nAs {who['role']}:", flush=True)
        ended = subprocess.run(command, cwd=HERE, env=environment, check=False)
        self._answers += json.loads(answered.read_text())
        return [f"as {who['role']}: Schemathesis ended with {ended.returncode}, see above"] if ended.returncode else []

    def _never_succeeded(self):
        succeeded = LEFT_OUT | {operation for operation, status, *_ in self._answers if 200 <= status < 300}
        return [f"never succeeded: {operation}" for operation, _ in self._operations() if operation not in succeeded]

    def _operations(self):
        for path, item in self._document["paths"].items():
            for method, described in item.items():
                yield f"{method.upper()} {path}", described


def refusals(described):
    """What the document says may be wrong with a request; too much of anything and a database that is down are left out."""
    for status, response in described["responses"].items():
        if status == "409":
            yield from response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["type"]["enum"]
        elif status.startswith("4") and status not in ("413", "429"):
            yield int(status)


if __name__ == "__main__":
    main()
