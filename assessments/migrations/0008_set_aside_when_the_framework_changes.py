"""What has no place in a version to which a group moves is kept as it was, also for raw SQL."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

from parindex.guards import guard

SAYS = "what was set aside is append-only"


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_explanation_before_points"),
        ("criteria", "0004_problem_kind_structure"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("self", "Điểm tự chấm"),
                            ("proposal", "Đề xuất"),
                            ("conclusion", "Kết luận"),
                            ("target", "Mục tiêu năm sau"),
                            ("opinion", "Ý kiến thành viên"),
                            ("clarification", "Yêu cầu giải trình"),
                            ("evidence", "Tài liệu kiểm chứng"),
                            ("sample", "Cỡ mẫu điều tra"),
                            ("figure", "Số in trong văn bản"),
                        ],
                        max_length=15,
                        verbose_name="là gì",
                    ),
                ),
                (
                    "content",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="nội dung như đã ghi",
                    ),
                ),
                ("why", models.TextField(verbose_name="vì sao để riêng")),
                ("moved_by", models.CharField(max_length=200, verbose_name="người chuyển")),
                ("moved_at", models.DateTimeField(verbose_name="lúc chuyển")),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="set_aside",
                        to="assessments.assessment",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="criteria.criterion"
                    ),
                ),
            ],
            options={
                "verbose_name": "nội dung để riêng khi đổi phiên bản",
                "verbose_name_plural": "nội dung để riêng khi đổi phiên bản",
            },
        ),
        guard("assessments_setaside", "UPDATE", SAYS),
        guard("assessments_setaside", "DELETE", SAYS),
    ]
