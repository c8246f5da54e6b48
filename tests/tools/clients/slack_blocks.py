"""Slack's official Python SDK takes our answers for messages: its own models read every block and find nothing wrong with it.

FLAGWARD_SLACK_ANSWERS names a file of all kinds of answers, which the test `slack_answers` leaves behind.
"""

import json
import os

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, RichTextBlock, RichTextSectionElement

# What Slack's documents allow; the models check the rest.
MOST_BLOCKS = 50
MOST_CHARACTERS = 3000


def stop(name, what):
    raise SystemExit(f"{name}: {what}")


def check(name, message):
    blocks = Block.parse_all(message["blocks"])
    if not 1 <= len(blocks) <= MOST_BLOCKS or len(blocks) != len(message["blocks"]):
        stop(name, f"{len(blocks)} blocks of {len(message['blocks'])} were read")
    for block, ours in zip(blocks, message["blocks"]):
        block.validate_json()
        if isinstance(block, RichTextBlock):
            for section in block.elements:
                if not isinstance(section, RichTextSectionElement) or None in section.elements:
                    stop(name, f"{section!r} is no section of texts")
                section.validate_json()
            if len(json.dumps(ours, ensure_ascii=False, separators=(",", ":"))) > MOST_CHARACTERS:
                stop(name, "a block is too long")
        elif isinstance(block, ActionsBlock):
            for button in block.elements:
                if not isinstance(button, ButtonElement):
                    stop(name, f"{button!r} is no button")
                button.validate_json()
        else:
            stop(name, f"{type(block).__name__} is not a block of ours")
        same(name, ours, block.to_dict())


def same(name, ours, theirs):
    """The models keep of a block all that we wrote."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            if key not in theirs:
                stop(name, f"{key} of {ours!r} is not known to the models")
            same(name, value, theirs[key])
    elif isinstance(ours, list):
        if len(ours) != len(theirs):
            stop(name, f"{len(ours)} elements became {len(theirs)}")
        for one, other in zip(ours, theirs):
            same(name, one, other)
    elif ours != theirs:
        stop(name, f"{ours!r} became {theirs!r}")


with open(os.environ["FLAGWARD_SLACK_ANSWERS"], encoding="utf-8") as file:
    answers = json.load(file)
for each, answer in answers.items():
    check(each, answer)
print(f"ok: {len(answers)} answers as slack_sdk's models read them", flush=True)
