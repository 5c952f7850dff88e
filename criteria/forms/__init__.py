"""Forms over frameworks: reading a workbook, settling a draft, changing it, giving a leaf its rule."""

from criteria.forms.criterion import AddForm, CriterionForm, MoveForm
from criteria.forms.drafts import ReasonForm, ResolveForm, UploadForm, required
from criteria.forms.rule import RuleForm
from criteria.forms.trial import TrialForm
from criteria.forms.versions import NewVersionForm, ThreadsForm

__all__ = [
    "AddForm",
    "CriterionForm",
    "MoveForm",
    "NewVersionForm",
    "ReasonForm",
    "ResolveForm",
    "RuleForm",
    "ThreadsForm",
    "TrialForm",
    "UploadForm",
    "required",
]
