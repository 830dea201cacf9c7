"""The portal as a WSGI application. It refuses to load where `startup.refuse` finds a reason."""

from django.core.handlers.wsgi import WSGIHandler

from gardien.portal import boot

boot.load()

from gardien.portal import startup  # noqa: E402 -- models are loaded by now

startup.refuse()
application = WSGIHandler()
