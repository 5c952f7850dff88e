"""The documentation of the data interface as a page, written from the same OpenAPI description.

Redoc and Swagger write styles into the page, which the content security policy forbids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

from parindex.access import public

Json = Mapping[str, Any]
REFERENCE = "#/components/schemas/"
WORDS = {
    "integer": "số nguyên",
    "boolean": "true/false",
    "string": "chuỗi",
    "date": "ngày, ví dụ 2025-03-28",
    "date-time": "thời điểm, ví dụ 2025-03-28T08:00:00+07:00",
    "uri": "địa chỉ",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value: words, and the shape they lead to where there is one."""

    words: str
    shape: str
    is_list: bool
    may_be_null: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an answer."""

    name: str
    kind: Kind
    description: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One part of an address."""

    name: str
    place: str
    description: str


@dataclass(frozen=True, slots=True)
class Address:
    """One address: what it answers and what it takes."""

    name: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Parameter]
    answer: Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """A named shape of an answer."""

    name: str
    description: str
    fields: Sequence[Field]


@public
def api_page(request: HttpRequest) -> HttpResponse:
    """What the data interface answers at which address."""
    schema = _schema()
    context = {"addresses": _addresses(schema), "shapes": _shapes(schema), "nav_current": "open_data"}
    return render(request, "assessments/api.html", context)


@cache
def _schema() -> Json:
    schema: Json = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def _addresses(schema: Json) -> list[Address]:
    return [
        Address(
            name=operation["operationId"],
            path=path,
            summary=operation["summary"],
            description=operation["description"],
            parameters=[
                Parameter(
                    row["name"], "trong địa chỉ" if row["in"] == "path" else "sau dấu ?", row["description"]
                )
                for row in operation.get("parameters", ())
            ],
            answer=_kind(operation["responses"]["200"]["content"]["application/json"]["schema"]),
        )
        for path, methods in schema["paths"].items()
        for operation in methods.values()
    ]


def _shapes(schema: Json) -> list[Shape]:
    return [
        Shape(
            name=name,
            description=shape.get("description", ""),
            fields=[
                Field(field, _kind(kind), kind.get("description", ""))
                for field, kind in shape.get("properties", {}).items()
            ],
        )
        for name, shape in schema["components"]["schemas"].items()
        if "properties" in shape
    ]


def _kind(schema: Json) -> Kind:
    """A type in words; lists and references are followed one step."""
    is_list = schema.get("type") == "array"
    inner = schema["items"] if is_list else schema
    reference = inner.get("$ref") or next(
        (part["$ref"] for part in inner.get("allOf", ()) if "$ref" in part), ""
    )
    words = WORDS.get(inner.get("format", ""), WORDS.get(inner.get("type", ""), ""))
    if "example" in inner:
        words = f"chuỗi thập phân, ví dụ {inner['example']}"
    return Kind(
        words=words or "chuỗi",
        shape=reference.removeprefix(REFERENCE) if not reference.endswith("Enum") else "",
        is_list=is_list,
        may_be_null=bool(schema.get("nullable")),
    )
