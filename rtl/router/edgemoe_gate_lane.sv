// SPDX-License-Identifier: Apache-2.0
// edgemoe_gate_lane: the gate's two digit sums of one expert -> its logit.
//
// Interface  logit = sat32(rhu((128 high + low) * scale, shift) + bias). Stage k = k registers
//            after
//            the sums; the other inputs are given at the stage in their names.
// Handshake  none; every cycle, no stalls.
// Latency    6 cycles.
// Reset      none: data only.
// Numbers    high, low int32 (both planes already in them), scale 17 bit unsigned, shift 0..62 (in
//            two parts, the upper bits first), bias int32, LSB 2^-20: finish_logits of
//            hls/kernels/gate.cpp. Exact in 64 bits.
// Rounding   half up.
// Resources  2 DSP48E2 (40 x 18 bits).
// Verified   tests/rtl/router.
module edgemoe_gate_lane (
  input  logic               clk_i,
  input  logic signed [31:0] high_i,
  input  logic signed [31:0] low_i,
  input  logic        [16:0] scale_s0_i,
  input  logic         [1:0] shift_s3_i,
  input  logic         [3:0] shift_s4_i,
  input  logic signed [31:0] bias_s5_i,
  output logic        [31:0] logit_o
);

  logic signed [39:0] sum_d, sum_q;
  logic signed [17:0] scale_q;
  logic signed [57:0] m_d, m_q, p_q;
  logic        [48:0] coarse_d, coarse_q;
  logic        [33:0] fine_d, fine_q;
  logic        [31:0] logit_d, logit_q;
  logic               coarse_over_d, coarse_over_q, fine_over_d, fine_over_q, sat;

  always_comb begin
    sum_d     = (40'(high_i) <<< 7) + 40'(low_i);
    m_d       = 58'(sum_q) * 58'(scale_q);
  end
  edgemoe_shift_coarse #(.InWidth(58), .OutWidth(32), .StepsWidth(2)) u_coarse (
    .x_i(p_q), .steps_i(shift_s3_i), .y_o(coarse_d), .over_o(coarse_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(32)) u_fine (
    .x_i(coarse_q), .over_i(coarse_over_q), .shift_i(shift_s4_i), .y_o(fine_d),
    .over_o(fine_over_d)
  );
  edgemoe_round_saturate #(.XWidth(32), .OutWidth(32)) u_round (
    .x_i(fine_q), .over_i(fine_over_q), .add_i(bias_s5_i), .y_o(logit_d), .sat_o(sat)
  );

  always_ff @(posedge clk_i) begin
    sum_q     <= sum_d;
    scale_q   <= {1'b0, scale_s0_i};
    m_q       <= m_d;
    p_q       <= m_q;
    coarse_q      <= coarse_d;
    coarse_over_q <= coarse_over_d;
    fine_q        <= fine_d;
    fine_over_q   <= fine_over_d;
    logit_q       <= logit_d;
  end

  assign logit_o = logit_q;

  logic unused_sat;
  assign unused_sat = sat;

endmodule
