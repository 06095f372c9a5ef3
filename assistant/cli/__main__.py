"""`python -m assistant.cli` is `mcqueen`."""

from assistant.cli.main import main

main()
