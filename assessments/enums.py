"""Words of rounds: tracks, stages, states and settings."""

from django.db.models import TextChoices


class Track(TextChoices):
    """Whose word on a leaf a score row holds. Tracks never overwrite one another."""

    SELF = "self", "Tự chấm"
    PROPOSAL = "proposal", "Cơ quan chủ trì đề xuất"
    CONCLUSION = "conclusion", "Kết luận"
    TARGET = "target", "Mục tiêu năm sau"


class Kept(TextChoices):
    """What a row about a leaf was before it was set aside; of a score, its track."""

    SELF = "self", "Điểm tự chấm"
    PROPOSAL = "proposal", "Đề xuất"
    CONCLUSION = "conclusion", "Kết luận"
    TARGET = "target", "Mục tiêu năm sau"
    OPINION = "opinion", "Ý kiến thành viên"
    CLARIFICATION = "clarification", "Yêu cầu giải trình"
    REVIEW = "review", "Đề nghị xem xét lại"
    EVIDENCE = "evidence", "Tài liệu kiểm chứng"
    SAMPLE = "sample", "Cỡ mẫu điều tra"
    FIGURE = "figure", "Số in trong văn bản"


class Stage(TextChoices):
    """What kind of points a file of scores holds."""

    SELF = "self", "Điểm tự chấm"
    APPRAISED = "appraised", "Điểm thẩm định"
    SURVEY = "survey", "Điểm điều tra xã hội học"
    PUBLISHED = "published", "Kết quả đã công bố"
    TARGET = "target", "Mục tiêu năm sau"


class AssessmentState(TextChoices):
    """Where a unit's file stands."""

    DRAFT = "draft", "Đang tự chấm"
    UNIT_REVIEW = "unit_review", "Chờ lãnh đạo duyệt"
    SUBMITTED = "submitted", "Đã nộp"
    IN_APPRAISAL = "in_appraisal", "Đang thẩm định"
    CONCLUDED = "concluded", "Đã kết luận"


class Verb(TextChoices):
    """What a person does to move a unit's file on or back (assessments.transitions)."""

    SEND_TO_HEAD = "send_to_head", "Trình lãnh đạo duyệt"
    APPROVE_AND_SUBMIT = "approve_and_submit", "Duyệt và nộp"
    RETURN_TO_OFFICER = "return_to_officer", "Trả lại cán bộ"
    SUBMIT_ON_BEHALF = "submit_on_behalf", "Nộp thay đơn vị"
    START_APPRAISAL = "start_appraisal", "Tiếp nhận, bắt đầu thẩm định"
    RETURN_AT_RECEIPT = "return_at_receipt", "Trả lại khi tiếp nhận"
    GRANT_MORE_TIME = "grant_more_time", "Gia hạn tự chấm"
    CONCLUDE_FILE = "conclude_file", "Kết luận hồ sơ"
    REOPEN_APPRAISAL = "reopen_appraisal", "Mở lại thẩm định"
    REOPEN_SELF_SCORING = "reopen_self_scoring", "Mở lại tự chấm"


class RoundDuty(TextChoices):
    """A role held in one round, or in one of its groups."""

    LEAD_AGENCY = "lead_agency", "Cơ quan chủ trì nội dung"
    COUNCIL_MEMBER = "council_member", "Thành viên Hội đồng thẩm định"
    COUNCIL_CHAIR = "council_chair", "Chủ tịch Hội đồng thẩm định"
    COUNCIL_SECRETARY = "council_secretary", "Thư ký Hội đồng thẩm định"


class Voice(TextChoices):
    """In which part a person speaks of a leaf in the appraisal; the strongest first."""

    CONCLUSION = "conclusion", "Kết luận"
    OPINION = "opinion", "Ý kiến thành viên"
    PROPOSAL = "proposal", "Đề xuất"


class ScaleBasis(TextChoices):
    """What the bounds of a class scale are compared with."""

    PERCENT = "percent", "Chỉ số, %"
    POINTS = "points", "Điểm"


