"""Addresses of requests for review: a unit's own, and those of a round for who answers them."""

from django.urls import path

from assessments.views.own_reviews import own_reviews, review_drop, review_send
from assessments.views.reviews import review, reviews

OWN = "xem-xet-lai/<slug:round_code>/<slug:group_code>/<str:unit_code>/"
ROUND = "dot/<slug:round_code>/xem-xet-lai/"
urlpatterns = [
    path(OWN, own_reviews, name="own_reviews"),
    path(f"{OWN}<int:review_id>/gui/", review_send, name="review_send"),
    path(f"{OWN}<int:review_id>/bo/", review_drop, name="review_drop"),
    path(ROUND, reviews, name="reviews"),
    path(f"{ROUND}<int:review_id>/", review, name="review"),
]
