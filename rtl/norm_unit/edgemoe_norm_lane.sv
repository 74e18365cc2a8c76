// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_lane: one channel of LayerNorm, up to the normalised value o.
//
// Interface  Stage k = k registers after x_i; every other input is given at the stage in its name.
//            x_o (stage 1): x for the mean, 0 where keep_i is low. product_o (stage 4): (x - mean)
//            times itself (square_s2_i) or times r. o_o (stage 11):
//            sat24(rhu(sat24(rhu((x - mean) r, shift)) gamma, gamma_frac + 2) + beta), 0 without
//            keep.
// Handshake  none; every cycle, no stalls.
// Latency    11 cycles to o_o.
// Reset      none: data only.
// Numbers    hls/README.md "LayerNorm of one token": x int24 (LSB 2^-16), r 19 bit, shift 0..24,
//            gamma
//            int18, gamma_frac 0..60, beta int24. Shifts come in two parts, the upper bits first.
// Rounding   half up.
// Resources  3 DSP48E2: 26 x 26 bits (two, shared by square and r), 24 x 18 bits.
// Verified   tests/rtl/norm_unit.
module edgemoe_norm_lane (
  input  logic               clk_i,
  input  logic signed [23:0] x_i,
  input  logic               keep_i,
  input  logic signed [25:0] mean_s1_i,
  input  logic               square_s2_i,
  input  logic        [18:0] r_s2_i,
  input  logic         [0:0] shift_s4_i,
  input  logic         [3:0] shift_s5_i,
  input  logic signed [17:0] gamma_s6_i,
  input  logic         [1:0] gamma_shift_s8_i,
  input  logic         [3:0] gamma_shift_s9_i,
  input  logic signed [23:0] beta_s10_i,
  output logic signed [23:0] x_o,
  output logic signed [51:0] product_o,
  output logic signed [23:0] o_o
);

  logic               keep_q, keep_s10;
  logic signed [23:0] x_q, n_q, o_q;
  logic signed [25:0] d_d, d_q, factor;
  logic signed [51:0] m_d, m_q, p_q;
  logic signed [41:0] mg_d, mg_q, pg_q;
  logic        [23:0] n_d, o_d;
  logic        [40:0] coarse_d, coarse_q, coarseg_d, coarseg_q;
  logic        [25:0] fine, fineg_d, fineg_q;
  logic               coarse_over_d, coarse_over_q, fine_over, n_sat;
  logic               coarseg_over_d, coarseg_over_q, fineg_over_d, fineg_over_q, o_sat;

  always_comb begin
    // Stages 2, 3: deviation and product.
    d_d    = keep_q ? 26'(x_q) - mean_s1_i : '0;
    factor = square_s2_i ? d_q : signed'({7'd0, r_s2_i});
    m_d    = 52'(d_q) * 52'(factor);
    // Stage 7: gain.
    mg_d = 42'(n_q) * 42'(gamma_s6_i);
  end

  // Stages 5, 6: n, LSB 2^-18.
  edgemoe_shift_coarse #(.InWidth(52), .OutWidth(24), .StepsWidth(1)) u_coarse (
    .x_i(p_q), .steps_i(shift_s4_i), .y_o(coarse_d), .over_o(coarse_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(24)) u_fine (
    .x_i(coarse_q), .over_i(coarse_over_q), .shift_i(shift_s5_i), .y_o(fine), .over_o(fine_over)
  );
  edgemoe_round_saturate #(.XWidth(24), .OutWidth(24)) u_round (
    .x_i(fine), .over_i(fine_over), .add_i(24'd0), .y_o(n_d), .sat_o(n_sat)
  );

  // Stages 9..11: scale of the gain, offset.
  edgemoe_shift_coarse #(.InWidth(42), .OutWidth(24), .StepsWidth(2)) u_coarse_gamma (
    .x_i(pg_q), .steps_i(gamma_shift_s8_i), .y_o(coarseg_d), .over_o(coarseg_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(24)) u_fine_gamma (
    .x_i(coarseg_q), .over_i(coarseg_over_q), .shift_i(gamma_shift_s9_i), .y_o(fineg_d),
    .over_o(fineg_over_d)
  );
  edgemoe_round_saturate #(.XWidth(24), .OutWidth(24)) u_round_gamma (
    .x_i(fineg_q), .over_i(fineg_over_q), .add_i(beta_s10_i), .y_o(o_d), .sat_o(o_sat)
  );

  edgemoe_delay #(.Width(1), .Depth(9)) u_keep (.clk_i, .data_i(keep_q), .data_o(keep_s10));

  always_ff @(posedge clk_i) begin
    x_q      <= x_i;
    keep_q   <= keep_i;
    d_q      <= d_d;
    m_q      <= m_d;
    p_q      <= m_q;
    coarse_q <= coarse_d;
    n_q      <= n_d;
    mg_q     <= mg_d;
    pg_q     <= mg_q;
    fineg_q  <= fineg_d;
    o_q      <= keep_s10 ? o_d : '0;
    coarse_over_q  <= coarse_over_d;
    coarseg_q      <= coarseg_d;
    coarseg_over_q <= coarseg_over_d;
    fineg_over_q   <= fineg_over_d;
  end

  logic unused_sat;
  assign unused_sat = n_sat ^ o_sat;

  assign x_o       = keep_q ? x_q : '0;
  assign product_o = p_q;
  assign o_o       = o_q;

endmodule
