"""The processes: api, bot and worker. Each reads settings, opens a pool, wires the parts and runs."""
