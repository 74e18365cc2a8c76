// SPDX-License-Identifier: Apache-2.0
// edgemoe_gate_lane: the gate's two digit sums of one expert -> its logit.
//
// Interface  logit = sat32(rhu((128 high + low) * scale, shift) + bias). Stage k = k registers
//            after
//            the sums; the other inputs are given at the stage in their names.
// Handshake  none; every cycle, no stalls.
// Latency    6 cycles.
// Reset      none: data only.
// Numbers    high, low int32 (both planes already in them), scale 17 bit unsigned, shift 0..62,
//            bias
//            int32, LSB 2^-20: finish_logits of hls/kernels/gate.cpp. Exact in 64 bits.
// Rounding   half up.
// Resources  2 DSP48E2 (40 x 18 bits).
// Verified   tests/rtl/router.
module edgemoe_gate_lane (
  input  logic               clk_i,
  input  logic signed [31:0] high_i,
  input  logic signed [31:0] low_i,
  input  logic        [16:0] scale_s0_i,
  input  logic         [5:0] shift_s3_i,
  input  logic         [5:0] shift_s4_i,
  input  logic signed [31:0] bias_s5_i,
  output logic        [31:0] logit_o
);

  logic signed [39:0] sum_d, sum_q;
  logic signed [17:0] scale_q;
  logic signed [57:0] m_d, m_q, p_q;
  logic signed [63:0] half_d, half_q, shifted_d, shifted_q, biased;
  logic        [31:0] logit_d, logit_q;

  always_comb begin
    sum_d     = (40'(high_i) <<< 7) + 40'(low_i);
    m_d       = 58'(sum_q) * 58'(scale_q);
    half_d    = 64'(p_q) + ((64'sd1 <<< shift_s3_i) >>> 1);
    shifted_d = half_q >>> shift_s4_i;
    biased    = shifted_q + 64'(bias_s5_i);
    logit_d   = biased[31:0];
    if (biased > 64'sd2147483647) logit_d = 32'h7fffffff;
    if (biased < -64'sd2147483648) logit_d = 32'h80000000;
  end

  always_ff @(posedge clk_i) begin
    sum_q     <= sum_d;
    scale_q   <= {1'b0, scale_s0_i};
    m_q       <= m_d;
    p_q       <= m_q;
    half_q    <= half_d;
    shifted_q <= shifted_d;
    logit_q   <= logit_d;
  end

  assign logit_o = logit_q;

endmodule
