# SPDX-License-Identifier: Apache-2.0
# vitis_hls -f csynth.tcl: synthesis of edgemoe_top for the ZCU102 at 300 MHz; reports in
# edgemoe_m3/zcu102/syn.
source [file join [file dirname [info script]] common.tcl]
open_edgemoe
csynth_design
exit
