// SPDX-License-Identifier: Apache-2.0
// edgemoe_requant_lane: one accumulator a cycle through the two multiplications of the requantiser.
//
// Interface  Stage k = k registers after acc_i. Constants of the command are given at the stage
//            that
//            uses them (the suffix _s<k>_i; r in two halves, upper first), so that commands may
//            follow each other without a gap.
//            v_o (stage 12): v saturated to 24 bits, for GELU. out_o (stage 13): by post,
//            residual and embed: sat24(x + sat24(v)); int8: clip(v, 127), sign-extended.
// Handshake  none; every cycle, no stalls.
// Latency    13 cycles to out_o, 12 to v_o; x_s12_i and post_s12_i come 12 cycles after acc_i.
// Reset      none: data only.
// Numbers    acc 27 bit signed (the compiler's range proof: |sum| < 2^26), mult 16 bit, scale 17
//            bit
//            unsigned, bias int32; all sums exact in 64 bits for r1, r2 <= 62 and bias_shift <= 30.
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
  input  logic         [5:0] r1_s3_i,
  input  logic         [2:0] r1_s4_i,
  input  logic         [2:0] r1_s5_i,
  input  logic        [16:0] scale_s6_i,
  input  logic         [5:0] r2_s9_i,
  input  logic         [2:0] r2_s10_i,
  input  logic         [2:0] r2_s11_i,
  input  logic               int8_s12_i,
  input  logic signed [31:0] x_s12_i,

  output logic signed [23:0] v_o,
  output logic signed [23:0] out_o,
  output logic               acc_sat_o,
  output logic         [1:0] out_sat_o
);

  // Half an LSB of the result of a right shift.
  function automatic logic signed [63:0] half(input logic [5:0] shift);
    half = (64'sd1 <<< shift) >>> 1;
  endfunction

  function automatic logic signed [23:0] saturate24(input logic signed [63:0] x);
    saturate24 = x[23:0];
    if (x > 64'sd8388607) saturate24 = 24'sh7fffff;
    if (x < -64'sd8388608) saturate24 = 24'sh800000;
  endfunction

  // First multiplication: stages 1..3.
  logic signed [26:0] acc_q;
  logic signed [16:0] mult_q;
  logic signed [31:0] bias_q;
  logic signed [42:0] m1_d, m1_q, p1_q;
  logic signed [63:0] offset_d, offset_q2, offset_q3;
  always_comb begin
    m1_d     = 43'(acc_q) * 43'(mult_q);
    offset_d = 64'(bias_q) <<< bias_shift_s1_i;
  end

  // Bias, rounding, shift, saturation: stages 4..7.
  logic signed [63:0] sum1_d, sum1_q, coarse1_d, coarse1_q, fine1_d, fine1_q;
  logic signed [63:0] after_d, after_q;
  logic signed [26:0] u_d, u_q;
  logic               u_sat_d, u_sat_q;
  always_comb begin
    sum1_d  = 64'(p1_q) + half(r1_s3_i);
    after_d = offset_q3;
    if (bias_before_s3_i) begin
      sum1_d  = sum1_d + offset_q3;
      after_d = '0;
    end
    coarse1_d = sum1_q >>> {r1_s4_i, 3'b000};
    fine1_d   = coarse1_q >>> r1_s5_i;
    u_d       = fine1_q[26:0];
    if (fine1_q > 64'sd67108863) u_d = 27'sh3ffffff;
    if (fine1_q < -64'sd67108864) u_d = 27'sh4000000;
    u_sat_d = fine1_q != 64'(u_d);
  end

  // What the second half needs of the first.
  logic [63:0] after_s9;
  logic        u_sat_s12;
  edgemoe_delay #(.Width(64), .Depth(5)) u_after (.clk_i, .data_i(after_q), .data_o(after_s9));
  edgemoe_delay #(.Width(1), .Depth(5)) u_sat (.clk_i, .data_i(u_sat_q), .data_o(u_sat_s12));

  // Second multiplication, bias, rounding, shift: stages 8..12.
  logic signed [17:0] scale_q;
  logic signed [44:0] m2_d, m2_q, p2_q;
  logic signed [63:0] sum2_d, sum2_q, coarse2_d, coarse2_q, fine2_d;
  logic signed [23:0] v_d, v_q;
  logic               v_sat_d, v_sat_q;
  always_comb begin
    m2_d      = 45'(u_q) * 45'(scale_q);
    sum2_d    = 64'(p2_q) + half(r2_s9_i) + signed'(after_s9);
    coarse2_d = sum2_q >>> {r2_s10_i, 3'b000};
    fine2_d   = coarse2_q >>> r2_s11_i;
    v_d       = saturate24(fine2_d);
    v_sat_d   = fine2_d != 64'(v_d);
  end

  // Destination: stage 13.
  logic signed [32:0] added;
  logic signed [23:0] out_d, out_q;
  logic               acc_sat_q;
  logic         [1:0] out_sat_d, out_sat_q;
  always_comb begin
    added     = 33'(x_s12_i) + 33'(v_q);
    out_d     = saturate24(64'(added));
    out_sat_d = {added != 33'(out_d), v_sat_q};
    if (int8_s12_i) begin
      out_d = v_q;
      if (v_q > 24'sd127) out_d = 24'sd127;
      if (v_q < -24'sd127) out_d = -24'sd127;
      out_sat_d = {1'b0, out_d != v_q};
    end
  end

  always_ff @(posedge clk_i) begin
    acc_q     <= acc_i;
    mult_q    <= {1'b0, mult_i};
    bias_q    <= bias_i;
    m1_q      <= m1_d;
    offset_q2 <= offset_d;
    p1_q      <= m1_q;
    offset_q3 <= offset_q2;
    sum1_q    <= sum1_d;
    after_q   <= after_d;
    coarse1_q <= coarse1_d;
    fine1_q   <= fine1_d;
    u_q       <= u_d;
    u_sat_q   <= u_sat_d;
    scale_q   <= {1'b0, scale_s6_i};
    m2_q      <= m2_d;
    p2_q      <= m2_q;
    sum2_q    <= sum2_d;
    coarse2_q <= coarse2_d;
    v_q       <= v_d;
    v_sat_q   <= v_sat_d;
    out_q     <= out_d;
    out_sat_q <= out_sat_d;
    acc_sat_q <= u_sat_s12;
  end

  assign v_o       = v_q;
  assign out_o     = out_q;
  assign acc_sat_o = acc_sat_q;
  assign out_sat_o = out_sat_q;

endmodule
