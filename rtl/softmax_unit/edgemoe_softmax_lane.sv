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
//            bit, shift 0..62, in two parts, the upper bits first.
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
  input  logic                   [1:0] shift_s3_i,
  input  logic                   [3:0] shift_s4_i,
  output logic                   [7:0] e_o
);

  localparam int unsigned GapWidth = ScoreWidth + 1;
  localparam int unsigned ProductWidth = GapWidth + 16;

  // Gaps are not negative, so their top bit only makes the multiplier's port signed.
  logic [GapWidth-1:0]     gap_d, gap_q;
  logic [15:0]             mult_q;
  logic [ProductWidth-1:0] product;
  logic [32:0]             coarse_d, coarse_q;
  logic [17:0]             fine;
  logic [15:0]             x;
  logic                    coarse_over_d, coarse_over_q, fine_over, sat;
  logic [14:0]             x_q;
  logic [16:0]             e;
  logic                    keep_s10;

  assign gap_d = GapWidth'(maximum_i) - GapWidth'(score_i);

  // Signed with a sign of 0: the largest number of 16 bits is that of 15 bits unsigned.
  edgemoe_shift_coarse #(.InWidth(ProductWidth + 1), .OutWidth(16), .StepsWidth(2)) u_coarse (
    .x_i({1'b0, product}), .steps_i(shift_s3_i), .y_o(coarse_d), .over_o(coarse_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(16)) u_fine (
    .x_i(coarse_q), .over_i(coarse_over_q), .shift_i(shift_s4_i), .y_o(fine), .over_o(fine_over)
  );
  edgemoe_round_saturate #(.XWidth(16), .OutWidth(16)) u_round (
    .x_i(fine), .over_i(fine_over), .add_i(16'd0), .y_o(x), .sat_o(sat)
  );

  edgemoe_product #(.AWidth(GapWidth), .BWidth(16)) u_scale (
    .clk_i, .a_i(gap_q), .b_i(mult_q), .p_o(product)
  );
  edgemoe_exp2 #(.Wide(0)) u_exp2 (.clk_i, .x_i(x_q), .e_o(e));
  edgemoe_delay #(.Width(1), .Depth(10)) u_keep (.clk_i, .data_i(keep_i), .data_o(keep_s10));

  always_ff @(posedge clk_i) begin
    gap_q         <= gap_d;
    mult_q        <= mult_s0_i;
    coarse_q      <= coarse_d;
    coarse_over_q <= coarse_over_d;
    x_q           <= x[14:0];
  end

  assign e_o = keep_s10 ? e[7:0] : 8'd0;

  logic unused_bits;
  assign unused_bits = ^{e[16:8], x[15], sat};

endmodule
