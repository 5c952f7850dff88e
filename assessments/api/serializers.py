"""Types of the data interface; the descriptions are what its documentation says."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from parindex.notation import plain


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "example": "79.24"})
class AmountField(serializers.CharField):
    """Points or a percentage as decimal text with a point; never a binary number."""

    def to_representation(self, value: Any) -> str:
        """The frozen text as it is, or a stored Decimal in plain notation."""
        return plain(value) if isinstance(value, Decimal) else str(value)


class ErrorSerializer(serializers.Serializer[Any]):
    """Vì sao không có kết quả."""

    detail = serializers.CharField(help_text="Lý do.")


class DecisionSerializer(serializers.Serializer[Any]):
    """Quyết định công bố kết quả."""

    number = serializers.CharField(help_text="Số, ký hiệu.")
    signed = serializers.DateField(help_text="Ngày ký.")
    signer = serializers.CharField(help_text="Người ký.")
    published_at = serializers.DateTimeField(help_text="Thời điểm công bố trên hệ thống.")
    digest = serializers.CharField(help_text="Mã kiểm tra SHA-256 của bản công bố.")


class RoundHeadSerializer(serializers.Serializer[Any]):
    """Đợt đánh giá."""

    code = serializers.CharField(help_text="Mã đợt đánh giá, dùng trong địa chỉ.")
    title = serializers.CharField(help_text="Tên đợt đánh giá.")
    year = serializers.IntegerField(help_text="Năm đánh giá.")
    organiser = serializers.CharField(help_text="Cơ quan tổ chức đánh giá.")
    decision = DecisionSerializer(help_text="Quyết định công bố.")


class GroupHeadSerializer(serializers.Serializer[Any]):
    """Nhóm đơn vị được xếp hạng cùng nhau."""

    code = serializers.CharField(help_text="Mã nhóm, dùng trong địa chỉ.")
    name = serializers.CharField(help_text="Tên nhóm.")
    units = serializers.IntegerField(help_text="Số đơn vị.")
    mean_index = AmountField(allow_null=True, help_text="Chỉ số trung bình của nhóm, %.")


class GroupEntrySerializer(GroupHeadSerializer):
    """Nhóm đơn vị trong danh sách của một đợt."""

    illustrative = serializers.BooleanField(
        help_text="Số liệu của nhóm là số liệu minh họa, không phải kết quả thật."
    )
    note = serializers.CharField(help_text="“số liệu minh họa”, hoặc để trống.")


class RoundSerializer(RoundHeadSerializer):
    """Đợt đánh giá đã công bố và các nhóm đơn vị."""

    groups = GroupEntrySerializer(many=True, help_text="Các nhóm, theo thứ tự trong quyết định.")


class GroupAnswerSerializer(serializers.Serializer[Any]):
    """Phần đầu của mọi kết quả về một nhóm."""

    round = RoundHeadSerializer(help_text="Đợt đánh giá.")
    group = GroupHeadSerializer(help_text="Nhóm đơn vị.")
    illustrative = serializers.BooleanField(help_text="Số liệu là số liệu minh họa, không phải kết quả thật.")
    note = serializers.CharField(help_text="“số liệu minh họa”, hoặc để trống. Khi dùng lại phải ghi kèm.")


class FrameworkSerializer(serializers.Serializer[Any]):
    """Bộ tiêu chí."""

    id = serializers.IntegerField(help_text="Số của bộ tiêu chí trong hệ thống.")
    title = serializers.CharField(help_text="Tên.")
    version = serializers.IntegerField(help_text="Phiên bản.")
    decision = serializers.CharField(help_text="Quyết định ban hành.")
    declared_total = AmountField(allow_null=True, help_text="Tổng điểm văn bản ghi.")
    unallocated = AmountField(help_text="Điểm văn bản không phân bổ cho nội dung nào.")
    bonus_cap = AmountField(allow_null=True, help_text="Mức trần điểm thưởng ngoài thang điểm.")


class SettingsSerializer(serializers.Serializer[Any]):
    """Cách làm tròn, xếp hạng, xếp loại và điều tra xã hội học của nhóm."""

    places = serializers.IntegerField(help_text="Số chữ số thập phân được in.")
    rounding = serializers.CharField(help_text="Cách làm tròn.")
    tie = serializers.CharField(help_text="Cách xếp hạng khi bằng điểm.")
    basis = serializers.CharField(help_text="Xếp loại theo chỉ số hay theo điểm.")
    survey = serializers.CharField(allow_null=True, help_text="Cuộc điều tra xã hội học, nếu có.")
    forms_issued = serializers.IntegerField(allow_null=True, help_text="Số phiếu phát ra.")
    forms_valid = serializers.IntegerField(allow_null=True, help_text="Số phiếu hợp lệ.")


class BandSerializer(serializers.Serializer[Any]):
    """Một mức xếp loại và số đơn vị đạt."""

    name = serializers.CharField(help_text="Tên loại.")
    step = serializers.IntegerField(help_text="Thứ tự, 1 là cao nhất.")
    lower = AmountField(help_text="Cận dưới; giá trị bằng cận dưới thuộc loại này.")
    units = serializers.IntegerField(help_text="Số đơn vị.")
    share = AmountField(allow_null=True, help_text="Tỷ lệ đơn vị, %.")


class CriterionSerializer(serializers.Serializer[Any]):
    """Một mục của bộ tiêu chí."""

    # `parent` and `source` are attributes of DRF's own fields; declared fields are taken out of the class.
    code = serializers.CharField(help_text="Mã; là chuỗi ký tự: “1.10” khác “1.1”.")
    parent = serializers.CharField(allow_null=True, help_text="Mã mục cấp trên.")  # type: ignore[assignment]
    level = serializers.IntegerField(help_text="1: nội dung, 2: tiêu chí, 3: tiêu chí thành phần.")
    title = serializers.CharField(help_text="Tên như trong văn bản.")
    leaf = serializers.BooleanField(help_text="Mục được chấm điểm; điểm của mục khác là tổng.")
    max = AmountField(help_text="Điểm tối đa.")
    unallocated = AmountField(help_text="Điểm văn bản ghi cho mục nhưng không phân bổ cho mục con nào.")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=["self", "survey", "imported", "leader", "computed"],
        help_text="Nguồn điểm: self (tự chấm, thẩm định), survey (điều tra), imported (kết quả khác), "
        "leader (lãnh đạo chấm), computed (hệ thống tính).",
    )
    rule = serializers.CharField(help_text="Cách chấm (mã).")
    rule_label = serializers.CharField(help_text="Tên cách chấm.")
    lead = serializers.CharField(help_text="Cơ quan chủ trì.")


class ContentIndexSerializer(serializers.Serializer[Any]):
    """Kết quả của một đơn vị ở một nội dung."""

    code = serializers.CharField(help_text="Mã nội dung.")
    obtained = AmountField(help_text="Điểm đạt được.")
    attainable = AmountField(help_text="Điểm tối đa của đơn vị.")
    index = AmountField(allow_null=True, help_text="Chỉ số thành phần, %.")


class AnnouncedSerializer(serializers.Serializer[Any]):
    """Kết quả ghi trong văn bản của đơn vị hoặc cấp trên, giữ bên cạnh kết quả tính được."""

    obtained = AmountField(allow_null=True, help_text="Tổng điểm.")
    attainable = AmountField(allow_null=True, help_text="Điểm tối đa.")
    index = AmountField(allow_null=True, help_text="Chỉ số, %.")
    rank = serializers.IntegerField(allow_null=True, help_text="Xếp hạng.")
    class_name = serializers.CharField(source="class", allow_null=True, help_text="Xếp loại.")


class RankingRowSerializer(serializers.Serializer[Any]):
    """Kết quả của một đơn vị."""

    unit = serializers.CharField(help_text="Mã đơn vị.")
    name = serializers.CharField(help_text="Tên đơn vị trong đợt đánh giá.")
    appraised = AmountField(help_text="Điểm thẩm định.")
    survey = AmountField(help_text="Điểm điều tra xã hội học.")
    obtained = AmountField(help_text="Tổng điểm đạt được.")
    attainable = AmountField(help_text="Điểm tối đa của đơn vị.")
    survey_attainable = AmountField(help_text="Trong đó điểm điều tra xã hội học tối đa.")
    index = AmountField(allow_null=True, help_text="Chỉ số cải cách hành chính, %.")
    rank = serializers.IntegerField(allow_null=True, help_text="Xếp hạng.")
    shared = serializers.BooleanField(help_text="Đồng hạng với đơn vị khác.")
    class_name = serializers.CharField(source="class", help_text="Xếp loại.")
    contents = ContentIndexSerializer(many=True, help_text="Kết quả theo từng nội dung.")
    announced = AnnouncedSerializer(allow_null=True, help_text="Kết quả ghi trong văn bản, nếu có.")


class RankingSerializer(GroupAnswerSerializer):
    """Một trang của bảng xếp hạng."""

    framework = FrameworkSerializer(help_text="Bộ tiêu chí.")
    settings = SettingsSerializer(help_text="Cách tính.")
    classes = BandSerializer(many=True, help_text="Thang xếp loại và số đơn vị từng loại.")
    contents = CriterionSerializer(many=True, help_text="Các nội dung.")
    count = serializers.IntegerField(help_text="Số đơn vị của cả bảng.")
    next = serializers.URLField(allow_null=True, help_text="Địa chỉ trang sau.")
    previous = serializers.URLField(allow_null=True, help_text="Địa chỉ trang trước.")
    rows = RankingRowSerializer(many=True, help_text="Các đơn vị, theo thứ hạng.")


class WordSerializer(serializers.Serializer[Any]):
    """Điểm một bên cho ở một mục, lý do và người ghi."""

    points = AmountField(allow_null=True, help_text="Điểm được ghi.")
    obtained = AmountField(help_text="Điểm tính vào tổng.")
    attainable = AmountField(help_text="Điểm tối đa tính cho mục.")
    not_applicable = serializers.BooleanField(help_text="Không áp dụng.")
    working = serializers.CharField(
        help_text="Phép tính từ số liệu ra điểm; để trống khi điểm được ghi trực tiếp."
    )
    reason = serializers.CharField(help_text="Lý do, giải trình.")
    by = serializers.CharField(help_text="Người ghi; để trống khi nhóm không nêu tên người thẩm định.")
    at = serializers.DateTimeField(allow_null=True, help_text="Lúc ghi.")


class ScoreSerializer(CriterionSerializer):
    """Một mục của bộ tiêu chí với điểm của đơn vị."""

    obtained = AmountField(allow_null=True, help_text="Điểm đạt được; trống khi mục không tính cho nhóm.")
    attainable = AmountField(allow_null=True, help_text="Điểm tối đa của đơn vị ở mục này.")
    self_score = WordSerializer(allow_null=True, help_text="Tự chấm.")
    conclusion = WordSerializer(allow_null=True, help_text="Kết luận thẩm định, hoặc kết quả điều tra.")
    target = WordSerializer(allow_null=True, help_text="Mục tiêu năm sau.")


class UnitSerializer(GroupAnswerSerializer):
    """Kết quả của một đơn vị đến từng mục chấm điểm."""

    row = RankingRowSerializer(help_text="Dòng của đơn vị trong bảng xếp hạng.")
    scorecard = ScoreSerializer(many=True, help_text="Mọi mục của bộ tiêu chí, theo thứ tự trong văn bản.")


class DifferenceSerializer(serializers.Serializer[Any]):
    """Số ghi trong văn bản khác số tính được."""

    unit = serializers.CharField(allow_null=True, help_text="Mã đơn vị; trống khi là của cả nhóm.")
    unit_name = serializers.CharField(help_text="Tên đơn vị.")
    where = serializers.CharField(help_text="Số liệu nào.")
    declared = serializers.CharField(help_text="Văn bản ghi, viết như trong văn bản.")
    computed = serializers.CharField(help_text="Tính được, viết như trong văn bản.")
    gap = AmountField(allow_null=True, help_text="Văn bản ghi trừ tính được; trống khi không phải là số.")
    note = serializers.CharField(help_text="Giải thích, cách xử lý.")


class DifferencesSerializer(GroupAnswerSerializer):
    """Mọi chênh lệch giữa văn bản và số tính được của một nhóm."""

    differences = DifferenceSerializer(many=True, help_text="Các chênh lệch.")
