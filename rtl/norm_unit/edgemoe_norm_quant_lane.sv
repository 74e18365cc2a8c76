// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_quant_lane: o -> z16 = clip(rhu(o q, shift), 32639), split into z8 and the low
// plane.
//
// Interface  Stage k = k registers after o_i and factor_i (q - 65536); shift at the stages that use
//            it.
//            z16 = 256 z8 + lo, lo in -128..127; both at stage 5.
// Handshake  none; every cycle, no stalls.
// Latency    5 cycles.
// Reset      none: data only.
// Numbers    o int24, q 18 bit unsigned: o q = o (q - 65536) + (o << 16); shift 8..24.
// Rounding   half up, z8 too (its half is the sign bit of lo).
// Resources  1 DSP48E2.
// Verified   tests/rtl/norm_unit.
module edgemoe_norm_quant_lane (
  input  logic               clk_i,
  input  logic signed [23:0] o_i,
  input  logic        [16:0] factor_i,
  input  logic         [4:0] shift_s2_i,
  input  logic         [4:0] shift_s3_i,
  output logic         [7:0] z8_o,
  output logic         [7:0] lo_o
);

  logic signed [41:0] m_d, m_q;
  logic signed [23:0] o_q;
  logic signed [43:0] p_d, p_q, sum_d, sum_q, shifted;
  logic signed [15:0] z16_d, z16_q;
  logic         [7:0] z8_d, z8_q, lo_q;

  always_comb begin
    m_d     = 42'(o_i) * 42'(signed'({1'b0, factor_i}));
    p_d     = 44'(m_q) + (44'(o_q) <<< 16);
    sum_d   = p_q + ((44'sd1 <<< shift_s2_i) >>> 1);
    shifted = sum_q >>> shift_s3_i;
    z16_d   = shifted[15:0];
    if (shifted > 44'sd32639) z16_d = 16'sd32639;
    if (shifted < -44'sd32639) z16_d = -16'sd32639;
    z8_d = z16_q[15:8] + 8'(z16_q[7]);
  end

  always_ff @(posedge clk_i) begin
    m_q   <= m_d;
    o_q   <= o_i;
    p_q   <= p_d;
    sum_q <= sum_d;
    z16_q <= z16_d;
    z8_q  <= z8_d;
    lo_q  <= z16_q[7:0];
  end

  assign z8_o = z8_q;
  assign lo_o = lo_q;

endmodule
