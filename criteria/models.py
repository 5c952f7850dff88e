"""Decisions, framework versions, the criteria tree, and what was found in the papers."""

import datetime as dt
import uuid
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from criteria.enums import (
    FrameworkState,
    NotApplicableMode,
    ProblemKind,
    ReadingState,
    Resolution,
    Severity,
    Source,
    Standing,
)
from parindex.accounts.models import Organiser, UnitType, User
from parindex.fields import PointsField

ZERO = Decimal(0)
# The largest file takes about a minute; after this the worker that had it is gone.
GIVEN_UP_AFTER = dt.timedelta(minutes=15)


class Decision(models.Model):
    """A decision (quyết định) that issues frameworks."""

    number = models.CharField("số", max_length=100, blank=True)
    issued = models.DateField("ngày ban hành")
    issuer = models.ForeignKey(Organiser, models.PROTECT, verbose_name="cơ quan ban hành")
    title = models.CharField("trích yếu", max_length=500, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="thay thế"
    )
    note = models.TextField("ghi chú về văn bản", blank=True)

    class Meta:
        verbose_name = "quyết định"
        verbose_name_plural = "quyết định"
        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="decision_once_per_issuer")]

    def __str__(self) -> str:
        if not self.number:
            return f"Quyết định của {self.issuer} (tài liệu hiện có không ghi số, ngày)"
        return f"Quyết định số {self.number} ngày {self.issued:%d/%m/%Y} của {self.issuer}"

    @property
    def short_name(self) -> str:
        """The decision without its date and issuer."""
        return f"Quyết định số {self.number}" if self.number else "Quyết định chưa rõ số"


class DeclaredStructure(models.Model):
    """What a decision says of the framework of one unit type, whether or not its table is at hand.

    A figure is null where the decision does not say it; `wording` is the passage it was read from.
    """

    decision = models.ForeignKey(
        Decision, models.CASCADE, related_name="structures", verbose_name="quyết định"
    )
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name="loại đơn vị")
    position = models.PositiveSmallIntegerField("thứ tự")
    units = models.PositiveIntegerField("số đơn vị", null=True, blank=True)
    contents = models.PositiveSmallIntegerField("số nội dung", null=True, blank=True)
    criteria = models.PositiveSmallIntegerField("số tiêu chí", null=True, blank=True)
    components = models.PositiveSmallIntegerField("số tiêu chí thành phần", null=True, blank=True)
    appraised_max = PointsField("điểm thẩm định tối đa", null=True, blank=True)
    survey_max = PointsField("điểm điều tra xã hội học tối đa", null=True, blank=True)
    sipas_max = PointsField("trong đó SIPAS", null=True, blank=True)
    staff_max = PointsField("trong đó khảo sát công chức, viên chức", null=True, blank=True)
    departments_max = PointsField("trong đó khảo sát công chức các sở, ban, ngành", default=ZERO)
    wording = models.TextField("đoạn văn bản của quyết định", blank=True)

    class Meta:
        verbose_name = "cấu trúc theo quyết định"
        verbose_name_plural = "cấu trúc theo quyết định"
        constraints = [
            models.UniqueConstraint(fields=["decision", "unit_type"], name="structure_once_per_unit_type")
        ]

    def __str__(self) -> str:
        return f"{self.unit_type}: {self.contents}/{self.criteria}/{self.components}"


