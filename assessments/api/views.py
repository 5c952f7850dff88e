"""The data interface: read-only, public, over current publications."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from assessments.api import serializers, shapes
from assessments.api.reads import Rows, current_publications, publication_of, published_group, published_unit

ROUND = OpenApiParameter("round_code", str, OpenApiParameter.PATH, description="Mã đợt đánh giá.")
GROUP = OpenApiParameter("group_code", str, OpenApiParameter.PATH, description="Mã nhóm đơn vị.")
UNIT = OpenApiParameter("unit_code", str, OpenApiParameter.PATH, description="Mã đơn vị.")
PAGE = OpenApiParameter("page", int, description="Trang, từ 1.")
PAGE_SIZE = OpenApiParameter(
    "page_size", int, description="Số đơn vị mỗi trang: mặc định 100, nhiều nhất 1000."
)


class ExactEncoder(JSONEncoder):
    """Refuses what would have to be written as a binary number."""

    def default(self, obj: Any) -> Any:
        """Everything DRF knows, but no Decimal: amounts are text before they come here."""
        if isinstance(obj, Decimal):
            raise TypeError("an amount must be text")
        return super().default(obj)


class ExactJSONRenderer(JSONRenderer):
    """JSON in which every amount is text."""

    encoder_class = ExactEncoder


class PublicView(APIView):
    """Anyone may read; nobody may write. It shows only what is published, whoever asks."""

    access_rule = "mọi người"
    permission_classes = (AllowAny,)
    authentication_classes = ()
    renderer_classes = (ExactJSONRenderer,)
    http_method_names = ["get", "head", "options"]


class Pages(PageNumberPagination):
    """Pages of a ranking."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    invalid_page_message = "Không có trang này."


def documented(
    operation: str, summary: str, answer: Any, parameters: list[OpenApiParameter], description: str
) -> Callable[..., Any]:
    """Describe an address in the OpenAPI file."""
    responses = {200: answer, 404: serializers.ErrorSerializer} if parameters else {200: answer}
    return extend_schema(
        operation_id=operation,
        summary=summary,
        description=description,
        parameters=parameters,
        responses=responses,
        tags=["Kết quả đã công bố"],
        auth=[],
    )


class RoundList(PublicView):
    """Published rounds."""

    @documented(
        "rounds",
        "Các đợt đánh giá đã công bố",
        serializers.RoundSerializer(many=True),
        [],
        "Mọi đợt có bản công bố đang có hiệu lực, năm mới nhất trước, kèm quyết định và các nhóm đơn vị.",
    )
    def get(self, request: Request) -> Response:
        """All current publications."""
        rounds = [shapes.round_shape(publication) for publication in current_publications()]
        return Response(serializers.RoundSerializer(rounds, many=True).data)


class RoundDetail(PublicView):
    """One published round."""

    @documented(
        "round",
        "Một đợt đánh giá",
        serializers.RoundSerializer,
        [ROUND],
        "Quyết định công bố và các nhóm đơn vị. Đợt chưa công bố hoặc bản công bố đã thu hồi: 404.",
    )
    def get(self, request: Request, round_code: str) -> Response:
        """A round's current publication."""
        return Response(serializers.RoundSerializer(shapes.round_shape(publication_of(round_code))).data)


class Ranking(PublicView):
    """A group's ranking, paged."""

    @documented(
        "ranking",
        "Bảng xếp hạng của một nhóm",
        serializers.RankingSerializer,
        [ROUND, GROUP, PAGE, PAGE_SIZE],
        "Cách tính, thang xếp loại, các nội dung và một trang đơn vị theo thứ hạng. "
        "Số liệu như trên trang, trong phụ lục và tệp Excel.",
    )
    def get(self, request: Request, round_code: str, group_code: str) -> Response:
        """Frozen rows of one page under the frozen header."""
        group = published_group(round_code, group_code)
        pages = Pages()
        rows: list[Any] | None = pages.paginate_queryset(Rows(group), request, view=self)  # type: ignore[arg-type]
        page = {
            "count": group.units_count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return Response(serializers.RankingSerializer(shapes.ranking_shape(group, rows or [], page)).data)


class Unit(PublicView):
    """A unit's scorecard."""

    @documented(
        "unit",
        "Kết quả của một đơn vị",
        serializers.UnitSerializer,
        [ROUND, GROUP, UNIT],
        "Mọi nội dung, tiêu chí, tiêu chí thành phần với điểm, lý do và người ghi, nếu nhóm nêu tên.",
    )
    def get(self, request: Request, round_code: str, group_code: str, unit_code: str) -> Response:
        """A frozen scorecard."""
        group = published_group(round_code, group_code)
        return Response(
            serializers.UnitSerializer(shapes.unit_shape(group, published_unit(group, unit_code))).data
        )


class Differences(PublicView):
    """Where papers and computed figures differ."""

    @documented(
        "differences",
        "Đối chiếu số liệu của một nhóm",
        serializers.DifferencesSerializer,
        [ROUND, GROUP],
        "Mọi chỗ số ghi trong văn bản khác số tính được từ điểm từng mục; cả hai số đều được giữ.",
    )
    def get(self, request: Request, round_code: str, group_code: str) -> Response:
        """Frozen differences."""
        group = published_group(round_code, group_code)
        answer = {**shapes.setting(group), "differences": group.header["differences"]}
        return Response(serializers.DifferencesSerializer(answer).data)
