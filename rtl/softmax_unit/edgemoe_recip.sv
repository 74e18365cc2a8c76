// SPDX-License-Identifier: Apache-2.0
// edgemoe_recip: 1/v as mantissa and exponent, one value a cycle.
//
// Interface  1/v = y_o 2^-20 2^-exp_o for v_i >= 1.
// Handshake  none; every cycle, no stalls.
// Latency    11 cycles: logarithm, shift, seed, two Newton steps of 4.
// Reset      none: data only.
// Numbers    recip_mantissa of hls/fixed/reciprocal.hpp, bit for bit; y in (2^19, 2^20].
// Resources  8 DSP48E2 (four products of 21 x 22 bits).
// Verified   tests/rtl/softmax_unit.
module edgemoe_recip (
  input  logic        clk_i,
  input  logic [31:0] v_i,
  output logic [20:0] y_o,
  output logic  [4:0] exp_o
);

  // Stages 1..3: normalise, seed.
  logic [4:0]  log, log_q;
  logic [31:0] v_q, m_d, m_q;
  logic [19:0] seed, seed_q;
  logic [20:0] m_top_q;
  edgemoe_floor_log2 #(.LogWidth(5)) u_log (.value_i(v_i), .log_o(log));
  edgemoe_recip_rom u_rom (.index_i(m_q[30:26]), .left_o(seed));
  always_comb m_d = v_q << (5'd31 - log_q);

  always_ff @(posedge clk_i) begin
    v_q     <= v_i;
    log_q   <= log;
    m_q     <= m_d;
    seed_q  <= seed;
    m_top_q <= m_q[31:11];
  end

  edgemoe_delay #(.Width(5), .Depth(10)) u_exp (.clk_i, .data_i(log_q), .data_o(exp_o));

  // Stages 4..11: y = y (2 - m y), twice.
  logic [20:0] y1, m_top_s7;
  edgemoe_recip_step u_step1 (.clk_i, .m_i(m_top_q), .y_i({1'b0, seed_q}), .y_o(y1));
  edgemoe_delay #(.Width(21), .Depth(4)) u_m (.clk_i, .data_i(m_top_q), .data_o(m_top_s7));
  edgemoe_recip_step u_step2 (.clk_i, .m_i(m_top_s7), .y_i(y1), .y_o(y_o));

  // The top bit of a normalised number is 1.
  logic unused_bits;
  assign unused_bits = ^m_q[10:0];

endmodule
