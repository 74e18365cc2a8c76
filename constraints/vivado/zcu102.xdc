# SPDX-License-Identifier: Apache-2.0
# edgemoe_accelerator on the ZCU102 (XCZU9EG, speed grade -2). Written for Vivado, not run here.

# One clock, 300 MHz, from the processing system (pl_clk0). The AXI ports of the processing system
# run on it as well, so there is no crossing.
create_clock -name pl_clk0 -period 3.333 [get_ports clk_i]
set_clock_uncertainty -setup 0.100 [get_clocks pl_clk0]

# Reset comes from proc_sys_reset: asserted at any time, released with the clock. Every flip-flop
# sees its release in the same cycle or idles until the first start, some hundred cycles later.
set_false_path -from [get_ports rst_ni]

# The core's own reset (a register of u_registers) is released one cycle before the doorbell and is
# timed like any path; its fan-out wants a clock buffer.
set_property CLOCK_BUFFER_TYPE BUFG [get_nets -hierarchical -filter {NAME =~ *u_registers/core_rst_q}]

# The interrupt is synchronised by the processing system.
set_false_path -to [get_ports irq_o]
