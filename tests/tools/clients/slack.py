"""Slack's official Python SDK, unchanged, and a demo agree about signatures, both ways.

Run by tests/tools/with-demo. FLAGWARD_SLACK_SIGNED names a file of random bodies that Flagward has signed, which the test
`slack_signatures` leaves behind. The first thing that is not as it should be ends the run.
"""

import json
import os
import random
import time
import urllib.error
import urllib.request

from slack_sdk.signature import Clock, SignatureVerifier

URL = os.environ["FLAGWARD_URL"] + "/hooks/slack/event"
SECRET = os.environ["FLAGWARD_SLACK_SECRET"]
COUNT = 200
# What a body may hold: all kinds of characters, with those that mean something to JSON or to a form many times.
ALPHABET = [chr(code) for code in [*range(0x20, 0x17F), 0x1F600, 0x202E, 0xFFFD, 0x2028]] + list('"\\/&=%+<>') * 10


class At(Clock):
    """A clock that stands still."""

    def __init__(self, timestamp):
        self.timestamp = timestamp

    def now(self):
        return float(self.timestamp)


def expect(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}: expected {expected!r}, found {found!r}")


def random_text():
    return "".join(random.choices(ALPHABET, k=random.randint(0, 300)))


def post(body, timestamp, signature):
    """The status and the text of the answer."""
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }
    request = urllib.request.Request(URL, method="POST", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def theirs():
    """What Slack's code signs, Flagward takes."""
    signer = SignatureVerifier(SECRET)
    for number in range(COUNT):
        challenge = random_text()
        members = {"type": "url_verification", "token": random_text(), "challenge": challenge}
        body = json.dumps(members, ensure_ascii=random.random() < 0.5).encode()
        timestamp = str(int(time.time()))
        signature = signer.generate_signature(timestamp=timestamp, body=body)
        status, answer = post(body, timestamp, signature)
        expect(status, 200, f"body {number}, {body!r}")
        if challenge not in (answer, json.loads(answer).get("challenge") if answer.startswith("{") else None):
            raise SystemExit(f"body {number}, {body!r}: the answer {answer!r} is not the challenge")
        expect(post(body + b" ", timestamp, signature)[0], 401, f"body {number} and a blank")
        earlier = str(int(timestamp) - 1)
        expect(post(body, earlier, signature)[0], 401, f"body {number}, a second earlier")
    long_ago = str(int(time.time()) - 301)
    signature = signer.generate_signature(timestamp=long_ago, body=body)
    expect(post(body, long_ago, signature)[0], 401, "a body of five minutes and a second ago")


def ours():
    """What Flagward signs, Slack's code takes."""
    with open(os.environ["FLAGWARD_SLACK_SIGNED"], encoding="utf-8") as file:
        found = json.load(file)
    for each in found["signed"]:
        timestamp, body, signature = each["timestamp"], each["body"], each["signature"]
        verifier = SignatureVerifier(found["secret"], At(timestamp))
        expect(verifier.is_valid(body, timestamp, signature), True, f"our signature of {body!r}")
        expect(verifier.is_valid(body + " ", timestamp, signature), False, f"our signature of another body, {body!r}")
    return len(found["signed"])


theirs()
print(f"ok: {COUNT} bodies that slack_sdk signed", flush=True)
print(f"ok: {ours()} bodies that Flagward signed", flush=True)
