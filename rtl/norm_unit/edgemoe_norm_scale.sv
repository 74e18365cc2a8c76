// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_scale: the largest |o| of a token -> its scale S_t and the factor that makes z16.
//
// Interface  One beat of o a cycle; with the last beat of a token ready_o follows, together with
//            scale_o (S_t), factor_o (q - 65536) and shift_o (of o * q).
// Handshake  valid only. Beats of a token may have gaps; first_i begins it.
// Latency    19 cycles from the last beat to ready_o: magnitude and tree 3, maximum 1, S_t 3,
//            reciprocal 11, q 1.
// Reset      clears the valid bits.
// Numbers    S_t = min(131071, ((amax * 1033) >> 16) + 1); q = rhu(y, 3) in (65536, 131072], so
//            that
//            q - 65536 fits a DSP's port; shift = p + 8, 8..24.
// Parameters Lanes a multiple of 16.
// Verified   tests/rtl/norm_unit.
`include "edgemoe_assert.svh"

module edgemoe_norm_scale #(
  parameter int unsigned Lanes = 32
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                valid_i,
  input  logic                first_i,
  input  logic                last_i,
  input  logic [Lanes*24-1:0] o_i,

  output logic                ready_o,
  output logic [16:0]         scale_o,
  output logic [16:0]         factor_o,
  output logic [4:0]          shift_o
);

  `EDGEMOE_PARAMETER_CHECK(LanesAreWholeTrees, Lanes >= 16 && Lanes % 16 == 0)

  localparam int unsigned Latency = 19;

  logic [Latency-1:0] valid_q, last_q;
  logic [2:0]         first_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i};
    end
  end
  always_ff @(posedge clk_i) begin
    first_q <= {first_q[1:0], first_i};
    last_q  <= {last_q[Latency-2:0], last_i};
  end

  // Stages 1..4: magnitudes, maxima of fours, of sixteens, of the token.
  logic [Lanes*24-1:0]    mag_d, mag_q;
  logic [Lanes/4*24-1:0]  m4_d, m4_q;
  logic [Lanes/16*24-1:0] m16_d, m16_q;
  logic [23:0]            amax_d, amax_q;
  always_comb begin
    mag_d  = '0;
    m4_d   = '0;
    m16_d  = '0;
    amax_d = amax_q;
    for (int n = 0; n < Lanes; n++) begin
      mag_d[n*24 +: 24] = o_i[n*24+23] ? -o_i[n*24 +: 24] : o_i[n*24 +: 24];
      if (mag_q[n*24 +: 24] > m4_d[(n/4)*24 +: 24]) m4_d[(n/4)*24 +: 24] = mag_q[n*24 +: 24];
    end
    for (int n = 0; n < Lanes / 4; n++) begin
      if (m4_q[n*24 +: 24] > m16_d[(n/4)*24 +: 24]) m16_d[(n/4)*24 +: 24] = m4_q[n*24 +: 24];
    end
    if (valid_q[2]) begin
      if (first_q[2]) amax_d = '0;
      for (int n = 0; n < Lanes / 16; n++) begin
        if (m16_q[n*24 +: 24] > amax_d) amax_d = m16_q[n*24 +: 24];
      end
    end
  end

  // Stages 5..7: S_t.
  logic [34:0] wanted;
  logic [18:0] next;
  logic [16:0] scale_d, scale_q;
  edgemoe_product #(.AWidth(24), .BWidth(11)) u_wanted (
    .clk_i, .a_i(amax_q), .b_i(11'd1033), .p_o(wanted)
  );
  always_comb begin
    next    = wanted[34:16] + 19'd1;
    scale_d = (next > 19'd131071) ? 17'd131071 : next[16:0];
  end

  // Stages 8..19: reciprocal and q.
  logic [20:0] y;
  logic [4:0]  exponent;
  logic [20:0] q_round;
  logic [16:0] factor_d, factor_q;
  logic [4:0]  shift_q;
  edgemoe_recip u_recip (.clk_i, .v_i({15'd0, scale_q}), .y_o(y), .exp_o(exponent));
  edgemoe_delay #(.Width(17), .Depth(12)) u_scale (
    .clk_i, .data_i(scale_q), .data_o(scale_o)
  );
  always_comb begin
    q_round  = y + 21'd4;
    factor_d = 17'(q_round[20:3] - 18'd65536);
  end

  always_ff @(posedge clk_i) begin
    mag_q    <= mag_d;
    m4_q     <= m4_d;
    m16_q    <= m16_d;
    amax_q   <= amax_d;
    scale_q  <= scale_d;
    factor_q <= factor_d;
    shift_q  <= exponent + 5'd8;
  end

  assign ready_o  = valid_q[Latency-1] && last_q[Latency-1];
  assign factor_o = factor_q;
  assign shift_o  = shift_q;

  logic unused_bits;
  assign unused_bits = ^{wanted[15:0], q_round[2:0]};

endmodule
