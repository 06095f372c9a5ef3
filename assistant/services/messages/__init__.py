"""Messages and posts on the channels that people use: Slack, Teams, WhatsApp, Matrix, Mastodon, LinkedIn."""
