"""Addresses of signing in and of the home."""

from allauth.account import views as allauth
from django.urls import path
from django.views.decorators.http import require_http_methods

from . import views

form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("", views.home, name="home"),
    path("compte/connexion/", form(allauth.login), name="account_login"),
    path("compte/deconnexion/", form(allauth.logout), name="account_logout"),
    path("compte/role/", views.choose, name="choose"),
    path("compte/reprise/", views.resume, name="resume"),
]
