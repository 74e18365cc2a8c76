#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# prove.sh TOP DEPTH[:bounded] "P=V;..." "FILE;SED" INCLUDE_DIR FILE...
# Without FILE;SED: bounded check of DEPTH cycles, then (unless "bounded") induction over DEPTH
# cycles; both must pass.
# With it: FILE (a name among the files) is changed by SED, and the bounded check must fail.
# Without --unroll z3 does not come back from models of this kind.
set -euo pipefail
top=$1 depth=${2%:bounded} parameters=$3 mutation=$4 include=$5
inductions=("" "-i")
[[ $2 == *:bounded ]] && inductions=("")
shift 5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files=()
for f in "$@"; do
  if [[ -n $mutation && ${f##*/} == "${mutation%%;*}" ]]; then
    sed -E "${mutation#*;}" "$f" >"$work/${f##*/}"
    if cmp -s "$f" "$work/${f##*/}"; then
      echo "error: the planted bug changes nothing in ${f##*/}"
      exit 1
    fi
    f=$work/${f##*/}
    planted=1
  fi
  files+=("$f")
done
if [[ -n $mutation && -z ${planted:-} ]]; then
  echo "error: ${mutation%%;*} is not among the files"
  exit 1
fi

script="read_verilog -sv -formal -I$include -I$(dirname "${@: -1}") ${files[*]};"
IFS=';' read -ra list <<<"$parameters"
for p in "${list[@]}"; do script+=" chparam -set ${p%%=*} ${p#*=} $top;"; done
script+=" prep -flatten -top $top; memory_map; async2sync; dffunmap;"
script+=" write_smt2 -wires $work/model.smt2"
if ! yosys -q -p "$script" >"$work/log" 2>&1; then
  tail -n 20 "$work/log"
  exit 1
fi
# A harness without assertions would pass everything.
if ! grep -q "^; yosys-smt2-assert " "$work/model.smt2"; then
  echo "error: $top asserts nothing"
  exit 1
fi

prove() { timeout 50 yosys-smtbmc -s z3 --unroll --noprogress "$@" -t "$depth" "$work/model.smt2"; }
if [[ -n $mutation ]]; then
  if prove >"$work/log" 2>&1; then
    echo "error: the planted bug was not found within $depth cycles"
    exit 1
  fi
  grep -q 'Status: FAILED' "$work/log" || { tail -n 5 "$work/log"; exit 1; }
  grep -E 'Assert failed' "$work/log"
  exit 0
fi
for induction in "${inductions[@]}"; do
  if ! prove $induction >"$work/log" 2>&1; then
    tail -n 15 "$work/log"
    exit 1
  fi
  tail -n 1 "$work/log"
done
