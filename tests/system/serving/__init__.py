"""Several `mcqueen serve` processes before a real PostgreSQL and a real Redis: run by `make test-system`."""
