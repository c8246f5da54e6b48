#!/usr/bin/env bash
# Lets schemathesis loose on a demo, by its own OpenAPI document. Run by tests/tools/with-demo, from tests/run.
set -euo pipefail

document=$FLAGWARD_URL/openapi.json
code=0

# An override with an expiration for each user, so that there is something to read, move, cancel and clear.
override_everyone() {
  local user
  for user in anna%40example.com a%2Fb auth0%7Cx%20y %C3%BC; do
    curl --fail-with-body --silent --show-error --max-time 10 --output /dev/null \
      --request PUT "$FLAGWARD_URL/v1/projects/shop/environments/test/users/$user/flags/sort.order" \
      --header "Authorization: Bearer $FLAGWARD_WRITER_TOKEN" --header 'Content-Type: application/json' \
      --data '{"setting": "price", "expires_in": "2h"}'
  done
}

# fuzz NAME OPTION… tries the operations that the options choose. A failure does not keep the rest from running.
fuzz() {
  local report=$REPORTS/fuzz-$1.ndjson
  rm -f "$report"
  override_everyone
  timeout 900 "$TOOLS/venv/bin/st" --config-file tests/tools/schemathesis.toml --no-color run "$document" "${@:2}" \
    --url "$FLAGWARD_URL" --phases examples,coverage,fuzzing --report ndjson --report-ndjson-path "$report" || code=$?
}

# First what leaves the overrides in place, mostly; then what takes them away.
fuzz others --exclude-method DELETE
fuzz deletes --include-method DELETE
curl --fail --silent --show-error --max-time 10 --output "$REPORTS/fuzzed.json" "$document"
"$TOOLS/venv/bin/python" tests/tools/reached.py "$REPORTS/fuzzed.json" "$REPORTS"/fuzz-{others,deletes}.ndjson || code=$?
exit "$code"
