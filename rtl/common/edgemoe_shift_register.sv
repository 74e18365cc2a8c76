// SPDX-License-Identifier: Apache-2.0
// Delays Width bits by Depth cycles: for pipelines longer than three stages.
//
// Latency:   data_o in cycle c + Depth is data_i of cycle c, without interruption.
// Reset:     HasReset = 1 clears all stages (valid bits); 0 leaves them alone (data, maps to SRLs).
// Parameters: Width >= 1 bits; Depth >= 0 cycles, 0 is a wire.
// Verified:  tests/rtl/common.
`include "edgemoe_assert.svh"

module edgemoe_shift_register #(
  parameter int unsigned Width = 1,
  parameter int unsigned Depth = 4,
  parameter bit          HasReset = 1'b1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);

  `EDGEMOE_PARAMETER_CHECK(WidthAtLeastOne, Width >= 1)

  if (Depth == 0) begin : gen_wire
    logic unused;
    assign unused = clk_i ^ rst_ni;
    assign data_o = data_i;
  end else begin : gen_stages
    // Stage 0 is the newest; the whole chain is one vector so that any Depth is one assignment.
    logic [Depth*Width-1:0] stages_q, stages_d;

    if (Depth == 1) begin : gen_one
      assign stages_d = data_i;
    end else begin : gen_more
      assign stages_d = {stages_q[(Depth-1)*Width-1:0], data_i};
    end
    assign data_o = stages_q[(Depth-1)*Width +: Width];

    if (HasReset) begin : gen_reset
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          stages_q <= '0;
        end else begin
          stages_q <= stages_d;
        end
      end
    end else begin : gen_no_reset
      logic unused;
      assign unused = rst_ni;
      always_ff @(posedge clk_i) begin
        stages_q <= stages_d;
      end
    end
  end

endmodule
