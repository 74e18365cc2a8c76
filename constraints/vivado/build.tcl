# SPDX-License-Identifier: Apache-2.0
# vivado -mode batch -source build.tcl -tclargs BOARD [NAME=VALUE ...]: synthesis, placement and
# routing of edgemoe_accelerator by itself (out of context), with reports of timing and resources in
# ./edgemoe_BOARD. BOARD is zcu102 or zcu104; the others are Verilog parameters.
# Written for Vivado 2022.1 or later, not run here.

set here [file normalize [file dirname [info script]]]
set root [file normalize [file join $here .. ..]]
array set parts { zcu102 xczu9eg-ffvb1156-2-e zcu104 xczu7ev-ffvc1156-2-e }

set board [lindex $argv 0]
if {![info exists parts($board)]} {
  puts stderr "build.tcl: expected zcu102 or zcu104, got '$board'"
  exit 2
}
set generics [concat {Structural=1} [lrange $argv 1 end]]
if {$board eq "zcu104"} { set generics [concat {TileRing=8192} $generics] }

# The package first; every other file is a module of its own.
read_verilog -sv [file join $root rtl common edgemoe_pkg.sv]
foreach file [lsort [glob [file join $root rtl * *.sv]]] {
  if {[file tail $file] ne "edgemoe_pkg.sv"} { read_verilog -sv $file }
}
read_xdc -mode out_of_context [file join $here $board.xdc]

set arguments {}
foreach generic $generics { lappend arguments -generic $generic }
synth_design -top edgemoe_accelerator -part $parts($board) -mode out_of_context \
  -include_dirs [file join $root rtl common] -verilog_define SYNTHESIS \
  -flatten_hierarchy rebuilt -directive PerformanceOptimized {*}$arguments
opt_design
place_design -directive Explore
phys_opt_design
route_design -directive Explore

set out edgemoe_$board
file mkdir $out
write_checkpoint -force [file join $out routed.dcp]
report_timing_summary -max_paths 20 -file [file join $out timing.txt]
report_utilization -hierarchical -hierarchical_depth 3 -file [file join $out resources.txt]
report_cdc -file [file join $out crossings.txt]
report_power -file [file join $out power.txt]
