#!/usr/bin/env bash
# Lets schemathesis loose on a demo, by its own OpenAPI document. Run by tests/tools/with-demo, from tests/run.
set -euo pipefail

report=$REPORTS/fuzz-api.ndjson

# An override with an expiration for each user, so that there is something to read, move, cancel and clear.
for user in anna%40example.com a%2Fb auth0%7Cx%20y %C3%BC; do
  curl --fail-with-body --silent --show-error --max-time 10 --output /dev/null \
    --request PUT "$FLAGWARD_URL/v1/projects/shop/environments/test/users/$user/flags/sort.order" \
    --header "Authorization: Bearer $FLAGWARD_WRITER_TOKEN" --header 'Content-Type: application/json' \
    --data '{"setting": "price", "expires_in": "2h"}'
done

rm -f "$report"
timeout 900 "$TOOLS/venv/bin/st" --config-file tests/tools/schemathesis.toml --no-color run "$FLAGWARD_URL/openapi.json" \
  --phases examples,coverage,fuzzing --report ndjson --report-ndjson-path "$report"

"$TOOLS/venv/bin/python" tests/tools/reached.py "$report" openapi/flagward.json
