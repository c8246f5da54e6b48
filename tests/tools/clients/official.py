"""LaunchDarkly's official Python client, unchanged, does all five operations through the drop-in of a demo.

Run by tests/tools/with-demo. The first thing that is not as it should be ends the run.
"""

import json
import os
import urllib.request
from urllib.parse import quote

import launchdarkly_api as ld
from launchdarkly_api.exceptions import ApiException

URL = os.environ["FLAGWARD_URL"]
READER = os.environ["FLAGWARD_READER_TOKEN"]
WRITER = os.environ["FLAGWARD_WRITER_TOKEN"]
PROJECT, ENVIRONMENT, FLAG = "shop", "test", "sort.order"
USERS = ["anna@example.com", "test@test.com", "a/b", "auth0|x y", "ü", "a+b", "50%", "a?b#c"]
CONTENT_TYPES = ["application/json", "application/json; domain-model=launchdarkly.semanticpatch"]
# Unix milliseconds, years from now.
EARLIER, LATER = 4_000_000_000_000, 4_100_000_000_000


def client(token):
    configuration = ld.Configuration(host=URL)
    configuration.api_key["ApiKey"] = token
    return ld.UserSettingsApi(ld.ApiClient(configuration))


reader, writer = client(READER), client(WRITER)


def same(found, expected, what):
    """Values and types alike: 1 is not True here."""
    if (type(found), found) != (type(expected), expected):
        raise SystemExit(f"{what}: expected {expected!r}, found {found!r}")


def refused(call, status, code, what):
    try:
        call()
    except ApiException as refusal:
        same(refusal.status, status, f"{what}, status")
        body = json.loads(refusal.body)
        same(body.get("code"), code, f"{what}, code in {body}")
        if not body.get("message"):
            raise SystemExit(f"{what}: no message in {body}") from refusal
        return
    raise SystemExit(f"{what}: was not refused")


def put(user, flag, **body):
    same(writer.put_flag_setting(PROJECT, ENVIRONMENT, user, flag, ld.ValuePut(**body)), None, "the answer to a PUT")


def setting(user, flag):
    return writer.get_user_flag_setting(PROJECT, ENVIRONMENT, user, flag)


def expirations(user):
    return reader.get_expiring_flags_for_user(PROJECT, user, ENVIRONMENT).items


