"""Usage: reached.py DOCUMENT REPORT…

Fails unless schemathesis (REPORT: its events, a line each) got a 2xx from every operation of the OpenAPI DOCUMENT.
A run in which all calls are refused proves little.
"""

import json
import sys
from collections import Counter

METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")


def operations(document):
    with open(document, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS if method in item}


def answers(reports):
    """The answers' statuses, by operation. Calls by a method that the operation does not have are left out."""
    found = {}
    events = []
    for report in reports:
        with open(report, encoding="utf-8") as file:
            events += [json.loads(line) for line in file if line.strip()]
    for scenario in (event["ScenarioFinished"] for event in events if "ScenarioFinished" in event):
        operation = scenario["recorder"]["label"]
        for call in scenario["recorder"].get("interactions", {}).values():
            if call.get("response") and call["request"]["method"] == operation.split()[0]:
                found.setdefault(operation, Counter())[call["response"]["status_code"]] += 1
    return found


def main(document, *reports):
    found = answers(reports)
    missed = 0
    for operation in sorted(operations(document)):
        statuses = found.get(operation, Counter())
        reached = any(200 <= status < 300 for status in statuses)
        missed += not reached
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
        print(f"{'reached' if reached else 'NOT REACHED':12} {operation}: {counts or 'no answer'}")
    if missed:
        sys.exit(f"{missed} operations never answered with a 2xx")


main(*sys.argv[1:])
