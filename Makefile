# SPDX-License-Identifier: Apache-2.0
# make run and make test do all set-up themselves. `make help` lists the rest.

SWIFT ?= swift
CONFIGURATION ?= release
BUILD_DIRECTORY := build
PROGRAMS := jackfield jackfield-runner jackfield-check jackfield-holder
PLUGINS := trainer:Trainer store:Store health:Health export:Export kernel:Kernel run-bridge:RunBridge dashboard:Dashboard
ADAPTERS := CLibrary
PYTHON ?= python3
VENV := $(BUILD_DIRECTORY)/venv

.PHONY: help setup setup-tests build stage run demo test test-swift test-python test-trainer test-kernels test-blocks test-dashboard-load screenshots soak fuzz lint check format bench bench-dashboard tsan install dist clean

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Installs what building and testing need (Debian packages, a Python environment for tests)
	@Tools/setup

setup-tests: setup
	@Tools/setup tests

build: setup ## Builds the host and the plugins, and stages them in build/
	@for program in $(PROGRAMS); do $(SWIFT) build -c $(CONFIGURATION) --product $$program || exit 1; done
	@for plugin in $(PLUGINS) $(ADAPTERS); do $(SWIFT) build -c $(CONFIGURATION) --product $${plugin#*:} || exit 1; done
	@Tools/stage $(CONFIGURATION) $(BUILD_DIRECTORY) $(PLUGINS) $(ADAPTERS)

run: build ## Starts the host, trains the example against it, and stays up until Ctrl-C
	@Tools/demo --stay

demo: build ## As run, but ends by itself with exit 0
	@Tools/demo

test: setup-tests check test-swift test-python ## Set-up, build, lint, and all tests

test-swift:
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	@SWIFT=$(SWIFT) Tools/test-swift

# What fails in the browser is tried once more, alone: on a busy machine a page may take longer than any limit. Both reports are printed.
BROWSER_TESTS = $(VENV)/bin/python -m pytest -q -o cache_dir=$(CURDIR)/$(BUILD_DIRECTORY)/browser-tests -m "not slow" Tests/Browser

test-python: setup
	$(VENV)/bin/python -m pytest -q Clients/Python/tests
	$(BROWSER_TESTS) || $(BROWSER_TESTS) --last-failed

# A million points, fifty pages, a stream for minutes: it wants the machine for itself.
test-dashboard-load: build ## The page under load, in a real browser
	$(VENV)/bin/python -m pytest -q -p no:cacheprovider -m slow Tests/Browser

screenshots: build ## Every view of the page in light and dark, into Docs/screenshots
	$(VENV)/bin/python Tests/Browser/screenshots.py

# Some gigabytes at the first run (PyTorch), and minutes at each: not in `make test`.
test-trainer: build ## The shipped plugins against the real package onthefly-ai: one process, and two ranks
	@Tools/setup trainer
	$(BUILD_DIRECTORY)/trainer-venv/bin/python -m pytest -q -p no:cacheprovider Tests/RealTrainer

# Some hundreds of megabytes at the first run (kernels of other languages, servers, gateways).
test-kernels: build ## Real kernels, front ends and servers: bare, through the host, and through its proxy
	@Tools/setup kernels
	$(BUILD_DIRECTORY)/kernels-venv/bin/python -m pytest -q -p no:cacheprovider Tests/RealKernels

test-blocks: setup ## Block detection against Python's own parser, on every line of the standard library
	@Tools/test-blocks

soak: build ## Kills a host that records heavily, 200 times, and looks at its database each time
	@$(PYTHON) Tests/Soak/recording.py --kills 200

FUZZ_SECONDS ?= 60
# The last three look inside plugins, which a release build allows only when it is asked to: hence a folder of their own.
fuzz: setup ## Attacks block detection, debug adapters' messages, the wires of kernels and of scripts with seeded junk, FUZZ_SECONDS each
	$(SWIFT) build -c release --product python-blocks
	$$($(SWIFT) build -c release --show-bin-path)/python-blocks fuzz --seconds $(FUZZ_SECONDS)
	$(SWIFT) build -c release --product dap-fuzz
	$$($(SWIFT) build -c release --show-bin-path)/dap-fuzz --seconds $(FUZZ_SECONDS)
	$(SWIFT) build -c release --scratch-path .build/testing -Xswiftc -enable-testing --product kernel-wire-fuzz
	$$($(SWIFT) build -c release --scratch-path .build/testing --show-bin-path)/kernel-wire-fuzz --seconds $(FUZZ_SECONDS)
	$(SWIFT) build -c release --scratch-path .build/testing -Xswiftc -enable-testing --product bridge-wire-fuzz
	$$($(SWIFT) build -c release --scratch-path .build/testing --show-bin-path)/bridge-wire-fuzz --seconds $(FUZZ_SECONDS)
	JACKFIELD_FUZZ=1 $(SWIFT) build -c release --scratch-path .build/guided -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer --product guided-fuzz
	@mkdir -p $(BUILD_DIRECTORY)/fuzz
	$$($(SWIFT) build -c release --scratch-path .build/guided --show-bin-path)/guided-fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	  -artifact_prefix=$(BUILD_DIRECTORY)/fuzz/ $(BUILD_DIRECTORY)/fuzz

check: ## The rules of the house: layers, exports, formatting, headers
	@Tools/check

lint: check

format: ## Formats every Swift file
	$(SWIFT) format --configuration .swift-format -i -r Package.swift Sources Plugins Tests Benchmarks Examples/Plugins Templates

bench: ## Builds, and measures against bare baselines; the table goes to the terminal
	@Benchmarks/run

# TensorBoard in an environment of its own, some 100 MB at the first run.
bench-dashboard: build ## The page in a real browser beside TensorBoard: first curve, event to pixel, processor time
	@test -x build/tensorboard-venv/bin/tensorboard || { $(PYTHON) -m venv build/tensorboard-venv && build/tensorboard-venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tools/tensorboard-requirements.txt; }
	@$(VENV)/bin/python Benchmarks/dashboard.py

# One test at a time: under the sanitizer everything is ten times slower, and many tests have deadlines. Ends with a failure when a race
# was reported, also when every test passed.
tsan: setup ## The concurrent suites under the thread sanitizer
	TSAN_OPTIONS="exitcode=66 $(TSAN_OPTIONS)" $(SWIFT) test --sanitize thread --scratch-path .build/tsan --no-parallel \
	  --filter '^(HostTests|PluginSDKTests|TrainerTests|StoreTests|HealthTests|ExportTests|KernelTests|ProcessesTests|RunBridgeTests|DashboardTests|WebServerTests|WebSocketsTests|ZeroMQTests)\.'

install: build ## Copies the staged files below $(PREFIX) (default /usr/local)
	@Tools/install $(or $(PREFIX),/usr/local)

dist: build ## Packs the staged files into build/jackfield-VERSION.tar.gz
	@Tools/dist

clean: ## Removes what was built
	rm -rf .build $(BUILD_DIRECTORY)
