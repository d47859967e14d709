#!/usr/bin/env bash
# Makes the README's pictures anew from the real program on the demo organisation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
UPDATE_PICTURES=1 cargo test --locked --test it pictures::
