#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# synth.sh TOP "P=V;..." "CELL=N;CELL<=N;..." INCLUDE_DIR FILE...
# Synthesises TOP for UltraScale+ with Yosys and checks cell counts. Prints what it counted.
set -euo pipefail
top=$1 parameters=$2 expectations=$3 include=$4
shift 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

script="read_verilog -sv -I$include $*;"
IFS=';' read -ra list <<<"$parameters"
for p in "${list[@]}"; do script+=" chparam -set ${p%%=*} ${p#*=} $top;"; done
script+=" synth_xilinx -family xcup -flatten -top $top; check -assert; tee -q -o $work/stat stat"
if ! yosys -q -p "$script" >"$work/log" 2>&1; then
  tail -n 20 "$work/log"
  exit 1
fi
grep -E '^ +[A-Z][A-Z0-9]+ +[0-9]+$' "$work/stat" || true

failed=0
IFS=';' read -ra list <<<"$expectations"
for e in "${list[@]}"; do
  cell=${e%%[<=]*} wanted=${e##*=}
  counted=$(awk -v c="$cell" '$1 == c {n = $2} END {print n + 0}' "$work/stat")
  if [[ $e == *'<='* ]]; then
    ((counted <= wanted)) && continue
  else
    ((counted == wanted)) && continue
  fi
  echo "error: $top: expected $e, counted $counted"
  failed=1
done
exit $failed
