// SPDX-License-Identifier: Apache-2.0
// edgemoe_softmax_lane: one score -> its un-normalised exponential.
//
// Interface  e = keep ? exp_u8(rhu((maximum - score) * mult, shift)) : 0. Stage k = k registers
//            after
//            the score; constants of the command at the stage that uses them.
// Handshake  none; every cycle, no stalls.
// Latency    10 cycles.
// Reset      none: data only.
// Numbers    score and maximum ScoreWidth bit signed with maximum >= score (of kept keys), mult 16
//            bit, shift 0..62. The product has ScoreWidth + 17 bits: from that shift on, all is 0.
// Resources  2 DSP48E2.
// Verified   tests/rtl/softmax_unit: against hls/fixed as hls/kernels/attention.cpp uses it.
module edgemoe_softmax_lane #(
  parameter int unsigned ScoreWidth = 22
) (
  input  logic                         clk_i,
  input  logic signed [ScoreWidth-1:0] maximum_i,
  input  logic signed [ScoreWidth-1:0] score_i,
  input  logic                         keep_i,
  input  logic                  [15:0] mult_s0_i,
  input  logic                   [5:0] shift_s3_i,
  input  logic                   [5:0] shift_s4_i,
  output logic                   [7:0] e_o
);

  localparam int unsigned GapWidth = ScoreWidth + 1;
  localparam int unsigned ProductWidth = GapWidth + 16;
  localparam logic [5:0]  LastShift = 6'(ProductWidth + 1);

  function automatic logic [5:0] effective(input logic [5:0] shift);
    effective = shift > LastShift ? LastShift : shift;
  endfunction

  // Gaps are not negative, so their top bit only makes the multiplier's port signed.
  logic [GapWidth-1:0]     gap_d, gap_q;
  logic [15:0]             mult_q;
  logic [ProductWidth-1:0] product;
  logic [ProductWidth+1:0] sum_d, sum_q, x;
  logic [14:0]             x_d, x_q;
  logic [16:0]             e;
  logic                    keep_s10;

  always_comb begin
    gap_d = GapWidth'(maximum_i) - GapWidth'(score_i);
    sum_d = (ProductWidth+2)'(product) +
            (((ProductWidth+2)'(1) << effective(shift_s3_i)) >> 1);
    x     = sum_q >> effective(shift_s4_i);
    x_d   = (|x[ProductWidth+1:15]) ? 15'h7fff : x[14:0];
  end

  edgemoe_product #(.AWidth(GapWidth), .BWidth(16)) u_scale (
    .clk_i, .a_i(gap_q), .b_i(mult_q), .p_o(product)
  );
  edgemoe_exp2 #(.Wide(0)) u_exp2 (.clk_i, .x_i(x_q), .e_o(e));
  edgemoe_delay #(.Width(1), .Depth(10)) u_keep (.clk_i, .data_i(keep_i), .data_o(keep_s10));

  always_ff @(posedge clk_i) begin
    gap_q  <= gap_d;
    mult_q <= mult_s0_i;
    sum_q  <= sum_d;
    x_q    <= x_d;
  end

  assign e_o = keep_s10 ? e[7:0] : 8'd0;

  logic unused_bits;
  assign unused_bits = ^e[16:8];

endmodule
