"""Words of frameworks: states, sources of points, kinds of problems and how they are resolved."""

from django.db.models import TextChoices


class FrameworkState(TextChoices):
    """A framework is written as a draft, used in force, and kept when retired."""

    DRAFT = "draft", "Bản nháp"
    IN_FORCE = "in_force", "Đang có hiệu lực"
    RETIRED = "retired", "Hết hiệu lực"


class Source(TextChoices):
    """Where a leaf's points come from. It belongs to the leaf, not to its section."""

    SELF = "self", "Tự chấm, thẩm định"
    SURVEY = "survey", "Điều tra xã hội học"
    IMPORTED = "imported", "Kết quả khác đưa vào"
    LEADER = "leader", "Lãnh đạo chấm"
    COMPUTED = "computed", "Hệ thống tính"


NOT_SELF_SCORED = frozenset((Source.SURVEY, Source.IMPORTED, Source.COMPUTED))


class Standing(TextChoices):
    """How a leaf's points enter the total."""

    ORDINARY = "ordinary", "Trong thang điểm"
    BONUS = "bonus", "Điểm thưởng ngoài thang điểm"
    PENALTY = "penalty", "Điểm trừ"


class NotApplicableMode(TextChoices):
    """What "không áp dụng" does to a leaf."""

    EXCLUDED = "excluded", "Không tính vào điểm tối đa"
    FULL_POINTS = "full_points", "Tính trọn điểm"


class ProblemKind(TextChoices):
    """What the reader found in a paper."""

    SUM_MISMATCH = "sum_mismatch", "Điểm ghi khác điểm cộng được"
    MISSING_CODE = "missing_code", "Thiếu số thứ tự"
    DUPLICATE_CODE = "duplicate_code", "Trùng số thứ tự"
    CODE_REPAIRED = "code_repaired", "Số thứ tự được khôi phục"
    UNREADABLE_POINTS = "unreadable_points", "Không đọc được điểm"
    MISSING_PARENT = "missing_parent", "Thiếu mục cấp trên"
    SKIPPED_ROW = "skipped_row", "Dòng bị bỏ qua"
    RULE_UNRECOGNISED = "rule_unrecognised", "Chưa nhận ra cách chấm"
    STRUCTURE_MISMATCH = "structure_mismatch", "Khác cấu trúc quyết định ghi"


class Severity(TextChoices):
    """Whether a problem keeps a framework from coming into force."""

    ERROR = "error", "Phải chọn"
    WARNING = "warning", "Nên xem"
    INFO = "info", "Đã hiểu"


class Resolution(TextChoices):
    """Which figure holds where a paper's sum and its rows differ."""

    SUM = "sum", "Theo tổng các mục"
    LEAF = "leaf", "Sửa điểm một mục"
    UNALLOCATED = "unallocated", "Phần chênh là điểm chưa phân bổ"


class ReadingState(TextChoices):
    """How far the job is that reads a large workbook."""

    WAITING = "waiting", "Đang chờ"
    RUNNING = "running", "Đang đọc"
    READY = "ready", "Đã đọc xong"
    FAILED = "failed", "Bị ngắt"
