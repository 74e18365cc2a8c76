# SPDX-License-Identifier: Apache-2.0
# vitis_hls -f cosim.tcl: C simulation, synthesis and co-simulation on the vectors of
# edgemoe_vitis_vectors.
# Environment: EDGEMOE_VECTORS, the folder that holds image.bin and expected.bin.
source [file join [file dirname [info script]] common.tcl]
if {![info exists ::env(EDGEMOE_VECTORS)]} {
  puts stderr "cosim.tcl: set EDGEMOE_VECTORS to the folder with image.bin and expected.bin"
  exit 2
}
set vectors [file normalize $::env(EDGEMOE_VECTORS)]
set arguments "[file join $vectors image.bin] [file join $vectors expected.bin]"
open_edgemoe
csim_design -argv $arguments
csynth_design
cosim_design -rtl verilog -argv $arguments
exit
