# The one entry point for developers and for continuous integration.
# Longer shell lives in scripts/, so that this file stays a list of targets.

BENCHTIME ?= 0.5s
BENCH ?=
WRITE ?=
CHECKS ?= 100000
FUZZTIME ?= 30s
FUZZ ?= .
SEED ?= .

.DEFAULT_GOAL := help
.PHONY: help deps test soak bench fuzz seeded demo pictures script fmt tidy clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the programs that the tests need (Debian; root or passwordless sudo)
	@bash scripts/deps.sh

test: deps ## check and test every module, with the race detector and real browsers
	@bash scripts/test.sh

soak: ## try CHECKS=100000 random sequences against the model of proofs/ (some minutes)
	@bash scripts/soak.sh $(CHECKS)

bench: ## measure beside the others and check the promises (WRITE=1: into docs/; BENCH=regexp: single benchmarks)
ifeq ($(BENCH),)
	@go -C benchmarks run ./cmd/table $(if $(WRITE),-write ../docs/benchmarks.md)
else
	@go -C benchmarks test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -timeout 10m ./...
endif

fuzz: ## run each fuzz target alone (FUZZ=regexp, FUZZTIME=30s)
	@FUZZ='$(FUZZ)' FUZZTIME='$(FUZZTIME)' bash scripts/fuzz.sh

seeded: ## break the code in each way of seeds/ and see a test fail (SEED=regexp)
	@go run ./tools/cmd/seeded -seed '$(SEED)'

demo: ## run the dashboard
	@go run ./demo

pictures: deps ## take the pictures in docs/img again, from the real dashboard
	@go run -C e2e ./cmd/pictures

script: ## minify the script of async/page again, after a change of fill.js
	@go run ./tools/cmd/minify

fmt: ## gofmt every file
	@gofmt -l -w .

tidy: ## go mod tidy in every module, the core first: the others follow its requirements
	@find . -name go.mod -not -path '*/.*/*' -printf '%h\n' | sort | while read -r m; do go -C $$m mod tidy || exit; done

clean: ## delete what the targets built
	@rm -rf .bin
