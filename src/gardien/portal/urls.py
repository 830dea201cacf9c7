"""Every address of the portal."""

from django.urls import include, path

urlpatterns = [
    path("", include("gardien.web.account.urls")),
    path("", include("gardien.web.public.urls")),
    path("", include("gardien.web.repairer.urls")),
    path("", include("gardien.web.network.urls")),
    path("", include("gardien.web.privacy.urls")),
]

handler400 = "gardien.web.shared.errors.bad_request"
handler403 = "gardien.web.shared.errors.forbidden"
handler404 = "gardien.web.shared.errors.not_found"
handler429 = "gardien.web.shared.errors.too_many"
handler500 = "gardien.web.shared.errors.failed"
