"""Does: CalDAV, SMTP, the store, the clock, systemd. No decisions."""
