"""Print the code that opens the first run of an empty installation."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from parindex.accounts.passwords import setup_code
from parindex.accounts.workflow.setup import is_empty
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused

ALREADY = "Hệ thống đã có tài khoản, không cần mã thiết lập."


class Command(JsonCommand):
    """Answers with the code and the page; exit 1 once anybody has an account."""

    help = "In mã thiết lập của hệ thống chưa có tài khoản nào."

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        if not is_empty():
            raise Refused({"code": None, "message": ALREADY})
        return {"code": setup_code(settings.VAR_DIR), "address": f"{settings.SITE_URL}/to-chuc/bat-dau/"}

    def in_words(self, answer: Mapping[str, Any]) -> str:
        if not answer["code"]:
            return str(answer["message"])
        return f"Mã thiết lập: {answer['code']}\nMở {answer['address']} để tạo cơ quan và quản trị đầu tiên."
