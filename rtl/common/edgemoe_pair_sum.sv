// SPDX-License-Identifier: Apache-2.0
// edgemoe_pair_sum: a node of a tree of adders.
//
// For        sums of many small numbers. As a module of its own each node stays a carry chain, a
//            LUT a bit; from the same tree in one expression Yosys builds rows of full adders.
// Interface  sum_o = a_i + b_i; with Masked, of those whose use_* is high.
// Latency    combinational.
// Numbers    unsigned; the sum has a bit more.
// Verified   tests/rtl/common.
module edgemoe_pair_sum #(
  parameter int unsigned Width  = 9,
  parameter int unsigned Masked = 0
) (
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  input  logic             use_a_i,
  input  logic             use_b_i,
  output logic [Width:0]   sum_o
);

  if (Masked != 0) begin : gen_masked
    assign sum_o = {1'b0, a_i & {Width{use_a_i}}} + {1'b0, b_i & {Width{use_b_i}}};
  end else begin : gen_plain
    assign sum_o = {1'b0, a_i} + {1'b0, b_i};
    logic unused_use;
    assign unused_use = use_a_i ^ use_b_i;
  end

endmodule
