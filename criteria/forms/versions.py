"""Forms of versions: under which decision a copy starts, and which criteria carry on which."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from criteria.comparison import Match
from criteria.models import Criterion, Decision, Framework

NONE = ""


class NewVersionForm(forms.Form):
    """Under which decision of the issuer the next version starts."""

    decision = forms.ModelChoiceField(
        Decision.objects.none(),
        label="Theo quyết định",
        empty_label=None,
        error_messages={
            "required": "Chọn quyết định.",
            "invalid_choice": "Chọn quyết định có trong danh sách.",
        },
    )
    title = forms.CharField(label="Tên bộ tiêu chí", max_length=300, required=False)

    def __init__(self, data: Any = None, *, framework: Framework) -> None:
        super().__init__(data, initial={"decision": framework.decision_id, "title": framework.title})
        own = Decision.objects.filter(issuer=framework.decision.issuer_id).select_related("issuer")
        self.fields["decision"].queryset = own.order_by("-issued")  # type: ignore[attr-defined]


class ThreadsForm(forms.Form):
    """For each criterion without a counterpart: which earlier one it carries on, if any."""

    def __init__(self, data: Any = None, *, matches: Sequence[Match], free: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.matches = matches
        for match in matches:
            offered = [one for one in free if one.level == match.row.level]
            self.fields[f"muc_{match.row.pk}"] = forms.ChoiceField(
                label=f"{match.row.code}. {match.row.title}",
                choices=[
                    (NONE, "Mục mới, không nối với mục nào"),
                    *((str(one.pk), f"{one.code}. {one.title}") for one in offered),
                ],
                required=False,
                initial=str(match.proposed.pk) if match.proposed else NONE,
            )

    @classmethod
    def for_one(cls, match: Match, *, free: Sequence[Criterion]) -> "ThreadsForm":
        """The same for one criterion, on a page of its own."""
        form = cls(matches=[match], free=free)
        form.fields[f"muc_{match.row.pk}"].label = "Mục của phiên bản trước"
        return form

    @property
    def pairs(self) -> Mapping[int, int | None]:
        """Each criterion's key with that of the earlier one, or nothing."""
        return {
            match.row.pk: int(chosen) if (chosen := self.cleaned_data[f"muc_{match.row.pk}"]) else None
            for match in self.matches
        }
