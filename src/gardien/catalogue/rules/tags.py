"""What this room tells the journal."""

from gardien.journal import rules as journal


class Tag(journal.Tag):
    """The tags of the catalogue."""

    IMPORTED = "catalogue:price_list:imported"
    LINE_MENDED = "catalogue:line:mended"
    LINE_DROPPED = "catalogue:line:dropped"
    REPLAYED = "catalogue:price_list:replayed"
    BRAND_PLACED = "catalogue:brand:placed"
    ECO_RATE_SET = "catalogue:eco_rate:set"
    SERVICE_SET = "catalogue:service:set"
    SERVICE_ENDED = "catalogue:service:ended"
    PRICE_RULE_SET = "catalogue:price_rule:set"
    PRICE_RULE_ENDED = "catalogue:price_rule:ended"
