"""Rules that no server and no wording can relax: what needs a yes, and what a driver may be shown and told."""
