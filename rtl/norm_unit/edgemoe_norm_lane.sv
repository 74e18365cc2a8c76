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
//            int18, gamma_frac 0..60, beta int24. From shift 43 on a 42-bit product rounds to 0.
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
  input  logic         [4:0] shift_s4_i,
  input  logic         [4:0] shift_s5_i,
  input  logic signed [17:0] gamma_s6_i,
  input  logic         [5:0] gamma_shift_s8_i,
  input  logic         [5:0] gamma_shift_s9_i,
  input  logic signed [23:0] beta_s10_i,
  output logic signed [23:0] x_o,
  output logic signed [51:0] product_o,
  output logic signed [23:0] o_o
);

  localparam logic [5:0] LastShift = 6'd43;

  function automatic logic signed [23:0] saturate24(input logic signed [52:0] x);
    saturate24 = x[23:0];
    if (x > 53'sd8388607) saturate24 = 24'sh7fffff;
    if (x < -53'sd8388608) saturate24 = 24'sh800000;
  endfunction

  function automatic logic [5:0] effective(input logic [5:0] shift);
    effective = shift > LastShift ? LastShift : shift;
  endfunction

  logic               keep_q, keep_s10;
  logic signed [23:0] x_q, n_d, n_q, o_d, o_q;
  logic signed [25:0] d_d, d_q, factor;
  logic signed [51:0] m_d, m_q, p_q;
  logic signed [52:0] sum_d, sum_q;
  logic signed [41:0] mg_d, mg_q, pg_q;
  logic signed [45:0] sumg_d, sumg_q, scaled_d, scaled_q;

  always_comb begin
    // Stages 2, 3: deviation and product.
    d_d    = keep_q ? 26'(x_q) - mean_s1_i : '0;
    factor = square_s2_i ? d_q : signed'({7'd0, r_s2_i});
    m_d    = 52'(d_q) * 52'(factor);
    // Stages 5, 6: n, LSB 2^-18.
    sum_d = 53'(p_q) + ((53'sd1 <<< shift_s4_i) >>> 1);
    n_d   = saturate24(sum_q >>> shift_s5_i);
    // Stages 7..11: gain and offset.
    mg_d     = 42'(n_q) * 42'(gamma_s6_i);
    sumg_d   = 46'(pg_q) + ((46'sd1 <<< effective(gamma_shift_s8_i)) >>> 1);
    scaled_d = sumg_q >>> effective(gamma_shift_s9_i);
    o_d      = keep_s10 ? saturate24(53'(scaled_q) + 53'(beta_s10_i)) : '0;
  end

  edgemoe_delay #(.Width(1), .Depth(9)) u_keep (.clk_i, .data_i(keep_q), .data_o(keep_s10));

  always_ff @(posedge clk_i) begin
    x_q      <= x_i;
    keep_q   <= keep_i;
    d_q      <= d_d;
    m_q      <= m_d;
    p_q      <= m_q;
    sum_q    <= sum_d;
    n_q      <= n_d;
    mg_q     <= mg_d;
    pg_q     <= mg_q;
    sumg_q   <= sumg_d;
    scaled_q <= scaled_d;
    o_q      <= o_d;
  end

  assign x_o       = keep_q ? x_q : '0;
  assign product_o = p_q;
  assign o_o       = o_q;

endmodule
