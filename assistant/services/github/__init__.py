"""Issues, notifications and repositories of GitHub, by its published REST API."""
