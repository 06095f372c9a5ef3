"""The Textual dashboard over the runtime: sends events and shows state; drives work the same without it."""