class RoundingStage(TextChoices):
    """When points are rounded."""

    LEAF = "leaf", "Làm tròn từng mục rồi cộng"
    TOTAL = "total", "Cộng rồi làm tròn tổng"


class TieRule(TextChoices):
    """How units with equal results are numbered."""

    COMPETITION = "competition", "Đồng hạng, hạng kế tiếp bỏ trống (1, 1, 3)"
    DENSE = "dense", "Đồng hạng, hạng kế tiếp liền sau (1, 1, 2)"


class Measure(TextChoices):
    """What a figure printed in a paper measures."""

    OBTAINED = "obtained", "Điểm đạt"
    ATTAINABLE = "attainable", "Điểm tối đa"
    LOST = "lost", "Điểm bị trừ"
    LOST_ITEM = "lost_item", "Khoản bị trừ"


class PublicationState(TextChoices):
    """A publication is current until it is superseded or withdrawn; it is never edited."""

    CURRENT = "current", "Đang công bố"
    SUPERSEDED = "superseded", "Đã được thay thế"
    WITHDRAWN = "withdrawn", "Đã thu hồi"


class DocumentKind(TextChoices):
    """Documents of a ranking that take long for many units."""

    RANKING_PDF = "ranking_pdf", "Phụ lục xếp hạng (PDF)"
    RANKING_XLSX = "ranking_xlsx", "Bảng tính đơn vị × mọi tiêu chí (Excel)"


class DocumentState(TextChoices):
    """How far the making of a document has come."""

    WAITING = "waiting", "Đang chờ lập"
    RUNNING = "running", "Đang lập"
    READY = "ready", "Đã lập xong"
    FAILED = "failed", "Chưa lập được"


class ClarificationState(TextChoices):
    """Where a question to the unit stands."""

    ASKED = "asked", "Chờ đơn vị trả lời"
    ANSWERED = "answered", "Đơn vị đã trả lời"
    CLOSED = "closed", "Đã kết thúc"


class ReviewState(TextChoices):
    """Where a unit's request for review of a leaf stands."""

    WRITTEN = "written", "Chờ lãnh đạo đơn vị gửi"
    SENT = "sent", "Chờ Hội đồng trả lời"
    KEPT = "kept", "Giữ nguyên kết luận"
    CHANGED = "changed", "Đã điều chỉnh"


class ReviewVerb(TextChoices):
    """What is done with a request for review (assessments.transitions)."""

    WRITE = "write", "Viết đề nghị xem xét lại"
    SEND = "send", "Gửi Hội đồng thẩm định"
    DROP = "drop", "Bỏ đề nghị"
    KEEP = "keep", "Giữ nguyên kết luận"
    CHANGE = "change", "Điều chỉnh kết luận"


class PreparationKind(TextChoices):
    """What two persons decide together."""

    PUBLISH = "publish", "Công bố"
    WITHDRAW = "withdraw", "Thu hồi"


class PreparationState(TextChoices):
    """Where a publication in preparation stands."""

    OPEN = "open", "Chờ người thứ hai xác nhận"
    RUNNING = "running", "Đã xác nhận, đang công bố"
    CONFIRMED = "confirmed", "Đã xác nhận, đã thực hiện"
    DECLINED = "declined", "Không xác nhận"


class WithoutEvidence(TextChoices):
    """What a leaf that needs evidence and has none may claim."""

    ANYTHING = "anything", "Nhắc đơn vị, không chặn nộp"
    EXPLANATION = "explanation", "Phải có giải trình thay tài liệu"
    NOTHING = "nothing", "Không có tài liệu kiểm chứng thì 0 điểm"


class ResultsShown(TextChoices):
    """From when a unit sees its own appraised points and their reasons."""

    CONCLUSION = "conclusion", "Từ khi kết luận hồ sơ"
    PUBLICATION = "publication", "Từ khi công bố"
