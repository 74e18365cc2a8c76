// SPDX-License-Identifier: Apache-2.0
// edgemoe_gelu_lane: v (int20, LSB 2^-12) -> GELU -> hidden, uint8 with a zero point.
//
// Interface  Stage k = k registers after v_i; constants of the command at the stage that uses them.
//            v_i 24 bit, saturated to 20 here (not counted). hidden_o and sat_o (clamped) at stage
//            7.
// Handshake  none; every cycle, no stalls.
// Latency    7 cycles.
// Reset      none: data only.
// Numbers    g = relu - interpolated table (LSB 2^-15, hls/fixed/gelu.hpp), then
//            clamp(rhu(g * mult, shift) + zero_point, 0, 255): to_hidden of
//            hls/kernels/requantiser.hpp.
//            shift 0..62, in two parts, the upper bits first.
// Rounding   half up, in the interpolation and in the scale.
// Resources  1 DSP48E2, the scale. The interpolation is a tree of adders: m3-zcu102-max leaves no
//            DSP for it.
// Verified   tests/rtl/gelu_unit: all 2^20 inputs.
module edgemoe_gelu_lane (
  input  logic               clk_i,
  input  logic signed [23:0] v_i,
  input  logic        [15:0] mult_s3_i,
  input  logic         [1:0] shift_s5_i,
  input  logic         [3:0] shift_s6_i,
  input  logic         [7:0] zero_point_s6_i,
  output logic         [7:0] hidden_o,
  output logic               sat_o
);

  localparam logic [7:0] LastEntry = 8'd176;

  // Stage 1: saturate, magnitude, ReLU.
  logic signed [19:0] v20;
  logic        [19:0] mag_d, mag_q;
  logic        [22:0] relu_d, relu_q, relu_q2, relu_q3;
  always_comb begin
    v20 = v_i[19:0];
    if (v_i[22:19] != {4{v_i[23]}}) v20 = {v_i[23], {19{!v_i[23]}}};
    mag_d  = v20[19] ? 20'(-v20) : 20'(v20);
    relu_d = v20[19] ? '0 : {v20, 3'b000};
  end

  // Stage 2: two neighbours of the table. Beyond the last entry the result is exactly ReLU.
  logic        [12:0] left, left_q, left_q2;
  logic signed  [9:0] step, step_q;
  logic         [6:0] frac_q;
  logic         [7:0] entry;
  assign entry = (|mag_q[19:15] || mag_q[14:7] > LastEntry) ? LastEntry : mag_q[14:7];
  edgemoe_gelu_rom u_rom (.index_i(entry), .left_o(left), .step_o(step));

  // Stages 3, 4: interpolate, subtract. step * frac = frac * step[8:0] - frac * 512 * step[9].
  logic        [10:0] low_01, low_23, low_45;
  logic        [11:0] low_456;
  logic        [13:0] low_0123;
  logic        [16:0] low_all;
  logic signed [17:0] inter_d, inter_q, rounded;
  logic signed [23:0] g_d, g_q;
  edgemoe_pair_sum #(.Width(10), .Masked(1)) u_low_01 (
    .a_i({1'b0, step_q[8:0]}), .b_i({step_q[8:0], 1'b0}), .use_a_i(frac_q[0]),
    .use_b_i(frac_q[1]), .sum_o(low_01)
  );
  edgemoe_pair_sum #(.Width(10), .Masked(1)) u_low_23 (
    .a_i({1'b0, step_q[8:0]}), .b_i({step_q[8:0], 1'b0}), .use_a_i(frac_q[2]),
    .use_b_i(frac_q[3]), .sum_o(low_23)
  );
  edgemoe_pair_sum #(.Width(10), .Masked(1)) u_low_45 (
    .a_i({1'b0, step_q[8:0]}), .b_i({step_q[8:0], 1'b0}), .use_a_i(frac_q[4]),
    .use_b_i(frac_q[5]), .sum_o(low_45)
  );
  edgemoe_pair_sum #(.Width(11), .Masked(1)) u_low_456 (
    .a_i(low_45), .b_i({step_q[8:0], 2'b00}), .use_a_i(1'b1), .use_b_i(frac_q[6]),
    .sum_o(low_456)
  );
  edgemoe_pair_sum #(.Width(13)) u_low_0123 (
    .a_i({2'b00, low_01}), .b_i({low_23, 2'b00}), .use_a_i(1'b1), .use_b_i(1'b1),
    .sum_o(low_0123)
  );
  edgemoe_pair_sum #(.Width(16)) u_low_all (
    .a_i({2'b00, low_0123}), .b_i({low_456, 4'b0000}), .use_a_i(1'b1), .use_b_i(1'b1),
    .sum_o(low_all)
  );
  always_comb begin
    inter_d = signed'({1'b0, low_all}) - signed'({2'b00, frac_q & {7{step_q[9]}}, 9'd0});
    rounded = (inter_q + 18'sd64) >>> 7;
    g_d     = signed'({1'b0, relu_q3}) - 24'(signed'({1'b0, left_q2})) - 24'(rounded);
  end

  // Stages 5, 6, 7: scale, round, zero point.
  logic signed [16:0] mult_q;
  logic signed [40:0] m_d, m_q;
  logic        [25:0] coarse_d, coarse_q;
  logic        [10:0] fine;
  logic        [10:0] hidden;
  logic         [7:0] out_d, out_q;
  logic               coarse_over_d, coarse_over_q, fine_over, sat_d, sat_q;
  edgemoe_shift_coarse #(.InWidth(41), .OutWidth(9), .StepsWidth(2)) u_coarse (
    .x_i(m_q), .steps_i(shift_s5_i), .y_o(coarse_d), .over_o(coarse_over_d)
  );
  edgemoe_shift_fine #(.OutWidth(9)) u_fine (
    .x_i(coarse_q), .over_i(coarse_over_q), .shift_i(shift_s6_i), .y_o(fine), .over_o(fine_over)
  );
  always_comb begin
    m_d    = 41'(g_q) * 41'(mult_q);
    hidden = {fine[10], fine[10:1]} + {3'd0, zero_point_s6_i} + 11'(fine[0]);
    sat_d  = fine_over || hidden[10:8] != 3'd0;
    out_d  = sat_d ? {8{fine_over ? !fine[10] : !hidden[10]}} : hidden[7:0];
  end

  always_ff @(posedge clk_i) begin
    mag_q   <= mag_d;
    relu_q  <= relu_d;
    left_q  <= left;
    step_q  <= step;
    frac_q  <= mag_q[6:0];
    relu_q2 <= relu_q;
    left_q2 <= left_q;
    inter_q <= inter_d;
    relu_q3 <= relu_q2;
    g_q     <= g_d;
    mult_q  <= {1'b0, mult_s3_i};
    m_q     <= m_d;
    coarse_q      <= coarse_d;
    coarse_over_q <= coarse_over_d;
    out_q   <= out_d;
    sat_q   <= sat_d;
  end

  assign hidden_o = out_q;
  assign sat_o    = sat_q;

endmodule
