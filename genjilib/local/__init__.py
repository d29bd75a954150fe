"""The embedded stack for demo, development and tests: servers, catchers and simulators. Product code never imports it."""
