// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_moments: sums of a token's beats -> its mean, then r = sqrt(D) / sigma.
//
// Interface  One beat's flags at stage 0; its values x at stage 1 and squares at stage 4, as
//            edgemoe_norm_lane gives them. The moments of Slots tokens are kept; mean_o is that of
//            slot_s1_i, r_o and shift_o that of slot_s2_i.
// Handshake  none. A slot's mean may be used by a beat 7 cycles after the last beat of its pass 0,
//            r
//            by one 24 cycles after the last beat of pass 1.
// Latency    last beat to mean_q: 8 cycles, to r: 26 (tree 3, accumulate 1, rsqrt 15, scale 3).
// Reset      clears the flags on their way.
// Numbers    mean = rhu(sum x * inv_d, 32); V = sum d^2 + eps_acc < 2^62; r = rhu(y sqrt_d, 20) in
//            19 bits (sqrt_d below 2^18); shift = 9 + s / 2, 0..24 because eps_acc >= 2^12.
// Rounding   half up; rsqrt as hls/fixed.
// Parameters Lanes a multiple of 16; Slots a power of two.
// Verified   tests/rtl/norm_unit.
`include "edgemoe_assert.svh"

module edgemoe_norm_moments #(
  parameter int unsigned Lanes = 32,
  parameter int unsigned Slots = 8,
  localparam int unsigned SlotWidth = $clog2(Slots)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // beat (stage 0)
  input  logic                 mean_valid_i,
  input  logic                 square_valid_i,
  input  logic                 first_i,
  input  logic                 last_i,
  input  logic [SlotWidth-1:0] slot_i,

  // its values
  input  logic [Lanes*24-1:0]  x_s1_i,
  input  logic [Lanes*52-1:0]  square_s4_i,

  // constants of the command
  input  logic [31:0]          inv_d_i,
  input  logic [17:0]          sqrt_d_i,
  input  logic [61:0]          eps_acc_i,

  // moments
  input  logic [SlotWidth-1:0] slot_s1_i,
  input  logic [SlotWidth-1:0] slot_s2_i,
  output logic [25:0]          mean_o,
  output logic [18:0]          r_o,
  output logic [4:0]           shift_o
);

  `EDGEMOE_PARAMETER_CHECK(LanesAreWholeTrees, Lanes >= 16 && Lanes % 16 == 0)

  // Flags at the stages that use them; the valid bits have a reset.
  logic [6:0]  mean_valid_q;
  logic [24:0] square_valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mean_valid_q   <= '0;
      square_valid_q <= '0;
    end else begin
      mean_valid_q   <= {mean_valid_q[5:0], mean_valid_i};
      square_valid_q <= {square_valid_q[23:0], square_valid_i};
    end
  end
  logic [SlotWidth+1:0] flags_s4, flags_s7;
  logic [SlotWidth:0]   done_s25;
  edgemoe_delay #(.Width(SlotWidth + 2), .Depth(4)) u_flags4 (
    .clk_i, .data_i({first_i, last_i, slot_i}), .data_o(flags_s4)
  );
  edgemoe_delay #(.Width(SlotWidth + 2), .Depth(3)) u_flags7 (
    .clk_i, .data_i(flags_s4), .data_o(flags_s7)
  );
  edgemoe_delay #(.Width(SlotWidth + 1), .Depth(18)) u_flags25 (
    .clk_i, .data_i(flags_s7[SlotWidth:0]), .data_o(done_s25)
  );

  // Trees: fours of lanes, fours of those, the rest.
  logic [Lanes/4*26-1:0]  x4_d, x4_q;
  logic [Lanes/16*28-1:0] x16_d, x16_q;
  logic signed [39:0]     x_beat_d, x_beat_q, x_sum_d, x_sum_q;
  logic [Lanes/4*54-1:0]  s4_d, s4_q;
  logic [Lanes/16*56-1:0] s16_d, s16_q;
  logic [61:0]            s_beat_d, s_beat_q, s_sum_d, s_sum_q;
  always_comb begin
    x4_d     = '0;
    x16_d    = '0;
    x_beat_d = '0;
    s4_d     = '0;
    s16_d    = '0;
    s_beat_d = '0;
    for (int n = 0; n < Lanes; n++) begin
      x4_d[(n/4)*26 +: 26] = x4_d[(n/4)*26 +: 26] + 26'(signed'(x_s1_i[n*24 +: 24]));
      s4_d[(n/4)*54 +: 54] = s4_d[(n/4)*54 +: 54] + 54'(square_s4_i[n*52 +: 52]);
    end
    for (int n = 0; n < Lanes / 4; n++) begin
      x16_d[(n/4)*28 +: 28] = x16_d[(n/4)*28 +: 28] + 28'(signed'(x4_q[n*26 +: 26]));
      s16_d[(n/4)*56 +: 56] = s16_d[(n/4)*56 +: 56] + 56'(s4_q[n*54 +: 54]);
    end
    for (int n = 0; n < Lanes / 16; n++) begin
      x_beat_d = x_beat_d + 40'(signed'(x16_q[n*28 +: 28]));
      s_beat_d = s_beat_d + 62'(s16_q[n*56 +: 56]);
    end
    x_sum_d = x_sum_q;
    s_sum_d = s_sum_q;
    if (mean_valid_q[3]) x_sum_d = (flags_s4[SlotWidth+1] ? 40'sd0 : x_sum_q) + x_beat_q;
    if (square_valid_q[6]) s_sum_d = (flags_s7[SlotWidth+1] ? eps_acc_i : s_sum_q) + s_beat_q;
  end

  // Mean: stages 6, 7, 8 behind the sum.
  logic signed [72:0]   xm_d, xm_q, xp_q, x_round;
  logic [SlotWidth:0]   mean_flags_s7;
  edgemoe_delay #(.Width(SlotWidth + 1), .Depth(3)) u_mean_flags (
    .clk_i, .data_i(flags_s4[SlotWidth:0]), .data_o(mean_flags_s7)
  );
  always_comb begin
    xm_d    = 73'(x_sum_q) * 73'(signed'({1'b0, inv_d_i}));
    x_round = xp_q + 73'sh8000_0000;
  end

  // r: reciprocal root (stages 9..23), scale (24, 25).
  logic        [20:0] y;
  logic signed  [5:0] half_shift, half_q, half_q2;
  logic        [38:0] rp, r_round;
  edgemoe_rsqrt u_rsqrt (.clk_i, .v_i(s_sum_q), .y_o(y), .half_o(half_shift));
  edgemoe_product #(.AWidth(21), .BWidth(18)) u_scale (
    .clk_i, .a_i(y), .b_i(sqrt_d_i), .p_o(rp)
  );
  assign r_round = rp + 39'd524288;

  // Moments of the slots.
  logic [Slots*26-1:0] mean_d, mean_q;
  logic [Slots*24-1:0] r_d, r_q;
  logic [4:0]          shift_d;
  always_comb begin
    mean_d  = mean_q;
    r_d     = r_q;
    shift_d = 5'(half_q2 + 6'sd9);
    for (int n = 0; n < Slots; n++) begin
      if (mean_valid_q[6] && mean_flags_s7[SlotWidth] &&
          mean_flags_s7[SlotWidth-1:0] == SlotWidth'(n)) begin
        mean_d[n*26 +: 26] = x_round[32 +: 26];
      end
      if (square_valid_q[24] && done_s25[SlotWidth] &&
          done_s25[SlotWidth-1:0] == SlotWidth'(n)) begin
        r_d[n*24 +: 24] = {shift_d, r_round[20 +: 19]};
      end
    end
  end

  always_ff @(posedge clk_i) begin
    x4_q     <= x4_d;
    x16_q    <= x16_d;
    x_beat_q <= x_beat_d;
    x_sum_q  <= x_sum_d;
    s4_q     <= s4_d;
    s16_q    <= s16_d;
    s_beat_q <= s_beat_d;
    s_sum_q  <= s_sum_d;
    xm_q     <= xm_d;
    xp_q     <= xm_q;
    half_q   <= half_shift;
    half_q2  <= half_q;
    mean_q   <= mean_d;
    r_q      <= r_d;
  end

  assign mean_o         = mean_q[slot_s1_i*26 +: 26];
  assign {shift_o, r_o} = r_q[slot_s2_i*24 +: 24];

  logic unused_bits;
  assign unused_bits = ^{x_round[72:58], x_round[31:0], r_round[19:0]};

endmodule
