"""The network's pages: organisations and lists, never a customer."""

from django.http import HttpResponse
from django.shortcuts import render

from gardien.catalogue import queries as catalogue
from gardien.network import queries as network
from gardien.web.shared.access import Request, page


@page("network.repairers")
def repairers(request: Request) -> HttpResponse:
    """Show the repairers of the network."""
    return render(request, "network/repairers.html", {"repairers": network.repairers()})


@page("catalogue.imports")
def imports(request: Request) -> HttpResponse:
    """Show the imports of price lists and what became of their lines."""
    return render(request, "network/imports.html", {"lists": catalogue.price_lists()[:50]})
