// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_quant_lane: o -> z16 = clip(rhu(o q, shift), 32639), split into z8 and the low
// plane.
//
// Interface  Stage k = k registers after o_i and factor_i (q - 65536); shift in two
//            parts, the upper bit first.
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
  input  logic         [0:0] shift_s2_i,
  input  logic         [3:0] shift_s3_i,
  output logic         [7:0] z8_o,
  output logic         [7:0] lo_o
);

  logic signed [41:0] m_d, m_q;
  logic signed [23:0] o_q;
  logic signed [43:0] p_d, p_q;
  logic        [32:0] coarse_d, coarse_q;
  logic        [17:0] fine;
  logic        [15:0] rounded, z16_d, z16_q;
  logic               coarse_over_d, coarse_over_q, fine_over, sat, beyond;
  logic         [7:0] z8_d, z8_q, lo_q;

  always_comb begin
    m_d     = 42'(o_i) * 42'(signed'({1'b0, factor_i}));
    p_d     = 44'(m_q) + (44'(o_q) <<< 16);
    // 32639 = 127 * 257: the upper byte +-127, the lower one +-127.
    beyond = sat ||
             (!rounded[15] && (&rounded[14:8]) && rounded[7]) ||
             (rounded[15] && !(|rounded[14:8]) && !(rounded[7] && |rounded[6:0]));
    z16_d = beyond ? (rounded[15] ? 16'h8081 : 16'h7f7f) : rounded;
    z8_d  = z16_q[15:8] + 8'(z16_q[7]);
  end
  edgemoe_shift_coarse #(.InWidth(44), .OutWidth(16), .StepsWidth(1)) u_coarse (
    .x_i(p_q), .steps_i(shift_s2_i), .y_o(coarse_d), .over_o(coarse_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(16)) u_fine (
    .x_i(coarse_q), .over_i(coarse_over_q), .shift_i(shift_s3_i), .y_o(fine), .over_o(fine_over)
  );
  edgemoe_round_saturate #(.XWidth(16), .OutWidth(16)) u_round (
    .x_i(fine), .over_i(fine_over), .add_i(16'd0), .y_o(rounded), .sat_o(sat)
  );

  always_ff @(posedge clk_i) begin
    m_q   <= m_d;
    o_q   <= o_i;
    p_q   <= p_d;
    coarse_q      <= coarse_d;
    coarse_over_q <= coarse_over_d;
    z16_q <= z16_d;
    z8_q  <= z8_d;
    lo_q  <= z16_q[7:0];
  end

  assign z8_o = z8_q;
  assign lo_o = lo_q;

endmodule
