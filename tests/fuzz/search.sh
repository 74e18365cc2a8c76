#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# search.sh BUILD SECONDS [TARGET...]: libFuzzer on each target in turn, from the corpus of this folder.
# New inputs and findings go to BUILD/found/TARGET. Exit code 1 when a target has a finding.
set -euo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
build=${1:?usage: search.sh BUILD SECONDS [TARGET...]}
seconds=${2:?usage: search.sh BUILD SECONDS [TARGET...]}
shift 2
targets=("$@")
((${#targets[@]})) || targets=(safetensors npy png yaml program mat jpeg)

failed=0
for target in "${targets[@]}"; do
  found=$build/found/$target
  mkdir -p "$found"
  if nice "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=65536 -timeout=60 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$found/finding-" "$found" "$here/corpus/$target" >"$found.log" 2>&1; then
    printf '%s: no finding in %s s, %s\n' "$target" "$seconds" \
      "$(sed -n 's/^stat::number_of_executed_units: */executions /p' "$found.log")"
  else
    printf '%s: finding, see %s.log\n' "$target" "$found"
    failed=1
  fi
done
exit "$failed"
