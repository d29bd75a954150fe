"""`make demo`: an evening of the community, played by clients of the real system, every step checked."""
