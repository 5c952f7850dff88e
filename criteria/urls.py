"""Addresses of frameworks."""

from django.urls import path

from criteria.views.activation import activation
from criteria.views.frameworks import framework, frameworks
from criteria.views.history import history
from criteria.views.removal import removal
from criteria.views.resolve import resolve
from criteria.views.upload import upload

app_name = "criteria"
urlpatterns = [
    path("", frameworks, name="frameworks"),
    path("doc-tu-bang-tinh/", upload, name="upload"),
    path("<int:framework_id>/", framework, name="framework"),
    path("<int:framework_id>/cho-lech/<int:problem_id>/", resolve, name="resolve"),
    path("<int:framework_id>/dua-vao-su-dung/", activation, name="activation"),
    path("<int:framework_id>/xoa/", removal, name="removal"),
    path("<int:framework_id>/lich-su/", history, name="history"),
]
