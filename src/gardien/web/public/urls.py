"""Addresses of the pages for everybody."""

from django.urls import path

from . import views

urlpatterns = [path("engagement/", views.notice, name="notice")]
