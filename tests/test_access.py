"""Closed by default: every address states who may open it, and an unstated one does not open."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.resolvers import ResolverMatch

from parindex.access import stated_rule
from parindex.urls import urlpatterns as own_patterns


def patterns(
    resolver: URLResolver, namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any, ResolverMatch]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner)
        else:
            assert isinstance(entry, URLPattern)
            match = ResolverMatch(entry.callback, (), {}, entry.name, namespaces=list(namespaces))
            yield str(entry.pattern), entry.callback, match


def test_every_address_states_who_may_open_it() -> None:
    found = list(patterns(get_resolver()))

    unstated = [pattern for pattern, view, match in found if stated_rule(view, match) is None]

    assert unstated == []
    assert len(found) > 15


@login_not_required
def forgetful(request: HttpRequest) -> HttpResponse:
    return HttpResponse("mở")


def members_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("mở")


urlpatterns = [*own_patterns, path("quen/", forgetful), path("rieng/", members_only)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.test_access")
def test_a_view_without_a_stated_rule_does_not_open(client: Client) -> None:
    response = client.get("/quen/")

    assert response.status_code == 403
    assert "mở" not in response.content.decode()[:20]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.test_access")
def test_a_visitor_is_sent_to_sign_in_from_a_view_not_marked_public(client: Client) -> None:
    response = client.get("/rieng/")

    assert response.status_code == 302
    assert response["Location"].startswith("/dang-nhap/")


@pytest.mark.django_db
def test_pages_carry_a_strict_content_security_policy(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


@pytest.mark.django_db
def test_nobody_can_sign_up(client: Client) -> None:
    assert client.get("/dang-ky/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.django_db
def test_the_administration_site_sends_visitors_away(client: Client) -> None:
    response = client.get("/quan-tri/")

    assert response.status_code == 302
