"""What a notebook asks of an edition: tidy frames that know their unit, interval and status, and word themselves."""
