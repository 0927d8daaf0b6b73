"""What the services' own schemas and libraries say of a payload, where they are at hand.

    VENDOR_SCHEMAS=DIR     adaptive-card.json             microsoft/AdaptiveCards, schemas/1.5.0
                           pagerduty-events-v2.json       PagerDuty/api-schema, reference/events-v2/openapiv3.json

They are published, and no part of this repository. Their checks need jsonschema, Slack's slack_sdk, both
from PyPI. `missing()` names what is not at hand: a payload is held to our own rules alone then.
"""
import json
import os
import warnings

FOLDER = os.environ.get("VENDOR_SCHEMAS", "")


def _schema(name):
    path = os.path.join(FOLDER, name)
    return json.load(open(path)) if FOLDER and os.path.exists(path) else None


try:
    import jsonschema
    CARD, PAGERDUTY = _schema("adaptive-card.json"), _schema("pagerduty-events-v2.json")
except ImportError:
    CARD = PAGERDUTY = None
try:
    from slack_sdk.errors import SlackClientError
    from slack_sdk.models.blocks import Block
except ImportError:
    Block = None


def missing():
    """The services whose own word on their payloads is not at hand."""
    found = {"Teams": CARD, "PagerDuty": PAGERDUTY, "Slack": Block}
    return [name for name, form in found.items() if form is None]


def _check(body, schema):
    errors = [f"{error.json_path}: {error.message}" for error in schema.iter_errors(body)]
    if errors:
        raise ValueError("; ".join(errors)[:500])


def adaptive_card(card):
    if CARD:
        _check(card, jsonschema.Draft6Validator(CARD, format_checker=jsonschema.FormatChecker()))


def pagerduty_event(event):
    if PAGERDUTY:
        body = PAGERDUTY["paths"]["/enqueue"]["post"]["requestBody"]["content"]["application/json"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check(event, jsonschema.Draft202012Validator(body["schema"] | {"components": PAGERDUTY["components"]}))


def slack(blocks):
    for block in blocks if Block else []:
        try:
            Block.parse(block).validate_json()
        except SlackClientError as error:
            raise ValueError(str(error)) from error
