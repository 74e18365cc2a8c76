// SPDX-License-Identifier: Apache-2.0
// edgemoe_rsqrt: 1/sqrt(v) as mantissa and exponent, one value a cycle.
//
// Interface  1/sqrt(v) = y_o 2^-20 2^-15 2^-half_o for v_i in [1, 2^62); half_o, signed, is s / 2
//            of
//            hls/fixed.
// Handshake  none; every cycle, no stalls.
// Latency    15 cycles: logarithm, shift, seed, two Newton steps of 6.
// Reset      none: data only.
// Numbers    rsqrt_mantissa of hls/fixed/reciprocal.hpp, bit for bit.
// Resources  12 DSP48E2 (six products of up to 22 x 22 bits).
// Verified   tests/rtl/softmax_unit.
module edgemoe_rsqrt (
  input  logic              clk_i,
  input  logic       [61:0] v_i,
  output logic       [20:0] y_o,
  output logic signed [5:0] half_o
);

  // Stages 1..3: an even shift to [2^30, 2^32), seed.
  logic  [5:0] log;
  logic  [4:0] pair_q, pair_s15;
  logic [61:0] v_q;
  logic [61:0] w_d;
  logic [31:0] m_q;
  logic [19:0] seed, seed_q;
  logic [21:0] m_top_q, m_top_s9;
  edgemoe_floor_log2 #(.LogWidth(6)) u_log (.value_i({2'b00, v_i}), .log_o(log));
  always_comb w_d = v_q << {5'd30 - pair_q, 1'b0};
  edgemoe_rsqrt_rom u_rom (.index_i(m_q[31:26] - 6'd16), .left_o(seed));

  always_ff @(posedge clk_i) begin
    v_q     <= v_i;
    pair_q  <= log[5:1];
    m_q     <= w_d[61:30];
    seed_q  <= seed;
    m_top_q <= m_q[31:10];
  end

  edgemoe_delay #(.Width(5), .Depth(14)) u_exp (.clk_i, .data_i(pair_q), .data_o(pair_s15));
  assign half_o = signed'({1'b0, pair_s15}) - 6'sd15;

  // Stages 4..15: y = y (3 - m y^2) / 2, twice.
  logic [20:0] y1;
  edgemoe_rsqrt_step u_step1 (.clk_i, .m_i(m_top_q), .y_i({1'b0, seed_q}), .y_o(y1));
  edgemoe_delay #(.Width(22), .Depth(6)) u_m (.clk_i, .data_i(m_top_q), .data_o(m_top_s9));
  edgemoe_rsqrt_step u_step2 (.clk_i, .m_i(m_top_s9), .y_i(y1), .y_o(y_o));

  logic unused_bits;
  assign unused_bits = ^{log[0], w_d[29:0], m_q[9:0]};

endmodule
