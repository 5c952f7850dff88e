"""Addresses of the site."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from assessments.api.pages import api_page
from parindex.accounts import delegation_views, role_views, second_factor_views
from parindex.accounts.views.forgotten import forgotten, new_password
from parindex.accounts.workflow.setup import is_empty
from parindex.component_sheet import components
from parindex.views import bad_request, method

# The administration has no sign-in of its own: that one would not ask for the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

own_account = [
    path("", role_views.account, name="account"),
    path("vai-tro/", role_views.switch_role, name="switch_role"),
    path("uy-quyen/", delegation_views.delegations, name="delegations"),
    path("uy-quyen/<int:delegation_id>/ket-thuc/", delegation_views.end, name="end_delegation"),
    path("xac-thuc/bat/", second_factor_views.set_up, name="mfa_activate_totp"),
    path("xac-thuc/tat/", second_factor_views.turn_off, name="mfa_deactivate_totp"),
    path("ma-du-phong/", ViewRecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("ma-du-phong/tao-lai/", second_factor_views.new_codes, name="mfa_generate_recovery_codes"),
    path("ma-du-phong/tai-ve/", DownloadRecoveryCodesView.as_view(), name="mfa_download_recovery_codes"),
]
handler400 = bad_request
urlpatterns = [
    path("", include("assessments.urls")),
    path("bo-tieu-chi/", include("criteria.urls")),
    path("to-chuc/", include("parindex.accounts.urls")),
    path("phuong-phap/", method, name="method"),
    path("thanh-phan/", components, name="components"),
    path("dang-nhap/", LoginView.as_view(extra_context={"starts_empty": is_empty}), name="account_login"),
    path("dang-nhap/ma/", AuthenticateView.as_view(), name="mfa_authenticate"),
    path("xac-nhan/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("xac-nhan/ma/", ReauthenticateByCodeView.as_view(), name="mfa_reauthenticate"),
    path("dang-xuat/", role_views.SignOutView.as_view(), name="account_logout"),
    path("quen-mat-khau/", forgotten, name="account_forgotten"),
    path("quen-mat-khau/<str:uidb64>/<str:token>/", new_password, name="account_new_password"),
    path("doi-mat-khau/", PasswordChangeView.as_view(), name="account_change_password"),
    path("tai-khoan/", include(own_account)),
    path("api/v1/", include("assessments.api.urls")),
    path("api/mo-ta/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", api_page, name="api-docs"),
    path("quan-tri/", admin.site.urls),
]
