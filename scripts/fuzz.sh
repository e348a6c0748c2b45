#!/usr/bin/env bash
# Runs every fuzz target of every module alone for FUZZTIME, goes on after a failure, and prints a line for each.
# FUZZ is a regular expression for the names of the targets. What was found to be interesting lies in Go's build
# cache, so that the next run goes on from there; an input that fails is written to the package's testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."

time=${FUZZTIME:-30s}
wanted=${FUZZ:-.}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Found, not listed: a new target cannot be forgotten. Lines are: FOLDER NAME.
targets() {
  find . -name '*_test.go' -not -path '*/.*/*' -exec grep -oH '^func Fuzz[A-Za-z0-9_]*' {} + |
    sed -E 's|/[^/]*:func | |' | sort -u
}

# fuzz prints the last line of progress in a short form, or what went wrong.
# A target that hangs is ended by Go after 10 s. Minimizing has a limit, too: by default it may take a minute.
fuzz() { # FOLDER NAME
  local began=$SECONDS
  if (cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -fuzzminimizetime 10s .) >"$log" 2>&1; then
    printf 'ok      %4ds  %-16s %s\n' $((SECONDS - began)) "$2" "$(progress) ($1)"
    return
  fi
  printf 'FAILED  %4ds  %-16s %s\n' $((SECONDS - began)) "$2" "$(progress) ($1)"
  tail -n 60 "$log" | sed 's/^/    /'
  return 1
}

progress() {
  local last
  last=$(grep -E '^fuzz: elapsed: .*execs: ' "$log" | tail -n 1) || { echo "nothing executed"; return; }
  sed -E 's/^fuzz: elapsed: [^,]*, //; s/ \([0-9]+\/sec\)//' <<<"$last"
}

status=0
found=0
while read -r folder name; do
  [[ $name =~ $wanted ]] || continue
  found=$((found + 1))
  fuzz "$folder" "$name" || status=1
done < <(targets)

if [ $found -eq 0 ]; then
  echo "fuzz: no target matches $wanted" >&2
  exit 1
fi
echo "$found targets, $time each, in all $((SECONDS / 60)) min $((SECONDS % 60)) s"
exit $status
