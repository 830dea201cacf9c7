"""Named reads of the catalogue."""

from .articles import LIMIT, Filters, NoSuchArticleError, article, brand_keys, brands, label, search
from .imports import (
    NoSuchLineError,
    NoSuchListError,
    brought_by,
    price_list,
    price_lists,
    quarantine,
    reason,
    waiting_line,
)
from .offers import PricedArticle, Refusal, fitted_price, offers, price_rules, priced, services, tariff, with_eco

__all__ = [
    "LIMIT",
    "Filters",
    "NoSuchArticleError",
    "NoSuchLineError",
    "NoSuchListError",
    "PricedArticle",
    "Refusal",
    "article",
    "brand_keys",
    "brands",
    "brought_by",
    "fitted_price",
    "label",
    "offers",
    "price_list",
    "price_lists",
    "price_rules",
    "priced",
    "quarantine",
    "reason",
    "search",
    "services",
    "tariff",
    "waiting_line",
    "with_eco",
]
