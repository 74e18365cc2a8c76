// SPDX-License-Identifier: Apache-2.0
// edgemoe_delay: a data word, Depth cycles later.
//
// Interface  data_o in cycle c + Depth is data_i of cycle c. One word a cycle, no stalls.
// Latency    Depth cycles; Depth 0 is a wire.
// Reset      none: data only. A valid bit that travels along is the caller's, with reset.
// Parameters Width >= 1; Depth >= 0.
// Verified   by the modules that use it (tests/rtl/compute_array).
`include "edgemoe_assert.svh"

module edgemoe_delay #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 1
) (
  input  logic             clk_i,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);

  `EDGEMOE_PARAMETER_CHECK(WidthAtLeastOne, Width >= 1)

  if (Depth == 0) begin : gen_wire
    assign data_o = data_i;
    logic unused_clk;
    assign unused_clk = clk_i;
  end else if (Depth == 1) begin : gen_register
    logic [Width-1:0] data_q;
    always_ff @(posedge clk_i) data_q <= data_i;
    assign data_o = data_q;
  end else begin : gen_shift
    logic [Width*Depth-1:0] shift_q;
    always_ff @(posedge clk_i) shift_q <= {shift_q[Width*(Depth-1)-1:0], data_i};
    assign data_o = shift_q[Width*(Depth-1) +: Width];
  end

endmodule
