"""Answers that are no analysis, as problem+json (RFC 9457): what was found, what was expected, what to do, never a word of a
session."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
_SHOWN = 5
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
_EXPECTED = {
    "string_type": "text",
    "string_unicode": "text without halves of characters",
    "string_too_long": "a shorter text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
    "both": "turns or text, one of the two",
    "neither": "turns or text",
}
_ALTERNATIVES = {"str", "int", "float", "constrained-str"}
"""Names that pydantic adds to a place where a value may be one of several kinds."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer with `status` that says `detail`."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(json.dumps(body, ensure_ascii=False), status, headers, MEDIA_TYPE)


def told(errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a request, from pydantic's `errors`: places and kinds, never values."""
    places: dict[str, tuple[list[str], str]] = {}
    for error in errors:
        place = ".".join(str(part) for part in error["loc"][1:] if part not in _ALTERNATIVES) or "the request"
        expected, found = _expected(error), _found(error)
        known = places.setdefault(place, ([], found))[0]
        if expected not in known:
            known.append(expected)
    said = [f"{place}: expected {' or '.join(expected)}, found {found}" for place, (expected, found) in places.items()]
    more = f"; and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return f"{'; '.join(said[:_SHOWN])}{more}. What a request looks like is described in /openapi.json."


def _expected(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "a JSON object" if len(error["loc"]) == 1 else "this field"
    return _EXPECTED.get(error["type"], "another value")


def _found(error: Mapping[str, Any]) -> str:
    value = error["input"]
    if error["type"] == "both":
        return "both"
    return "nothing" if value is None or error["type"] in ("missing", "neither") else _KINDS.get(type(value), "something else")
