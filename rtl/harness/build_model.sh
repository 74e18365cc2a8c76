#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Verilates the accelerator with given parameters and links it, behind the functions of
# model_ports.hpp, into a shared library.
#   build_model.sh REPOSITORY OUT.so [trace] [coverage] NAME=VALUE ...
# Needs verilator, make and g++. Progress and messages: standard error. Files: OUT.so and the folder
# OUT.so.build; OUT.so appears only when it is complete.
set -euo pipefail

root=$(realpath -- "$1")
out=$(realpath -m -- "$2")
shift 2
options=() flags=() ports=3 norm_lanes=32 drain_rows=1 optimise=-O2
for word in "$@"; do
  case $word in
    trace) options+=(--trace-fst) ;;
    coverage)
      options+=(--coverage-line)
      optimise=-O1  # it counts for a minute and compiles for several
      ;;
    *=*)
      options+=("-G$word")
      [[ $word == Ports=* ]] && ports=${word#*=}
      [[ $word == NormLanes=* ]] && norm_lanes=${word#*=}
      [[ $word == RequantLanes=* ]] && drain_rows=$((${word#*=} / 16))
      ;;
    *) echo "build_model.sh: expected NAME=VALUE, trace or coverage, got $word" >&2; exit 2 ;;
  esac
done

work=$out.build
rm -rf -- "$work"
mkdir -p -- "$work"
search=()
for folder in "$root"/rtl/*/; do search+=(-y "${folder%/}"); done
launcher=()
if command -v ccache >/dev/null; then launcher=(OBJCACHE=ccache); fi

verilator --cc --Mdir "$work" --prefix Vaccelerator --top-module edgemoe_accelerator --assert \
  -O3 --x-assign fast --x-initial fast --threads 1 --output-split 20000 --output-split-cfuncs 500 \
  -Wno-fatal -Wno-lint -Wno-SYNCASYNCNET -I"$root/rtl/common" "${search[@]}" "${options[@]}" \
  -CFLAGS "-fPIC -DVL_USER_STOP" "$root/rtl/common/edgemoe_pkg.sv" \
  "$root/rtl/top/edgemoe_accelerator.sv" >&2
make -C "$work" -f Vaccelerator.mk -j "$(nproc)" OPT_FAST="$optimise" OPT_SLOW="-O0" OPT_GLOBAL="-O2" \
  "${launcher[@]}" Vaccelerator__ALL.a verilated.o verilated_threads.o \
  $(sed -n 's/^VM_TRACE_FST *= *1.*/verilated_fst_c.o/p' "$work/Vaccelerator_classes.mk") \
  $(sed -n 's/^VM_COVERAGE *= *1.*/verilated_cov.o/p' "$work/Vaccelerator_classes.mk") >&2
include=$(sed -n 's/^VERILATOR_ROOT = //p' "$work/Vaccelerator.mk")/include
for name in VM_TRACE VM_COVERAGE; do
  flags+=("-D$name=$(sed -n "s/^$name *= *//p" "$work/Vaccelerator_classes.mk")")
done
g++ -std=c++17 -O2 -fPIC -shared -o "$out.part" "${flags[@]}" -DVM_SC=0 -DVL_USER_STOP \
  -DEDGEMOE_PORTS="$ports" -DEDGEMOE_NORM_LANES="$norm_lanes" \
  -DEDGEMOE_DRAIN_ROWS="$drain_rows" -I"$root" -I"$work" \
  -isystem "$include" -isystem "$include/vltstd" "$root/rtl/harness/model_wrapper.cpp" \
  "$work"/Vaccelerator__ALL.a "$work"/verilated*.o -pthread \
  $(sed -n 's/^VM_TRACE_FST *= *1.*/-lz/p' "$work/Vaccelerator_classes.mk") >&2
mv -- "$out.part" "$out"
rm -rf -- "$work"
