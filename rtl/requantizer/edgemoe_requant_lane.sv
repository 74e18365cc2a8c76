// SPDX-License-Identifier: Apache-2.0
// edgemoe_requant_lane: one accumulator a cycle through the two multiplications of the requantiser.
//
// Interface  Stage k = k registers after acc_i. Constants of the command are given at the stage
//            that
//            uses them (the suffix _s<k>_i; r1 and r2 in two parts, the upper two bits first), so
//            that commands may follow each other without a gap.
//            v_o (stage 12): v saturated to 24 bits, for GELU. out_o (stage 13): by post,
//            residual and embed: sat24(x + sat24(v)); int8: clip(v, 127), sign-extended.
// Handshake  none; every cycle, no stalls.
// Latency    13 cycles to out_o, 12 to v_o; x_s12_i and post_s12_i come 12 cycles after acc_i.
// Reset      none: data only.
// Numbers    acc 27 bit signed (the compiler's range proof: |sum| < 2^26), mult 16 bit, scale 17
//            bit
//            unsigned, bias int32; with bias_shift <= 30 all sums are exact in 63 bits.
// Rounding   half up, twice; saturation at 27 bits in between: hls/kernels/requantiser.hpp.
// Flags      acc_sat_o: the 27 bits were left. out_sat_o[0]: v left its 24 bits (residual, embed)
//            or
//            its +-127 (int8); out_sat_o[1]: the sum with x left its 24 bits. All at stage 13.
// Resources  2 DSP48E2.
// Verified   tests/rtl/requantizer.
module edgemoe_requant_lane (
  input  logic               clk_i,

  input  logic signed [26:0] acc_i,
  input  logic        [15:0] mult_i,
  input  logic signed [31:0] bias_i,
  input  logic         [4:0] bias_shift_s1_i,
  input  logic               bias_before_s3_i,
  input  logic         [1:0] r1_s4_i,
  input  logic         [3:0] r1_s5_i,
  input  logic        [16:0] scale_s6_i,
  input  logic         [1:0] r2_s10_i,
  input  logic         [3:0] r2_s11_i,
  input  logic               int8_s12_i,
  input  logic signed [31:0] x_s12_i,

  output logic signed [23:0] v_o,
  output logic signed [23:0] out_o,
  output logic               acc_sat_o,
  output logic         [1:0] out_sat_o
);

  // First multiplication: stages 1..3. The bias is shifted by up to 15 here; the step of 16 is left
  // to the adders, whose LUTs have room for it.
  logic signed [26:0] acc_q;
  logic signed [16:0] mult_q;
  logic signed [31:0] bias_q;
  logic        [46:0] bias_d, bias_q2, bias_q3;
  logic               high_q2, high_q3;
  logic signed [42:0] m1_d, m1_q, p1_q;
  logic        [34:0] bias_low;
  always_comb begin
    m1_d = 43'(acc_q) * 43'(mult_q);
    case (bias_shift_s1_i[1:0])
      2'd0:    bias_low = {{3{bias_q[31]}}, bias_q};
      2'd1:    bias_low = {{2{bias_q[31]}}, bias_q, 1'b0};
      2'd2:    bias_low = {bias_q[31], bias_q, 2'b00};
      default: bias_low = {bias_q, 3'b000};
    endcase
    case (bias_shift_s1_i[3:2])
      2'd0:    bias_d = {{12{bias_low[34]}}, bias_low};
      2'd1:    bias_d = {{8{bias_low[34]}}, bias_low, 4'd0};
      2'd2:    bias_d = {{4{bias_low[34]}}, bias_low, 8'd0};
      default: bias_d = {bias_low, 12'd0};
    endcase
  end

  // Bias, shift, rounding, saturation: stages 4..7.
  logic        [62:0] sum1_d, sum1_q;
  logic        [46:0] after_d, after_q;
  logic               after_high_q;
  logic        [43:0] coarse1_d, coarse1_q;
  logic        [28:0] fine1_d, fine1_q;
  logic               coarse1_over_d, coarse1_over_q, fine1_over_d, fine1_over_q;
  logic        [26:0] u_d;
  logic signed [26:0] u_q;
  logic               u_sat_d, u_sat_q;
  always_comb begin
    sum1_d  = {{20{p1_q[42]}}, p1_q} +
              (bias_before_s3_i ? (high_q3 ? {bias_q3, 16'd0} : {{16{bias_q3[46]}}, bias_q3})
                                : 63'd0);
    after_d = bias_before_s3_i ? '0 : bias_q3;
  end
  edgemoe_shift_coarse #(.InWidth(63), .OutWidth(27), .StepsWidth(2)) u_coarse1 (
    .x_i(sum1_q), .steps_i(r1_s4_i), .y_o(coarse1_d), .over_o(coarse1_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(27)) u_fine1 (
    .x_i(coarse1_q), .over_i(coarse1_over_q), .shift_i(r1_s5_i), .y_o(fine1_d),
    .over_o(fine1_over_d)
  );
  edgemoe_round_saturate #(.XWidth(27), .OutWidth(27)) u_round1 (
    .x_i(fine1_q), .over_i(fine1_over_q), .add_i(27'd0), .y_o(u_d), .sat_o(u_sat_d)
  );

  // What the second half needs of the first.
  logic [46:0] after_s9;
  logic        after_high_s9, u_sat_s12;
  edgemoe_delay #(.Width(48), .Depth(5)) u_after (
    .clk_i, .data_i({after_high_q, after_q}), .data_o({after_high_s9, after_s9})
  );
  edgemoe_delay #(.Width(1), .Depth(5)) u_sat (.clk_i, .data_i(u_sat_q), .data_o(u_sat_s12));

  // Second multiplication, bias, shift, rounding: stages 8..12.
  logic signed [17:0] scale_q;
  logic signed [44:0] m2_d, m2_q, p2_q;
  logic        [62:0] sum2_d, sum2_q;
  logic        [40:0] coarse2_d, coarse2_q;
  logic        [25:0] fine2;
  logic               coarse2_over_d, coarse2_over_q, fine2_over;
  logic        [23:0] v_d;
  logic signed [23:0] v_q;
  logic               v_sat_d, v_sat_q;
  always_comb begin
    m2_d   = 45'(u_q) * 45'(scale_q);
    sum2_d = {{18{p2_q[44]}}, p2_q} +
             (after_high_s9 ? {after_s9, 16'd0} : {{16{after_s9[46]}}, after_s9});
  end
  edgemoe_shift_coarse #(.InWidth(63), .OutWidth(24), .StepsWidth(2)) u_coarse2 (
    .x_i(sum2_q), .steps_i(r2_s10_i), .y_o(coarse2_d), .over_o(coarse2_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(24)) u_fine2 (
    .x_i(coarse2_q), .over_i(coarse2_over_q), .shift_i(r2_s11_i), .y_o(fine2),
    .over_o(fine2_over)
  );
  edgemoe_round_saturate #(.XWidth(24), .OutWidth(24)) u_round2 (
    .x_i(fine2), .over_i(fine2_over), .add_i(24'd0), .y_o(v_d), .sat_o(v_sat_d)
  );

  // Destination: stage 13. Bits that are not all copies of the sign tell of a number too large.
  logic signed [32:0] added;
  logic        [23:0] out_d, out_q;
  logic               added_over, v_over, acc_sat_q;
  logic         [1:0] out_sat_d, out_sat_q;
  always_comb begin
    added      = 33'(x_s12_i) + 33'(v_q);
    added_over = added[32:23] != {10{added[32]}};
    v_over     = v_q[22:7] != {16{v_q[23]}} || (v_q[23] && v_q[6:0] == 7'd0);
    if (int8_s12_i) begin
      out_d     = {{17{v_q[23]}}, v_over ? {{6{!v_q[23]}}, 1'b1} : v_q[6:0]};
      out_sat_d = {1'b0, v_over};
    end else begin
      out_d     = added_over ? {added[32], {23{!added[32]}}} : added[23:0];
      out_sat_d = {added_over, v_sat_q};
    end
  end

  always_ff @(posedge clk_i) begin
    acc_q          <= acc_i;
    mult_q         <= {1'b0, mult_i};
    bias_q         <= bias_i;
    m1_q           <= m1_d;
    bias_q2        <= bias_d;
    high_q2        <= bias_shift_s1_i[4];
    p1_q           <= m1_q;
    bias_q3        <= bias_q2;
    high_q3        <= high_q2;
    sum1_q         <= sum1_d;
    after_q        <= after_d;
    after_high_q   <= high_q3;
    coarse1_q      <= coarse1_d;
    coarse1_over_q <= coarse1_over_d;
    fine1_q        <= fine1_d;
    fine1_over_q   <= fine1_over_d;
    u_q            <= u_d;
    u_sat_q        <= u_sat_d;
    scale_q        <= {1'b0, scale_s6_i};
    m2_q           <= m2_d;
    p2_q           <= m2_q;
    sum2_q         <= sum2_d;
    coarse2_q      <= coarse2_d;
    coarse2_over_q <= coarse2_over_d;
    v_q            <= v_d;
    v_sat_q        <= v_sat_d;
    out_q          <= out_d;
    out_sat_q      <= out_sat_d;
    acc_sat_q      <= u_sat_s12;
  end

  assign v_o       = v_q;
  assign out_o     = out_q;
  assign acc_sat_o = acc_sat_q;
  assign out_sat_o = out_sat_q;

endmodule
