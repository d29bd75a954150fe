"""The kind of connection the tests use."""

import psycopg

Connection = psycopg.Connection[tuple[object, ...]]
