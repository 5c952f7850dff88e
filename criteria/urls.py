"""Addresses of frameworks."""

from django.urls import path

from criteria.views.activation import activation
from criteria.views.editing import (
    add_below,
    add_content,
    criterion,
    move_criterion,
    remove_criterion,
    rule,
    steps,
)
from criteria.views.export import export, template
from criteria.views.frameworks import framework, frameworks
from criteria.views.history import history
from criteria.views.removal import removal
from criteria.views.resolve import resolve
from criteria.views.sources import sources, survey_block
from criteria.views.trial import trial
from criteria.views.upload import reading, upload
from criteria.views.versions import comparison, new_version

app_name = "criteria"
ONE = "<int:framework_id>/"
ROW = f"{ONE}muc/<int:criterion_id>/"
urlpatterns = [
    path("", frameworks, name="frameworks"),
    path("doc-tu-bang-tinh/", upload, name="upload"),
    path("doc-tu-bang-tinh/<int:reading_id>/", reading, name="reading"),
    path("mau-bang-tinh.xlsx", template, name="template"),
    path(ONE, framework, name="framework"),
    path(f"{ONE}bang-tinh.xlsx", export, name="export"),
    path(f"{ONE}cho-lech/<int:problem_id>/", resolve, name="resolve"),
    path(f"{ONE}dua-vao-su-dung/", activation, name="activation"),
    path(f"{ONE}xoa/", removal, name="removal"),
    path(f"{ONE}lich-su/", history, name="history"),
    path(f"{ONE}phien-ban-moi/", new_version, name="new_version"),
    path(f"{ONE}so-sanh/", comparison, name="comparison"),
    path(f"{ONE}cac-buoc/", steps, name="steps"),
    path(f"{ONE}nguon-diem/", sources, name="sources"),
    path(f"{ONE}khoi-dieu-tra/", survey_block, name="survey_block"),
    path(f"{ONE}muc/them/", add_content, name="add_content"),
    path(ROW, criterion, name="criterion"),
    path(f"{ROW}cach-cham/", rule, name="rule"),
    path(f"{ROW}thu/", trial, name="trial"),
    path(f"{ROW}them/", add_below, name="add_below"),
    path(f"{ROW}chuyen/", move_criterion, name="move_criterion"),
    path(f"{ROW}bo/", remove_criterion, name="remove_criterion"),
]
