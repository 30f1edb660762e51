#!/usr/bin/env bash
# Everything a fresh machine can run: static checks, then every test project. Ends with the totals of the reports.
set -euo pipefail
cd "$(dirname "$0")/.."
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

scripts/setup-test-machine.sh
node scripts/build.mjs
npm run -s check

status=0
for project in unit system e2e; do
  npx vitest run --project "$project" --reporter=default --reporter=json \
    --outputFile.json="$reports/$project.json" || status=1
done
node scripts/report-totals.mjs "$reports" || status=1
exit "$status"
