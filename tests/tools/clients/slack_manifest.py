"""Usage: slack_manifest.py deploy/slack/manifest.yml

What an operator pastes into Slack is YAML, has the members that Slack knows within its limits, asks for no more than it
needs, and names no route but those that a demo takes Slack's requests at. Run by tests/tools/with-demo.
"""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import yaml

URL = os.environ["FLAGWARD_URL"]
HOST = "flagward.example.com"


def text(longest):
    return lambda found: isinstance(found, str) and 0 < len(found) <= longest


def url(found):
    parts = urlsplit(found)
    return (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", HOST, "", "")


# What Slack says of its manifests, in the words of `Manifest` in npm's @slack/web-api 7.15: the members that we use, all of
# them, and what each may hold.
KNOWN = {
    "display_information": {"name": text(35), "description": text(140)},
    "features": {
        "bot_user": {
            "display_name": lambda found: text(80)(found) and set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_."),
            "always_online": False,
        },
        "slash_commands": [{
            "command": lambda found: text(32)(found) and found.startswith("/"),
            "description": text(2000),
            "usage_hint": text(1000),
            "url": url,
            "should_escape": True,
        }],
    },
    "oauth_config": {"scopes": {"bot": ["commands"]}},
    "settings": {
        "interactivity": {"is_enabled": True, "request_url": url},
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    },
}


def check(found, known, where):
    if callable(known):
        good = known(found)
    elif isinstance(known, dict):
        good = isinstance(found, dict) and found.keys() == known.keys()
        for name in known if good else ():
            check(found[name], known[name], f"{where}.{name}")
    elif isinstance(known, list):
        good = isinstance(found, list) and len(found) == len(known)
        for number in range(len(known)) if good else ():
            check(found[number], known[number], f"{where}[{number}]")
    else:
        good = (type(found), found) == (type(known), known)
    if not good:
        raise SystemExit(f"{where}: {found!r}")


def status(path):
    """What a request that nobody has signed gets."""
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, data=b"text=help")) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def main(path):
    with open(path, encoding="utf-8") as file:
        manifest = yaml.safe_load(file)
    check(manifest, KNOWN, "manifest")
    urls = [manifest["features"]["slash_commands"][0]["url"], manifest["settings"]["interactivity"]["request_url"]]
    paths = [urlsplit(one).path for one in urls]
    if len(set(paths)) != len(paths):
        raise SystemExit(f"one route is named twice: {paths}")
    # Where there is no hook it is 404.
    for path, expected in [(paths[0] + "x", 404), *((path, 401) for path in paths)]:
        if (got := status(path)) != expected:
            raise SystemExit(f"{path} answered {got}, not {expected}")


main(*sys.argv[1:])
