"""Tests of the proofs of nullability."""
