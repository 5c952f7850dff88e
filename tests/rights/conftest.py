"""Many thousand pages are asked for: the test client need not keep the context of each template."""

import logging
from collections.abc import Iterator

import pytest
from django.template import Context, Template


@pytest.fixture(autouse=True)
def _pages_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def render(template: Template, context: Context) -> str:
        return template.nodelist.render(context)

    monkeypatch.setattr(Template, "_render", render)
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
