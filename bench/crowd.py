"""Three hundred municipalities and a million residents, written straight into PostgreSQL around a demonstration town."""

from sqlalchemy import text

from server.core.database import Database

_TOWNS = """
INSERT INTO municipality (slug, name, {columns})
SELECT 'town-' || n, 'Commune ' || n, {columns} FROM municipality, generate_series(1, :towns - 1) AS n WHERE slug = 'saint-aubin'
"""
_TOPICS = """
INSERT INTO topic (municipality_id, {columns})
SELECT m.id, {topic_columns} FROM municipality m, topic t
WHERE m.slug LIKE 'town-%' AND t.municipality_id = (SELECT id FROM municipality WHERE slug = 'saint-aubin')
"""
# The demonstration town becomes a big one, with a tenth of everybody; the others share the rest evenly.
_RESIDENTS = """
INSERT INTO resident (municipality_id, name, list_key, search_key, name_key, door_key, phone_key, email, email_key, {columns})
SELECT CASE WHEN n % 10 = 0 THEN big.id ELSE others.ids[1 + n % array_length(others.ids, 1)] END,
       'Personne ' || n, 'personne ' || n, 'personne ' || n || ' personne' || n || '@bal.example', n || ' personne', '', '',
       'personne' || n || '@bal.example', 'personne' || n || '@bal.example', {template_columns}
FROM generate_series(1, :residents) AS n,
     (SELECT id FROM municipality WHERE slug = 'saint-aubin') AS big,
     (SELECT array_agg(id ORDER BY id) AS ids FROM municipality WHERE slug LIKE 'town-%') AS others,
     (SELECT * FROM resident WHERE email IS NOT NULL AND left_at IS NULL LIMIT 1) AS template
"""
_SUBSCRIPTIONS = """
INSERT INTO subscription (municipality_id, resident_id, topic_id, channel, started_at)
SELECT r.municipality_id, r.id, t.id, 'email', r.created_at
FROM resident r JOIN topic t ON t.municipality_id = r.municipality_id AND (t.position = 0 OR r.id % 3 = t.position)
WHERE r.list_key LIKE 'personne %'
"""
_DELIVERIES = """
INSERT INTO delivery (municipality_id, mailing_id, recipient, address, {columns})
SELECT r.municipality_id, template.mailing_id, r.id, r.email, {template_columns}
FROM resident r, (SELECT * FROM delivery ORDER BY mailing_id DESC LIMIT 1) AS template
WHERE r.municipality_id = template.municipality_id AND r.list_key LIKE 'personne %'
"""


async def crowd(database: Database, *, towns: int, residents: int) -> None:
    """Grow the only town of `database` into an instance of `towns` with `residents` in all."""
    async with database.writing() as session:
        columns = await _columns(database)

        def rest(table: str, *but: str) -> str:
            return ", ".join(name for name in columns[table] if name not in {"id", "municipality_id", *but})

        def of(template: str, names: str) -> str:
            return ", ".join(f"{template}.{name}" for name in names.split(", "))

        town = rest("municipality", "slug", "name", "host")
        topic = rest("topic")
        resident = rest(
            "resident", *("name", "list_key", "search_key", "name_key", "door_key", "phone_key", "email", "email_key")
        )
        delivery = rest("delivery", "mailing_id", "recipient", "address")
        await session.execute(text(_TOWNS.format(columns=town)), {"towns": towns})
        await session.execute(text(_TOPICS.format(columns=topic, topic_columns=of("t", topic))))
        known = int(await session.scalar(text("SELECT count(*) FROM resident")) or 0)
        statement = _RESIDENTS.format(columns=resident, template_columns=of("template", resident))
        await session.execute(text(statement), {"residents": residents - known})
        await session.execute(text("ANALYZE resident, topic"))  # unseen, a million residents are walked topic by topic
        await session.execute(text(_SUBSCRIPTIONS))
        await session.execute(text(_DELIVERIES.format(columns=delivery, template_columns=of("template", delivery))))
    async with database.engine.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await settled.execute(text("VACUUM ANALYZE"))


async def _columns(database: Database) -> dict[str, list[str]]:
    async with database.reading() as session:
        found = await session.execute(
            text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        )
        columns: dict[str, list[str]] = {}
        for table, name in found:
            columns.setdefault(table, []).append(name)
        return columns
