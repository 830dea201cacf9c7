"""Addresses of the pages for everybody, in each language: French at the root, English under `en/`."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from . import accounts, answering, views

PAGES = (
    ("", views.notice, "notice"),
    ("clauses/", views.clauses, "clause_status"),
    ("reparateurs/<slug:code>/", views.repairer, "repairer_notice"),
    ("reparateurs/<slug:code>/pdf/", views.repairer_pdf, "repairer_notice_pdf"),
    ("<slug:version_id>/", views.version, "version"),
    ("<slug:version_id>/pdf/", views.version_pdf, "version_pdf"),
    ("<slug:older>/<slug:newer>/", views.differences, "differences"),
    ("<slug:older>/<slug:newer>/pdf/", views.differences_pdf, "differences_pdf"),
)
ROOTS = {"en": "en/engagement/", "fr": "engagement/"}
"""Each language's root; an address asked for without a language is that of the last one."""


def _patterns() -> Iterator[URLPattern]:
    for language, root in ROOTS.items():
        for rest, view, name in PAGES:
            yield path(f"{root}{rest}", view, {"language": language}, name=name)


ANSWERING = [
    path("devis-recu/<str:token>/", answering.offered, name="offered"),
    path("devis-recu/<str:token>/pdf/", answering.offered_pdf, name="offered_pdf"),
    path("devis-recu/<str:token>/accepter/", answering.accepted, name="accepted"),
    path("devis-recu/<str:token>/refuser/", answering.refused, name="refused"),
]

ACCOUNTS = [
    path("compte/demande/", accounts.request_account, name="request_account"),
    path("compte/demande/envoyee/", accounts.account_requested, name="account_requested"),
    path("compte/demande/<str:token>/", accounts.confirm_request, name="confirm_request"),
    path("compte/mot-de-passe/<str:token>/", accounts.choose_password, name="choose_password"),
]

urlpatterns = [*_patterns(), *ANSWERING, *ACCOUNTS]
