-- The six database roles of Gardien, and who may enter the database it is run in.
--
-- The embedded server runs this file by itself. On your own PostgreSQL (15 or later) run it as a
-- superuser, as often as you like, in the database made for Gardien (encoding UTF8, locale C):
--     psql --set ON_ERROR_STOP=1 --single-transaction --dbname gardien --file roles.sql
-- then give each role you use a password (\password gardien_app) or a peer rule; never trust.
-- Rights on tables are granted by the migrations, which run as gardien_owner.

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'gardien_owner',    -- migrations: owns the database, its schema and tables
        'gardien_app',      -- web and jobs
        'gardien_sweep',    -- retention and rights execution, in jobs only
        'gardien_network',  -- the network's own tables and roll-ups
        'gardien_audit',    -- seals and proofs
        'gardien_backup'    -- pg_dump only
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS',
            role_name
        );
    END LOOP;
    ALTER ROLE gardien_backup BYPASSRLS;

    EXECUTE format('ALTER DATABASE %I OWNER TO gardien_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO gardien_owner, gardien_app, gardien_sweep, gardien_network, '
        'gardien_audit, gardien_backup',
        current_database()
    );
END
$$;

ALTER SCHEMA public OWNER TO gardien_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public
    TO gardien_app, gardien_sweep, gardien_network, gardien_audit, gardien_backup;
