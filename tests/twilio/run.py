"""Lets Twilio's own library sign webhooks, and sees that the program believes those and no others.

    PYTHONPATH=tests/outside python run.py target/debug/courtesy
"""

import os
import sys

import requests
from twilio.request_validator import RequestValidator

from program import Program
from shop import Shop

ACCOUNT, TOKEN, OTHER_TOKEN = "AC0123456789abcdef0123456789abcdef", "5ba2d9f0a1", "91e7c3b2d4"
PUBLIC = "https://inspect.example"
LINE, PHONE = "+14155550199", "+14155550142"
TEXTS = ("Is it done?", "", "Übergröße 🚗 + & = % \n ~!*'()", "STOP", "a" * 1600)


def main():
    os.environ |= {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    settings = {
        "COURTESY_SMS": "twilio", "COURTESY_PUBLIC_URL": PUBLIC, "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_AUTH_TOKEN_2": OTHER_TOKEN, "TWILIO_API_URL": "http://127.0.0.1:1",
    }
    with Program(sys.argv[1], **settings) as program:
        shop = Shop(program.url, "Ours", "415")
        shop.ask("PATCH", "/shop", {"sms_number": LINE})
        faults = [fault for fault in map(lambda case: tried(program, *case), cases()) if fault]
        heard = [text["content"] for text in texts(shop)]
        faults += [f"not taken in: {said!r}" for said in TEXTS if said not in heard]
        faults += [] if len(heard) == 2 * len(TEXTS) else [f"{len(heard)} texts were taken in"]
        code = program.stop()
        faults += [f"the program ended with exit code {code}"] if code else []
        faults += [f"the program complained: {line}" for line in program.complaints()]
    print(f"{len(list(cases()))} webhooks, {len(faults)} faults")
    sys.exit("\n".join(faults) if faults else 0)


def cases():
    """The token and address that sign, the form, and how it is answered."""
    for number, said in enumerate(TEXTS):
        for place, token in enumerate((TOKEN, OTHER_TOKEN)):
            address = PUBLIC + (":443" if number % 2 else "")
            yield token, address, form(f"SM{number}{place}", said), {}, 200
    forged = form("SMforged", "Hello")
    yield "another", PUBLIC, forged, {}, 403
    yield TOKEN, "https://evil.example", forged, {}, 403
    yield TOKEN, PUBLIC, forged, {"Body": "Something else"}, 403
    yield TOKEN, PUBLIC, forged, {"OptOutType": "STOP"}, 403


def form(its_id, said):
    return {
        "MessageSid": its_id, "AccountSid": ACCOUNT, "From": PHONE, "To": LINE, "Body": said, "NumMedia": "0",
        "SmsStatus": "received", "FromCountry": "US", "ApiVersion": "2010-04-01",
    }


def tried(program, token, address, signed, changes, wanted):
    path = "/webhooks/twilio/sms"
    signature = RequestValidator(token).compute_signature(address + path, signed)
    headers = {"X-Twilio-Signature": signature}
    answer = requests.post(program.url + path, data=signed | changes, headers=headers, timeout=30)
    return None if answer.status_code == wanted else f"{signed['MessageSid']}: {answer.status_code}, not {wanted}"


def texts(shop):
    talk, = shop.ask("GET", "/conversations")["items"]
    return shop.ask("GET", f"/conversations/{talk['id']}/messages?limit=200")["items"]


main()
