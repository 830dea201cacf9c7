"""Addresses of signing in and of the home."""

from allauth.account import views as allauth
from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("compte/connexion/", allauth.login, name="account_login"),
    path("compte/deconnexion/", allauth.logout, name="account_logout"),
    path("compte/role/", views.choose, name="choose"),
]
