"""The embedded stack for demo, development and tests; product code never imports it."""
