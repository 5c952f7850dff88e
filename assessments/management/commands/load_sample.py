"""Load the sample into an empty database."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.models import Round
from assessments.sample import rounds
from assessments.sample.at_work import rounds_at_work
from assessments.sample.frameworks import LOADER
from assessments.sample.people import ACCOUNTS, DUTIES, PASSWORD, create_accounts
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand


class Command(JsonCommand):
    help = "Nạp dữ liệu mẫu vào cơ sở dữ liệu trống."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="chỉ in các tài khoản mẫu")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        accounts = [
            {"username": row.username, "name": row.full_name, "role": row.role.label, "place": row.place}
            for row in (*ACCOUNTS, *DUTIES)
        ]
        loaded = False
        if not options["accounts"] and not Round.objects.exists():
            load()
            loaded = True
        found = list(Round.objects.order_by("pk").values_list("code", flat=True))
        return {"loaded": loaded, "rounds": found, "password": PASSWORD, "accounts": accounts}

    def in_words(self, answer: Mapping[str, Any]) -> str:
        lines = [
            "Đã nạp dữ liệu mẫu."
            if answer["loaded"]
            else "Cơ sở dữ liệu đã có đợt đánh giá, không nạp thêm.",
            f"Tài khoản mẫu (mật khẩu chung: {answer['password']}):",
            *(
                f"  {row['username']:<20} {row['name']}, {row['role']}, {row['place']}"
                for row in answer["accounts"]
            ),
        ]
        return "\n".join(lines)


@transaction.atomic
def load() -> None:
    """The whole sample, or nothing."""
    rounds.phong_tho_2023()
    rounds.quang_ninh_2022()
    wards = rounds.hoang_mai_2024()
    rounds.phuong_2_2022()
    create_accounts(by=LOADER)
    rounds_at_work(wards, today=timezone.localdate())
