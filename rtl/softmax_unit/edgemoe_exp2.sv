// SPDX-License-Identifier: Apache-2.0
// edgemoe_exp2: 2^-x, one value a cycle.
//
// Interface  x_i: 15 bit unsigned, 10 fraction bits; callers saturate larger values to 32767.
//            e_o: Wide = 0: uint8, 255 at x = 0 (softmax); Wide = 1: 17 bit, 65536 at x = 0 (gate).
// Handshake  none; every cycle, no stalls.
// Latency    5 cycles.
// Reset      none: data only.
// Numbers    exp_u8 and exp_u17 of hls/fixed/exponential.hpp, bit for bit: 0 beyond octave 15 or
//            17.
// Rounding   the interpolation truncates, the result rounds half up.
// Resources  1 DSP48E2 (interpolation).
// Verified   tests/rtl/softmax_unit: every x.
module edgemoe_exp2 #(
  parameter int unsigned Wide = 0
) (
  input  logic        clk_i,
  input  logic [14:0] x_i,
  output logic [16:0] e_o
);

  localparam logic [4:0] LastOctave = (Wide != 0) ? 5'd17 : 5'd15;

  // Stage 1: table. The step to the next entry is negative.
  logic        [16:0] left;
  logic signed [12:0] step;
  edgemoe_exp2_rom u_rom (.index_i({1'b0, x_i[9:6]}), .step_o(step), .left_o(left));

  logic [16:0] left_q, left_q2, p_d, p_q;
  logic [11:0] drop_d, drop_q;
  logic  [5:0] frac_q;
  logic [17:0] inter_d;
  logic [11:0] inter_q;
  logic  [4:0] octave_q, octave_q2, octave_q3, octave_q4;

  // Stages 2, 3: interpolate.
  always_comb begin
    drop_d  = 12'(-step);
    inter_d = 18'(drop_q) * 18'(frac_q);
    p_d     = left_q2 - 17'(inter_q);
  end

  // Stages 4, 5: scale by 255 / 65536 (uint8 only) and by the octave, half up.
  logic [32:0] sum_d, sum_q;
  logic [16:0] e_d, e_q;
  always_comb begin
    if (Wide != 0) begin
      sum_d = 33'(p_q) + ((33'd1 << octave_q3) >> 1);
      e_d   = 17'(sum_q >> octave_q4);
    end else begin
      sum_d = {8'd0, p_q, 8'd0} - 33'(p_q) + (33'd32768 << octave_q3[3:0]);
      e_d   = {9'd0, 8'(sum_q[32:16] >> octave_q4)};
    end
    if (octave_q4 > LastOctave) e_d = '0;
  end

  always_ff @(posedge clk_i) begin
    left_q    <= left;
    drop_q    <= drop_d;
    frac_q    <= x_i[5:0];
    octave_q  <= x_i[14:10];
    left_q2   <= left_q;
    inter_q   <= inter_d[17:6];
    octave_q2 <= octave_q;
    p_q       <= p_d;
    octave_q3 <= octave_q2;
    sum_q     <= sum_d;
    octave_q4 <= octave_q3;
    e_q       <= e_d;
  end

  assign e_o = e_q;

  logic unused_bits;
  assign unused_bits = ^inter_d[5:0];

endmodule
