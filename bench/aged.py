"""Customers by the million, made inside the database: each with a vehicle and two quotes, a tenth of them long gone.

Nobody exists. Names are those of `bench.people`, and what they are found by is asked of the room once per name; the
rest is made by statements over a series of numbers, so that a million people take minutes. What is left out: one quote
of ten has its document, of 3 kB where a PDF has thirty times as much; of the jobs there are none, for the queue is
empty at night; nobody is merged, held or restricted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from bench.people import PARTICLES, TRADES, Crowd

DUE = 10
"""One customer of so many was last active more than two years ago; they are spread over all pages of the tables."""
SAMPLE = 200
"""People whose tokens are compared with those that the room would write."""

_ENVELOPE = "'\\x01'::bytea"
_DIGITS = "'0123456789', 'oi２３４５６７８９'"
_CROCKFORD = " || ".join(
    f"substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (mixed >> {5 * place} & 31)::int, 1)" for place in range(8)
)
_PLATE = " || ".join(
    f"substr('ABCDEFGHJKLMNPQRSTVWXYZ', 1 + (mixed >> {5 * place} & 255)::int % 23, 1)" for place in (2, 3)
)

_FUNCTIONS = """
    CREATE SCHEMA made;
    CREATE FUNCTION made.key(kind int, number bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE
    RETURN ('01900000-00' || lpad(to_hex(kind), 2, '0') || '-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;
    CREATE TABLE made.name (kind text, rank int, name text, folded text, PRIMARY KEY (kind, rank));
    CREATE TABLE made.token (kind text, rank int, token text);
    CREATE TABLE made.variant (kind text, rank int, variant text);
    CREATE TABLE made.garage (tenant uuid, site uuid, author uuid, repairer text, first bigint, count bigint);
    CREATE TABLE made.article AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS rank, id, left(designation, 200) AS label
    FROM catalogue_article WHERE currency = 'EUR' AND size_key <> '';
"""

_PEOPLE = """
    CREATE UNLOGGED TABLE made.person AS
    WITH number AS (
        SELECT g.*, n, made.key(1, n) AS key, n * 669530886953 % (1::bigint << 40) AS mixed, n % {due} = 3 AS is_due,
          random() AS often, random() AS rarely, random() AS name, random() AS given, random() AS home, random() AS age,
          random() AS since
        FROM made.garage g, generate_series(first, first + count - 1) n
    ), told AS (
        SELECT *, 'C-' || {crockford} AS reference, floor({last} * name ^ 3)::int AS last,
          floor({first} * given ^ 3)::int AS given_rank,
          CASE WHEN often < 0.12 THEN floor({company} * rarely)::int END AS company,
          '+336' || lpad((n * 48271 % 100000000)::text, 8, '0') AS mobile,
          CASE WHEN often > 0.6 THEN '+332' || lpad((n * 7621 % 100000000)::text, 8, '0') ELSE '' END AS phone,
          {plate} || lpad((1 + n % 999)::text, 3, '0') || {plate} AS plate,
          CASE WHEN home < 0.6 THEN '44' WHEN home < 0.7 THEN '49' WHEN home < 0.8 THEN '35'
            WHEN home < 0.9 THEN '85' ELSE lpad((1 + n % 95)::text, 2, '0') END AS department,
          date_trunc('second', timestamptz '{at}' - age * interval '700 days'
            - CASE WHEN is_due THEN interval '2 years 10 days' ELSE interval '0' END) AS last_at
        FROM number
    )
    SELECT t.*, l.name AS last_name, f.name AS first_name, coalesce(c.name, '') AS company_name,
      trim(coalesce(c.folded, '') || ' ' || l.folded || ' ' || f.folded) AS sort_key,
      CASE WHEN rarely < 0.6 THEN replace(f.folded || '.' || l.folded, ' ', '') || n % 100 || '@courriel' || n % 40
        || '.example' ELSE '' END AS email, last_at - since * interval '300 days' AS first_at
    FROM told t JOIN made.name l ON l.kind = 'last' AND l.rank = t.last
    JOIN made.name f ON f.kind = 'first' AND f.rank = t.given_rank
    LEFT JOIN made.name c ON c.kind = 'company' AND c.rank = t.company ORDER BY n;
    CREATE VIEW made.borne AS
    SELECT n, kind, rank FROM made.person, LATERAL (VALUES ('last', last), ('first', given_rank), ('company', company))
      names (kind, rank) WHERE rank IS NOT NULL;
    CREATE UNLOGGED TABLE made.quote AS
    SELECT p.tenant, p.site, p.author, p.repairer, p.n, p.key AS customer, reference, place,
      p.mixed * 31 % 997 + place AS drawn, 2 * n + place AS rank, made.key(2, 2 * n + place) AS key,
      CASE place WHEN 0 THEN first_at ELSE last_at END AS issued_at,
      floor(article_count * random() ^ 2)::int AS article,
      ((5000 + floor(20000 * random() ^ 2)) / 100)::numeric(8, 2) AS price
    FROM made.person p, generate_series(0, 1) place,
      (SELECT count(*) AS article_count FROM made.article) articles ORDER BY n, place;
"""

_ROWS = {
    "consent_reading": """
        SELECT made.key(3, n) AS id, tenant AS controller_id, reference AS subject, '2020-01-25' AS version,
          'fr' AS language, repeat('0', 64) AS wording_sha256, author AS read_by_id, first_at AS read_at
        FROM made.person""",
    "customers_customer": """
        SELECT key AS id, tenant AS tenant_id, reference, CASE company_name WHEN '' THEN 'person' ELSE 'company' END
          AS kind, company_name AS company, '' AS siren, last_name, first_name, '' AS delivery, '' AS building,
          n % 150 || ' rue des Essais' AS street, '' AS locality,
          department || lpad((n % 999)::text, 3, '0') AS postcode, 'Exemple' AS city, 'FR' AS country,
          email, phone, mobile, sort_key, first_at AS told_at, author AS told_to_id, made.key(3, n) AS reading_id
        FROM made.person""",
    "customers_vehicle": """
        SELECT made.key(4, n) AS id, tenant AS tenant_id, key AS customer_id, plate, plate AS plate_display,
          'siv' AS plate_kind, 'FR' AS plate_country, 'Sarvane' AS make, 'Altis' AS model, first_at AS told_at
        FROM made.person""",
    "customers_note": """
        SELECT made.key(5, n) AS id, tenant AS tenant_id, key AS customer_id, made.key(6, n) AS note_key,
          'Rappeler après 18 h' AS text, first_at AS written_at, author AS written_by_id
        FROM made.person WHERE mixed % 7 = 0""",
    "customers_searchtoken": """
        SELECT made.key(7, row_number() OVER (ORDER BY n)) AS id, tenant AS tenant_id, key AS customer_id, token
        FROM (
            SELECT DISTINCT n, tenant, key, token
            FROM made.person JOIN made.borne USING (n) JOIN made.token USING (kind, rank)
            UNION ALL SELECT n, tenant, key, translate(word, {digits}) || ' ' || why
            FROM made.person, LATERAL (VALUES
                (lower(plate), 'p'), (lower(replace(reference, '-', '')), 'r'), (substr(mobile, 2), 't'),
                (substr(mobile, 4), 't'), (substr(phone, 2), 't'), (substr(phone, 4), 't'),
                (regexp_replace(email, '[^a-z0-9]', '', 'g'), 'e')) words (word, why)
            WHERE word <> ''
        ) found""",
    "customers_searchvariant": """
        SELECT made.key(8, row_number() OVER (ORDER BY n)) AS id, tenant AS tenant_id, key AS customer_id, variant
        FROM (
            SELECT DISTINCT n, tenant, key, variant
            FROM made.person JOIN made.borne USING (n) JOIN made.variant USING (kind, rank)
        ) found""",
    "quotes_quote": """
        SELECT key AS id, tenant AS tenant_id, made.key(9, rank) AS draft_key, site AS site_id, customer AS customer_id,
          made.key(4, n) AS vehicle_id, author AS author_id, CASE WHEN place = 0 THEN 'expired'
            WHEN n % 3 = 0 THEN 'accepted' ELSE 'refused' END AS state, 1 AS revision, '' AS reused_parts,
          issued_at - interval '5 minutes' AS drafted_at, issued_at, issued_at AS sent_at,
          CASE place WHEN 1 THEN issued_at END AS answered_at, '' AS refusal_reason, '' AS late_reason,
          '' AS cancel_reason, extract(year FROM issued_at) AS year, rank,
          'D-' || repairer || '-' || extract(year FROM issued_at) || '-' || rank AS number,
          issued_at::date + 30 AS valid_until_date, 'ttc-first/1' AS rounding_policy,
          round(price * 4 / 1.2, 2) AS total_ht,
          price * 4 - round(price * 4 / 1.2, 2) AS total_vat, price * 4 AS total_ttc
        FROM made.quote""",
    "quotes_quoteline": """
        SELECT made.key(10, q.rank) AS id, tenant AS tenant_id, key AS quote_id, made.key(11, q.rank) AS line_key,
          1 AS position, 'tyre' AS kind, a.id AS article_id, a.label, 4 AS quantity, 0 AS option, '' AS detail,
          '' AS family, '' AS label_excuse, price AS unit_price, 0 AS discount, 20 AS vat_rate
        FROM made.quote q JOIN made.article a ON a.rank = q.article""",
    "quotes_quotedocument": """
        SELECT made.key(12, rank) AS id, tenant AS tenant_id, key AS quote_id,
          {envelope} || (SELECT string_agg(sha512((rank || '/' || part)::bytea), '') FROM generate_series(1, 47) part)
            AS sealed,
          repeat('1', 64) AS sha256, '2020-01-25' AS version, repeat('2', 64) AS verso_sha256, '' AS replaced,
          issued_at AS made_at
        FROM made.quote WHERE drawn % 10 = 1""",
    "messaging_message": """
        SELECT made.key(13, rank) AS id, tenant AS controller_id, reference AS subject, 'client.use.quote' AS purpose,
          'service' AS kind, 'email' AS channel, 'controller' AS sender, 'quote' AS document_kind, key AS document_id,
          md5(rank::text) || md5('d' || rank) AS document_sha256,
          {envelope} || decode(md5('a' || rank), 'hex') AS recipient,
          md5('r' || rank) || md5('s' || rank) AS recipient_digest, ''::bytea AS letter,
          md5('m' || rank) || '@portail.example' AS message_id, 'sent' AS state, '' AS refused_cause, 1 AS attempts,
          '250' AS last_code, '2020-01-25' AS version, issued_at AS prepared_at, issued_at AS ended_at
        FROM made.quote WHERE drawn % 10 = 2""",
    "messaging_attempt": """
        SELECT made.key(14, rank) AS id, tenant AS controller_id, made.key(13, rank) AS message_id, 1 AS number,
          issued_at AS started_at, issued_at AS ended_at, 'sent' AS outcome, '250' AS code
        FROM made.quote WHERE drawn % 10 = 2""",
    "standing_fact": """
        SELECT made.key(15, row_number() OVER (ORDER BY n)) AS id, tenant AS controller_id, reference AS subject, event,
          happened_at, source_id
        FROM (
            SELECT n, tenant, reference, 'details_told' AS event, first_at AS happened_at, key AS source_id
            FROM made.person
            UNION ALL SELECT n, tenant, reference, 'quote_issued', issued_at, key FROM made.quote
            UNION ALL SELECT n, tenant, reference, CASE n % 3 WHEN 0 THEN 'quote_accepted' ELSE 'quote_refused' END,
              issued_at, key FROM made.quote WHERE place = 1
        ) facts""",
    "journal_entry": """
        SELECT made.key(16, row_number() OVER (ORDER BY at)) AS id, tenant AS controller_id, at, tag,
          author AS actor_id, 'counter_adviser' AS actor_role, reference AS subject, noted AS "references"
        FROM (
            SELECT tenant, author, reference, first_at AS at, 'customers:customer:told' AS tag,
              jsonb_build_object('reading', made.key(3, n)) AS noted
            FROM made.person
            UNION ALL SELECT tenant, author, reference, issued_at, 'quotes:quote:issued',
              jsonb_build_object('quote', key, 'pdf', repeat('1', 64), 'version', '2020-01-25')
            FROM made.quote
        ) entries""",
}


def fill(connection: Any, counts: dict[Any, int], at: datetime, *, has_variants: bool = True) -> None:
    """Write so many customers at each adviser's repairer, past walls and triggers, as a restored backup would be."""
    connection.execute(
        "SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB';"
        "SET maintenance_work_mem = '512MB'; SET max_parallel_workers_per_gather = 0; SELECT setseed(0.7)"
    )
    connection.execute(_FUNCTIONS)
    names = _names()
    for table, rows in _words(names).items():
        with connection.cursor().copy(f"COPY made.{table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    first = 1
    for adviser, count in counts.items():
        repairer = adviser.site.repairer
        garage = [repairer.id, adviser.site_id, adviser.user_id, repairer.code, first, count]
        connection.execute("INSERT INTO made.garage VALUES (%s, %s, %s, %s, %s, %s)", garage)
        first += count
    shape = {kind: len(each) for kind, each in names.items()}
    connection.execute(_PEOPLE.format(at=at.isoformat(), due=DUE, crockford=_CROCKFORD, plate=_PLATE, **shape))
    connection.execute("ANALYZE")
    with _without_indexes(connection):
        for table, query in _ROWS.items():
            if has_variants or table != "customers_searchvariant":
                _insert(connection, table, query.format(digits=_DIGITS, envelope=_ENVELOPE))
    _compare(connection, ("token", "variant") if has_variants else ("token",))
    connection.execute("DROP SCHEMA made CASCADE")
    connection.execute("VACUUM ANALYZE")


def _names() -> dict[str, list[str]]:
    crowd = Crowd(7)
    lasts = [
        f"{PARTICLES[rank % len(PARTICLES)]}{name}" if rank % 10 == 9 else name
        for rank, name in enumerate(crowd.last_names)
    ]
    companies = [f"{TRADES[rank % len(TRADES)]} {name}" for rank, name in enumerate(lasts[:3000])]
    return {"last": lasts, "first": crowd.first_names, "company": companies}


def _words(names: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """Return each name, folded as it is sorted, and what the room finds it by."""
    from gardien.base.text import fold
    from gardien.customers.rules import tokens

    ranked = [(kind, rank, name) for kind, each in names.items() for rank, name in enumerate(each)]
    traits = [(kind, rank, tokens.Traits("", (name,))) for kind, rank, name in ranked]
    return {
        "name": [(*each, fold(each[2])) for each in ranked],
        "token": [(kind, rank, each) for kind, rank, of in traits for each in tokens.tokens(of)],
        "variant": [(kind, rank, each) for kind, rank, of in traits for each in tokens.near_stored(of)],
    }


def _insert(connection: Any, table: str, query: str) -> None:
    columns = [f'"{each.name}"' for each in connection.execute(f"SELECT * FROM ({query}) rows LIMIT 0").description]
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) {query}")


def _compare(connection: Any, words: tuple[str, ...]) -> None:
    """Fail if people are not found by what the room would have written."""
    from gardien.customers.rules import tokens

    told = connection.execute(
        "SELECT tenant, key, reference, last_name, first_name, company_name, plate, phone, mobile, email "
        f"FROM made.person ORDER BY mixed LIMIT {SAMPLE}"
    ).fetchall()
    for tenant, key, reference, last, first, company, plate, *phones, email in told:
        numbers = tuple(filter(None, phones))
        of = tokens.Traits(reference, (last, first, company), ((plate, tokens.Why.PLATE),), numbers, email)
        of_room = {"token": tokens.tokens(of), "variant": tokens.near_stored(of)}
        for word in words:
            found = connection.execute(
                f"SELECT {word} FROM customers_search{word} WHERE (tenant_id, customer_id) = (%s, %s)", [tenant, key]
            )
            assert {row[0] for row in found.fetchall()} == of_room[word], (word, key)


@contextmanager
def _without_indexes(connection: Any) -> Iterator[None]:
    """Drop meanwhile every index that no key rests on: to build one at the end is many times quicker."""
    found = connection.execute(
        """
        SELECT c.relname, i.relname, k.conname, coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.oid))
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
        LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype = 'u'
        WHERE c.relname = ANY(%s) AND NOT x.indisprimary
          AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.oid AND f.contype = 'f')
        """,
        [list(_ROWS)],
    ).fetchall()
    for table, index, constraint, _ in found:
        drop = f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"' if constraint else f'DROP INDEX "{index}"'
        connection.execute(drop)
    yield
    for table, _, constraint, definition in found:
        add = f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {definition}' if constraint else definition
        connection.execute(add)
