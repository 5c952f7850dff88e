"""Addresses of the site."""

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from assessments.api.pages import api_page
from parindex.views import method

urlpatterns = [
    path("", include("assessments.urls")),
    path("bo-tieu-chi/", include("criteria.urls")),
    path("to-chuc/", include("parindex.accounts.urls")),
    path("phuong-phap/", method, name="method"),
    path("dang-nhap/", LoginView.as_view(), name="account_login"),
    path("dang-xuat/", LogoutView.as_view(), name="account_logout"),
    path("doi-mat-khau/", PasswordChangeView.as_view(), name="account_change_password"),
    path("api/v1/", include("assessments.api.urls")),
    path("api/mo-ta/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", api_page, name="api-docs"),
    path("quan-tri/", admin.site.urls),
]
