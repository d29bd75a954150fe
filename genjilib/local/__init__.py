"""The embedded stack for demo, development and tests; product code never imports it."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
