"""The first run of an empty installation."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from parindex.access import public
from parindex.accounts.passwords import forget_setup_code
from parindex.accounts.setup_forms import SetupForm
from parindex.accounts.workflow.setup import is_empty, set_up

UNPROCESSABLE = 422


@public
@never_cache
@sensitive_post_parameters("code", "password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Set an empty installation up; once anybody has an account there is no such page."""
    if not is_empty():
        raise Http404("Hệ thống đã được thiết lập.")
    form = SetupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = set_up(form.organiser_to_save(), form.unit_types, form.first_person())
        except IntegrityError:
            form.add_error("organiser", "Cơ quan này đã có trong hệ thống. Ghi tên khác.")
        else:
            forget_setup_code(settings.VAR_DIR)
            messages.success(request, f"Đã thiết lập hệ thống. Đăng nhập bằng tài khoản “{user.username}”.")
            return redirect("account_login")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "accounts/setup.html", {"form": form}, status=status)
