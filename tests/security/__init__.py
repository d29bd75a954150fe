"""What an attacker tries, over all of the product at once."""
