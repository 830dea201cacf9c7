"""Addresses of the pages of those who watch over the commitment."""

from django.urls import path

from . import views

urlpatterns = [
    path("clauses/", views.clauses, name="clauses"),
    path("echeances/utilisateurs/", views.users_calendar, name="users_calendar"),
]
