"""Lootbox: XP and its tiers, keys, rewards and coins."""
