#!/usr/bin/env bash
# Checks and tests every module of the repository, goes on after a failure, and ends with a summary.
# `make test` runs it after scripts/deps.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

export PATH="$PATH:/usr/sbin:/sbin" # sshd is there, and a user's path often has neither
staticcheck=$PWD/.bin/staticcheck

command -v go >/dev/null || { echo "test: go is not on the path; install the version that go.mod names, or a later one" >&2; exit 1; }

failures=() # of the module that is being checked
summary=()
status=0

step() { # NAME COMMAND...
  local name=$1
  shift
  echo "--- $module: $name"
  "$@" && return
  failures+=("$name")
  echo "--- $module: $name FAILED"
}

formatted() {
  local files
  files=$(gofmt -l .) || return
  [ -z "$files" ] && return
  printf 'not formatted, make fmt does it:\n%s\n' "$files"
  return 1
}

# The linter's dependencies are the tools module's own, not those that the workspace would choose.
build_staticcheck() {
  GOWORK=off go -C tools build -o "$staticcheck" honnef.co/go/tools/cmd/staticcheck
}

in_module() { (cd "$module" && "$@"); }

# Tests that start other programs (go list, sshd, chromium) depend on what go test's cache does not see: -count=1.
# Each benchmark runs once, so that it cannot rot.
check_module() {
  step tidy in_module go mod tidy -diff
  step vet in_module go vet ./...
  step staticcheck in_module "$staticcheck" ./...
  step test in_module go test -race -count=1 -timeout 4m -bench . -benchtime 1x ./...
  if [ "$module" = . ]; then
    step "vet without workspace" env GOWORK=off go vet ./...
    step "test without workspace" env GOWORK=off go test -count=1 -timeout 4m ./...
  fi
}

conclude() { # NAME SECONDS
  if [ ${#failures[@]} -eq 0 ]; then
    summary+=("$(printf 'passed  %-12s %4ds' "$1" "$2")")
  else
    summary+=("$(printf 'FAILED  %-12s %4ds  (%s)' "$1" "$2" "$(IFS=,; echo "${failures[*]}")")")
    status=1
  fi
  failures=()
}

module=all
step gofmt formatted
step "build staticcheck" build_staticcheck
conclude preparations $SECONDS

# Found, not listed: a new module cannot be forgotten. The core comes first.
while read -r module; do
  started=$SECONDS
  check_module
  conclude "${module/#./core}" $((SECONDS - started))
done < <(find . -name go.mod -not -path '*/.*/*' -printf '%h\n' | sed 's|^\./||' | sort)

echo "--- summary"
printf '%s\n' "${summary[@]}"
echo "in all $((SECONDS / 60)) min $((SECONDS % 60)) s"
exit $status
