"""The engine of ``DATABASES``: Django's own for PostgreSQL, less a round trip for each request."""
