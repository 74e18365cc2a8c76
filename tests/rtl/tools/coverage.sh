#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# coverage.sh BUILD_DIR [OUT_DIR]
# Runs the whole accelerator's random programs, edge cases and memories (built in BUILD_DIR) with line
# coverage, merges the counts, and prints for each module how many of its branches and blocks were reached, then
# every one that was not, as file:line. The models are built with coverage first (minutes). Needs
# verilator. Exit status 1 when a test fails. OUT_DIR (default BUILD_DIR/rtl-coverage) keeps
# merged.dat, which `verilator_coverage --annotate FOLDER` turns into annotated sources.
set -euo pipefail
build=$(realpath -- "$1")
out=$(realpath -m -- "${2:-$build/rtl-coverage}")
rm -rf -- "$out"
mkdir -p -- "$out"

status=0
for test in rtl_random_programs_test rtl_edge_cases_test rtl_memory_manners_test; do
  EDGEMOE_RTL_COVERAGE=$out "$build/tests/rtl/top/$test" >"$out/$test.log" 2>&1 || {
    status=1
    echo "$test failed, see $out/$test.log" >&2
  }
done
verilator_coverage --write "$out/merged.dat" "$out"/coverage-*.dat >/dev/null
rm -f -- "$out"/coverage-*.dat

# A line of merged.dat: C 'KEY' COUNT, where the key holds fields \001NAME\002VALUE: f file, l line,
# n column, o what it is, h instance. Instances and sets of parameters are added up.
awk -F"' " '
  /^C / {
    n = split($1, fields, "\001")
    split("", at)
    for (i = 2; i <= n; ++i) {
      split(fields[i], pair, "\002")
      at[pair[1]] = pair[2]
    }
    file = at["f"]
    sub(/.*\//, "", file)
    key = file ":" at["l"] ":" at["n"] ":" at["o"]
    if (!(key in count)) count[key] = 0
    count[key] += $2
  }
  END {
    for (key in count) {
      split(key, part, ":")
      ++total[part[1]]; ++all
      if (count[key] > 0) { ++reached[part[1]]; ++hit }
      else missed[++misses] = part[1] ":" part[2] " (" part[4] ")"
    }
    for (file in total) printf "%-40s %5d of %5d\n", file, reached[file], total[file] | "sort"
    close("sort")
    printf "%-40s %5d of %5d, %.1f %%\n", "total", hit, all, 100 * hit / all
    for (i = 1; i <= misses; ++i) print "not reached: " missed[i] | "sort -t: -k2,2 -k3,3n"
  }' "$out/merged.dat"
exit "$status"
