"""Due, claimed, sent, settled: the outbox. Must never know a calendar."""
