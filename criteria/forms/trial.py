"""Trying a rule: facts as a unit would enter them, and what they would come to."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from criteria.exceptions import FactsRefused
from criteria.forms.controls import control_for
from criteria.models import Criterion
from criteria.rules import facts_of, points_known, rule_of, working


class TrialForm(forms.Form):
    """The fields that the leaf's rule asks for; nothing that is typed is stored."""

    def __init__(self, data: Any = None, *, leaf: Criterion) -> None:
        super().__init__(data)
        self.leaf, self.rule = leaf, rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points)
        self.control = control_for(self.rule)
        self.fields.update(self.control.fields)
        self.result: Decimal | None = None
        self.working = ""

    @property
    def inputs(self) -> list[BoundField]:
        """The fields of the rule."""
        return list(self)

    def clean(self) -> dict[str, Any]:
        """Work out the points. A refusal stands beside the field that it is about."""
        said = self.cleaned_data
        facts = {} if self.errors else self.control.facts(said)
        if not facts:
            if not self.errors:
                self.add_error(None, "Nhập số liệu để thử.")
            return said
        try:
            self.result = points_known(self.leaf, facts)
            if self.result is not None:
                self.working = working(self.rule, facts_of(self.rule, facts))
        except FactsRefused as refusal:
            name = self.control.fields_of.get(refusal.field, refusal.field)
            self.add_error(name if name in self.fields else None, str(refusal))
        return said