class DeclaredContent(models.Model):
    """How many criteria and components a decision declares for one content."""

    structure = models.ForeignKey(DeclaredStructure, models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField("thứ tự")
    title = models.CharField("nội dung", max_length=300)
    criteria = models.PositiveSmallIntegerField("số tiêu chí")
    components = models.PositiveSmallIntegerField("số tiêu chí thành phần")

    class Meta:
        verbose_name = "nội dung theo quyết định"
        verbose_name_plural = "nội dung theo quyết định"
        constraints = [
            models.UniqueConstraint(fields=["structure", "position"], name="declared_content_once")
        ]

    def __str__(self) -> str:
        return self.title


class Framework(models.Model):
    """One version of the criteria of one unit type under one decision.

    In force it is immutable, in code and in the database; a correction is a new version.
    """

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="frameworks", verbose_name="quyết định"
    )
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name="loại đơn vị")
    version = models.PositiveSmallIntegerField("phiên bản")
    title = models.CharField("tên", max_length=300)
    state = models.CharField(
        "trạng thái", max_length=20, choices=FrameworkState, default=FrameworkState.DRAFT
    )
    declared_total = PointsField("tổng điểm văn bản ghi", null=True, blank=True)
    unallocated = PointsField("điểm chưa phân bổ cho nội dung nào", default=ZERO)
    bonus_cap = PointsField("mức trần điểm thưởng ngoài thang điểm", null=True, blank=True)
    file_name = models.CharField("tệp", max_length=255, blank=True)
    sheet = models.CharField("trang tính", max_length=255, blank=True)
    created_at = models.DateTimeField("lúc đọc", auto_now_add=True)
    activated_at = models.DateTimeField("có hiệu lực từ lúc", null=True, blank=True)
    activated_by = models.CharField("người đưa vào sử dụng", max_length=200, blank=True)

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "unit_type", "version"], name="framework_version_once"
            ),
            models.CheckConstraint(
                condition=Q(state=FrameworkState.DRAFT, activated_at=None, activated_by="")
                | (~Q(state=FrameworkState.DRAFT) & Q(activated_at__isnull=False) & ~Q(activated_by="")),
                name="framework_activated_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, phiên bản {self.version}"


class Criterion(models.Model):
    """A node of the tree: content (level 1), criterion (level 2) or component (level 3).

    A leaf is a node without children, at any level; only leaves carry scores. Rows stand in
    document order; `content` is the level-1 node above (a content's own is itself).
    """

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    content = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    position = models.PositiveIntegerField("thứ tự")
    code = models.CharField("mã", max_length=40)
    printed_code = models.CharField("mã in trong văn bản", max_length=40, blank=True)
    level = models.PositiveSmallIntegerField("cấp")
    title = models.TextField("tên")
    is_leaf = models.BooleanField("mục chấm điểm")
    is_survey_block = models.BooleanField("khối điều tra xã hội học ngoài bảng", default=False)
    declared_points = PointsField("điểm văn bản ghi", null=True, blank=True)
    max_points = PointsField("điểm tối đa")
    unallocated = PointsField("điểm chưa phân bổ", default=ZERO)
    source = models.CharField("nguồn điểm", max_length=20, choices=Source, default=Source.SELF)
    standing = models.CharField(
        "cách tính vào tổng", max_length=20, choices=Standing, default=Standing.ORDINARY
    )
    rule_kind = models.CharField("cách chấm", max_length=20, default="manual")
    rule_parameters = models.JSONField("tham số cách chấm", default=dict, blank=True)
    not_applicable_mode = models.CharField(
        "khi không áp dụng", max_length=20, choices=NotApplicableMode, default=NotApplicableMode.EXCLUDED
    )
    evidence_required = models.BooleanField("cần tài liệu kiểm chứng", default=True)
    lead = models.TextField("cơ quan chủ trì", blank=True)
    supporting = models.TextField("cơ quan phối hợp", blank=True)
    guidance = models.TextField("hướng dẫn chấm", blank=True)
    evidence = models.TextField("tài liệu kiểm chứng theo văn bản", blank=True)
    extra = models.JSONField("cột khác trong văn bản", default=dict, blank=True)
    row = models.PositiveIntegerField("dòng trong tệp", null=True)
    lineage = models.UUIDField("dòng phát triển", default=uuid.uuid4, db_index=True)

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="criterion_code_once"),
            models.UniqueConstraint(fields=["framework", "position"], name="criterion_position_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="criterion_level_1_to_3"),
            models.CheckConstraint(
                condition=Q(max_points__gte=0, unallocated__gte=0), name="criterion_points_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, level=1) | Q(parent__isnull=False, level__gt=1),
                name="criterion_parent_by_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Problem(models.Model):
    """Something the reader found, and, where it needed a choice, who chose what and why."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField("thứ tự")
    kind = models.CharField("loại", max_length=30, choices=ProblemKind)
    severity = models.CharField("mức", max_length=10, choices=Severity)
    code = models.CharField("mã", max_length=40, blank=True)
    sheet = models.CharField("trang tính", max_length=255, blank=True)
    cell = models.CharField("ô", max_length=20, blank=True)
    declared = PointsField("văn bản ghi", null=True, blank=True)
    computed = PointsField("cộng được", null=True, blank=True)
    message = models.TextField("nội dung")
    resolution = models.CharField("cách xử lý", max_length=20, choices=Resolution, blank=True)
    resolved_reason = models.TextField("lý do", blank=True)
    resolved_by = models.CharField("người xử lý", max_length=200, blank=True)
    resolved_at = models.DateTimeField("lúc xử lý", null=True, blank=True)

    class Meta:
        verbose_name = "chỗ cần xem"
        verbose_name_plural = "chỗ cần xem"
        constraints = [
            models.CheckConstraint(
                condition=Q(resolution="", resolved_by="", resolved_at=None, resolved_reason="")
                | (
                    ~Q(resolution="")
                    & ~Q(resolved_by="")
                    & ~Q(resolved_reason="")
                    & Q(resolved_at__isnull=False)
                ),
                name="problem_resolved_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def is_open(self) -> bool:
        """Whether this keeps the framework from coming into force."""
        return self.severity == Severity.ERROR and not self.resolution


class DraftStep(models.Model):
    """A draft as it stood before one change, so that the change can be undone."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="steps")
    at = models.DateTimeField("lúc", auto_now_add=True)
    by_id = models.BigIntegerField("mã người sửa", null=True)
    by_name = models.CharField("người sửa", max_length=200)
    what = models.CharField("việc", max_length=300)
    tree = models.JSONField("cây trước khi sửa", encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "bước sửa bản nháp"
        verbose_name_plural = "bước sửa bản nháp"

    def __str__(self) -> str:
        return self.what


class Reading(models.Model):
    """A large workbook that a job reads: what was asked, how far it is, and what came of it.

    It is its owner's alone, and is dropped with the kept file. Nothing of a framework is stored by it.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="người gửi tệp")
    file_name = models.CharField("tệp", max_length=255)
    place = models.CharField("nơi giữ tệp", max_length=255)
    # What else was filled in beside the file, by the names of the form's fields.
    given = models.JSONField("nội dung đã điền", default=dict)
    rows = models.PositiveIntegerField("số dòng", default=0)
    rows_read = models.PositiveIntegerField("số dòng đã đọc", default=0)
    state = models.CharField("trạng thái", max_length=10, choices=ReadingState, default=ReadingState.WAITING)
    requested_at = models.DateTimeField("yêu cầu lúc")
    started_at = models.DateTimeField("bắt đầu lúc", null=True, blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)
    outcome = models.JSONField("kết quả đọc", null=True)

    class Meta:
        verbose_name = "lần đọc bảng tính lớn"
        verbose_name_plural = "lần đọc bảng tính lớn"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReadingState.READY, outcome__isnull=False, finished_at__isnull=False)
                | (~Q(state=ReadingState.READY) & Q(outcome__isnull=True)),
                name="reading_ready_whole",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        """Whether a job waits or runs; one that ran far too long was lost with its worker."""
        if self.state == ReadingState.RUNNING and self.started_at is not None:
            return timezone.now() - self.started_at < GIVEN_UP_AFTER
        return self.state == ReadingState.WAITING

    @property
    def percent(self) -> int:
        """How much of the file's rows has been read."""
        return min(100, self.rows_read * 100 // self.rows) if self.rows else 0

    @property
    def has_all_rows(self) -> bool:
        """Whether every row is there and only the tree is still to be made of them."""
        return 0 < self.rows <= self.rows_read
