# make check is what continuous integration runs. Everything it needs besides Go
# and a C compiler for the race detector comes through Go's module proxy.

GO ?= go
GOLANGCI_LINT_VERSION := v2.15.0
GOLANGCI_LINT := $(shell $(GO) env GOPATH)/bin/golangci-lint-$(GOLANGCI_LINT_VERSION)
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
# A number of executions, not a time: at the end of a time Go 1.26 can fail for no other
# reason (golang/go#75804, fixed in 1.27).
FUZZTIME ?= 4000x
# Of what takes calls in many languages, or compiles a module.
FUZZTIME_SLOW ?= 400x

.PHONY: check
check: format vet lint tidy cross test portable killed race fuzz ## all that must hold before a commit lands

.PHONY: format
format: ## fails where gofmt would change a file
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...
	cd bench && $(GO) vet ./...
	cd otel && $(GO) vet ./...

.PHONY: lint
lint: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) run
	cd otel && $(GOLANGCI_LINT) run

$(GOLANGCI_LINT):
	GOBIN=$(dir $@) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv $(dir $@)golangci-lint $@

.PHONY: tidy
tidy: ## fails where go.mod or go.sum are not what go mod tidy makes of them
	$(GO) mod tidy -diff
	cd bench && $(GO) mod tidy -diff
	cd otel && $(GO) mod tidy -diff

.PHONY: cross
cross: ## every platform must build and vet, tests included
	@for platform in $(PLATFORMS); do \
		echo "vet $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0 $(GO) vet ./... || exit 1; \
	done

.PHONY: test
test:
	$(GO) test -timeout 30m ./...
	cd otel && $(GO) test ./...

.PHONY: portable
portable: ## the memory of platforms that are not unix, tried here; hostile guests have it copied at up to 4 GiB
	GOMEMLIMIT=1GiB $(GO) test -timeout 30m -short -tags funcbox_portable . ./wasm ./lang/js

.PHONY: killed
killed: ## kills a process at every step of a sync, for which the steps are compiled in
	$(GO) vet -tags funcbox_failpoints ./sync
	$(GO) test -tags funcbox_failpoints -run Killed ./sync

.PHONY: race
race: ## the tests once more under the race detector, which needs a C compiler
	$(GO) test -timeout 30m -race -short ./...

.PHONY: fuzz
fuzz: ## every fuzz target, FUZZTIME times
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			case $$target in FuzzTrees|FuzzGenerated) times=$(FUZZTIME_SLOW) ;; *) times=$(FUZZTIME) ;; esac; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $$times -fuzzminimizetime 10x $$package || exit 1; \
		done; \
	done

.PHONY: bench
bench: ## the table of the README's section Performance; see bench/main.go for what it can add
	cd bench && $(GO) run . $(BENCHFLAGS)

.PHONY: soak
soak: ## 100,000 calls of every kind in one process, and what is left of them
	cd bench && $(GO) run . -soak 100000

.PHONY: conformance-python
conformance-python: ## CPython's own tests in the sandbox; needs root, debootstrap and a Debian mirror
	lang/python/conformance.sh $(CONFORMANCEFLAGS)

.PHONY: conformance-php
conformance-php: ## PHP's own tests in the sandbox, beside a native PHP; needs what conformance-python needs
	lang/php/conformance.sh $(CONFORMANCEFLAGS)

.PHONY: conformance-ruby
conformance-ruby: ## Ruby's own tests in the sandbox; needs what conformance-python needs
	lang/ruby/conformance.sh $(CONFORMANCEFLAGS)

.PHONY: conformance-c
conformance-c: ## the C and C++ runtime at every level of optimization
	FUNCBOX_ALL_LEVELS=1 $(GO) test -timeout 60m -count 1 ./lang/c/build

.PHONY: runtime-js
runtime-js: ## builds lang/js/js.wasm.zst anew; needs root, debootstrap and a Debian mirror
	lang/js/build/build.sh

.PHONY: runtime-python
runtime-python: ## builds lang/python's module and standard library anew; needs what runtime-js needs
	lang/python/build/build.sh

.PHONY: runtime-php
runtime-php: ## builds lang/php/php.wasm.zst anew; needs what runtime-js needs
	lang/php/build/build.sh

.PHONY: runtime-ruby
runtime-ruby: ## builds lang/ruby's module and standard library anew; needs what runtime-js needs
	lang/ruby/build/build.sh

.PHONY: runtime-c
runtime-c: ## builds lang/c's compiler and libraries anew; needs what runtime-js needs, and npm
	lang/c/build/build.sh
