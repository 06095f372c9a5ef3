"""The Textual face on the runtime: sends events, shows state, owns nothing that a drive without it would miss."""
