#!/usr/bin/env bash
# The committed types of the SQL statements are those of the migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec tests/prepare-sql.sh --check