def variation_id(user):
    """LaunchDarkly's PATCH wants the id of a variation; an expiration made by `/v1` tells it."""
    path = f"/v1/projects/{PROJECT}/environments/{ENVIRONMENT}/users/{quote(user, safe='')}/flags/{FLAG}"
    request = urllib.request.Request(
        URL + path,
        method="PUT",
        data=json.dumps({"setting": "price", "expires_in": "2h"}).encode(),
        headers={"Authorization": f"Bearer {WRITER}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        same(answer.status, 200, "PUT with expires_in")
    (item,) = expirations(user)
    same(item.resource_id.flag_key, FLAG, "flag of the expiration")
    return item.variation_id


def patch(user, content_type, kind, variation, **members):
    instruction = ld.InstructionUserRequest(kind=kind, flag_key=FLAG, variation_id=variation, **members)
    request = ld.PatchUsersRequest(instructions=[instruction], comment="by the official client")
    return writer.patch_expiring_flags_for_user(PROJECT, user, ENVIRONMENT, request, _content_type=content_type)


def applied(answer, count, what):
    same(answer.total_instructions, 1, f"{what}, instructions in all")
    same(answer.successful_instructions, count, f"{what}, instructions that succeeded")
    same(answer.failed_instructions, 1 - count, f"{what}, instructions that failed")
    same(len(answer.errors or []), 1 - count, f"{what}, errors")


def settings_of(user):
    """List, read, set and clear."""
    put(user, FLAG, setting=None)
    listed = reader.get_user_flag_settings(PROJECT, ENVIRONMENT, user)
    if not {FLAG, "checkout.limit", "theme.config"} <= listed.items.keys():
        raise SystemExit(f"list for {user}: flags are missing in {sorted(listed.items)}")
    same(listed.items[FLAG].setting, None, f"setting in the list for {user}")
    put(user, FLAG, setting="newest", comment="by the official client")
    one = setting(user, FLAG)
    same((one.value, one.setting), ("newest", "newest"), f"value and setting for {user}")
    same(one.reason.kind, "TARGET_MATCH", f"reason for {user}")
    put(user, FLAG)
    same(setting(user, FLAG).setting, None, f"setting for {user} after an empty PUT")


def kinds_of_values(user):
    """Every kind of value comes back as it was sent."""
    values = {
        "checkout.new-flow": [True, False],
        "checkout.limit": [1, 2.0, 12345678901234567890],
        "banner.text": ["", 'Grüße, "friend"'],
        "theme.config": [{"name": "light", "contrast": 1.0, "accents": ["#08f", None]}],
    }
    for flag, variations in values.items():
        for value in variations:
            put(user, flag, setting=value)
            same(setting(user, flag).setting, value, f"setting of {flag}")
        put(user, flag, setting=None)
        same(setting(user, flag).setting, None, f"setting of {flag} after it was cleared")


def expirations_of(user, content_type):
    """Update, a lost race, remove, add."""
    variation = variation_id(user)
    applied(patch(user, content_type, "updateExpireUserTargetDate", variation, value=EARLIER, version=1), 1, "update")
    (item,) = expirations(user)
    same((item.expiration_date, item.version, item.user_key), (EARLIER, 2, user), "expiration after the update")
    applied(patch(user, content_type, "updateExpireUserTargetDate", variation, value=LATER, version=1), 0, "stale update")
    applied(patch(user, content_type, "removeExpireUserTargetDate", variation), 1, "removal")
    same(expirations(user), [], "expirations after the removal")
    same(setting(user, FLAG).setting, "price", "setting after the removal")
    answer = patch(user, content_type, "addExpireUserTargetDate", variation, value=LATER)
    applied(answer, 1, "addition")
    same([item.expiration_date for item in answer.items], [LATER], "expirations in the answer")
    put(user, FLAG, setting=None)


def refusals():
    user = USERS[0]
    for name, token in [("no token", "nonsense"), ("a LaunchDarkly key", "api-00000000-0000-4000-8000-000000000000")]:
        stranger = client(token)
        refused(lambda: stranger.get_user_flag_settings(PROJECT, ENVIRONMENT, user), 401, "unauthorized", name)
    get, value = reader.get_user_flag_setting, ld.ValuePut(setting="price")
    refused(lambda: get("bank", "production", user, FLAG), 403, "forbidden", "another team's project")
    refused(lambda: get("nowhere", ENVIRONMENT, user, FLAG), 403, "forbidden", "a project that is not there")
    refused(lambda: reader.put_flag_setting(PROJECT, ENVIRONMENT, user, FLAG, value), 403, "forbidden", "a reader's PUT")
    refused(lambda: get(PROJECT, ENVIRONMENT, user, "no.such.flag"), 404, "not_found", "an unknown flag")
    refused(lambda: get(PROJECT, "no-such-environment", user, FLAG), 400, "invalid_request", "an unknown environment")
    refused(lambda: put(user, FLAG, setting="cheapest"), 400, "invalid_request", "a value that is no variation")
    refused(lambda: put(user, "checkout.new-flow", setting="true"), 400, "invalid_request", "text for a boolean")
    same(setting(user, FLAG).setting, None, "setting after what was refused")


for each in USERS:
    settings_of(each)
    for kind_of_body in CONTENT_TYPES:
        expirations_of(each, kind_of_body)
    print(f"ok: settings and expirations of {each}", flush=True)
kinds_of_values(USERS[0])
print("ok: every kind of value", flush=True)
refusals()
print("ok: what is refused", flush=True)
