# make run    everything on this machine, with a web chat instead of Telegram
# make test   what has to be green: format, vet, staticcheck, all tests, the texts
# make bench  what it costs, as a table; make chaos  kills, outages and failovers, with an account
# make build  the program alone, in bin/

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION     = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: run test bench chaos build check postgres browser
.DEFAULT_GOAL := run

run: postgres build
	bin/yolchi demo

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/yolchi ./cmd/yolchi

# Tests run in a zone that is neither UTC nor the one most chats live in.
test: check
	TZ=America/New_York go run ./internal/localpg/pgtest/withpg go test -race ./...
	$(MAKE) browser
	go run ./cmd/yolchi content check

bench: postgres
	go run ./internal/bench

chaos: postgres
	go run ./internal/chaos

check:
	@changed=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$changed" || { echo "gofmt would change:"; echo "$$changed"; exit 1; }
	go mod tidy -diff
	go vet ./...
	go run $(STATICCHECK) ./...

# The web chat in a real browser; a module of its own, so that nobody who only
# builds the program needs it.
browser: build
	cd internal/sandbox/browser && YOLCHI_BINARY='$(CURDIR)/bin/yolchi' go test ./...

# A private Postgres needs PostgreSQL's programs. Where there are none, the
# system's package manager brings them.
postgres:
	@if command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres /opt/homebrew/opt/postgresql*/bin/postgres /usr/local/opt/postgresql*/bin/postgres >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null; then \
		echo "PostgreSQL is not installed; installing it with apt-get."; \
		as_root=; test "$$(id -u)" = 0 || as_root=sudo; \
		$$as_root apt-get update -q && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql; \
	elif command -v brew >/dev/null; then \
		echo "PostgreSQL is not installed; installing it with brew."; \
		brew install postgresql@17; \
	else \
		echo "PostgreSQL is not installed. Please install it with your system's package manager, then run make again."; exit 1; \
	fi
