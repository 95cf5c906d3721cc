# SPDX-License-Identifier: Apache-2.0
# make run and make test do all set-up themselves. `make help` lists the rest.

SWIFT ?= swift
CONFIGURATION ?= release
BUILD_DIRECTORY := build
PLUGINS := trainer:Trainer store:Store
PYTHON ?= python3
VENV := $(BUILD_DIRECTORY)/venv

.PHONY: help setup build stage run demo test test-swift test-python lint check format bench tsan install dist clean

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Installs what building and testing need (Debian packages, a Python environment for tests)
	@Tools/setup

build: setup ## Builds the host and the plugins, and stages them in build/
	$(SWIFT) build -c $(CONFIGURATION) --product jackfield
	$(SWIFT) build -c $(CONFIGURATION) --product jackfield-check
	@for plugin in $(PLUGINS); do $(SWIFT) build -c $(CONFIGURATION) --product $${plugin#*:} || exit 1; done
	@Tools/stage $(CONFIGURATION) $(BUILD_DIRECTORY) $(PLUGINS)

run: build ## Starts the host, trains the example against it, and stays up until Ctrl-C
	@Tools/demo --stay

demo: build ## As run, but ends by itself with exit 0
	@Tools/demo

test: setup check test-swift test-python ## Set-up, build, lint, and all tests

test-swift:
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build

test-python: setup
	$(VENV)/bin/python -m pytest -q Clients/Python/tests

check: ## The rules of the house: layers, exports, formatting, headers
	@Tools/check

lint: check

format: ## Formats every Swift file
	$(SWIFT) format --configuration .swift-format -i -r Package.swift Sources Plugins Tests Benchmarks

bench: ## Builds, and measures against bare baselines; the table goes to the terminal
	@Benchmarks/run

# One test at a time: under the sanitizer everything is ten times slower, and many tests have deadlines. Ends with a failure when a race
# was reported, also when every test passed.
tsan: setup ## The concurrent suites under the thread sanitizer
	TSAN_OPTIONS="exitcode=66 $(TSAN_OPTIONS)" $(SWIFT) test --sanitize thread --scratch-path .build/tsan --no-parallel \
	  --filter '^(HostTests|PluginSDKTests|TrainerTests|StoreTests)\.'

install: build ## Copies the staged files below $(PREFIX) (default /usr/local)
	@Tools/install $(or $(PREFIX),/usr/local)

dist: build ## Packs the staged files into build/jackfield-VERSION.tar.gz
	@Tools/dist

clean: ## Removes what was built
	rm -rf .build $(BUILD_DIRECTORY)
