# SPDX-License-Identifier: Apache-2.0
# Sources, part and clock shared by the scripts of this folder. Sourced by them.

set root [file normalize [file join [file dirname [info script]] .. ..]]
# Vendor types also in C simulation, which then runs the arithmetic that is synthesised.
set flags "-std=c++14 -DEDGEMOE_VENDOR_TYPES=1 -I$root -Wno-unknown-pragmas -Wno-unused-label"

# Simulation-only files stay out; the lint compares this list with the folders.
set sources {
  hls/kernels/attention.cpp hls/kernels/copy.cpp hls/kernels/embed.cpp hls/kernels/experts.cpp
  hls/kernels/gate.cpp hls/kernels/layer_norm.cpp hls/kernels/linear.cpp hls/kernels/router.cpp
  hls/kernels/spill.cpp hls/kernels/transfer.cpp hls/kernels/weights.cpp
  hls/program/encoding.cpp hls/program/weight_layout.cpp
  hls/support/tile_product.cpp
  hls/top/edgemoe_top.cpp hls/top/execute.cpp hls/top/execute_dense.cpp hls/top/execute_moe.cpp
  hls/top/execute_tile.cpp hls/top/execute_transfer.cpp
}

# The test bench links with stream.cpp, because streams throw outside synthesis, and with
# wide_product.cpp, because the kernels are instantiated for simulated precisions too.
set bench_sources {
  hls/vitis/testbench.cpp hls/support/stream.cpp hls/support/wide_product.cpp
}

proc open_edgemoe {} {
  global root flags sources bench_sources
  open_project -reset edgemoe_m3
  set_top edgemoe_top
  foreach file $sources { add_files [file join $root $file] -cflags $flags -csimflags $flags }
  foreach file $bench_sources {
    add_files -tb [file join $root $file] -cflags $flags -csimflags $flags
  }
  open_solution -reset zcu102 -flow_target vivado
  set_part xczu9eg-ffvb1156-2-e
  create_clock -period 300MHz -name default
}
