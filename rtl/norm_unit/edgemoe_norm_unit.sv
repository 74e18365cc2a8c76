// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_unit: LayerNorm of a stream of tokens, three passes over each, Lanes channels a
// cycle.
//
// Interface  in: beats of a token's residual row, three times: pass_i 0 (mean), 1 (variance), 2
//            (normalise, with gamma and beta of its channels). slot_i names the token between its
//            passes; up to Slots tokens may be on their way. keep_i: channels that exist.
//            out: the beats of pass 2 again with z8, lo and the token's scale.
// Handshake  valid only, never stalls. The caller keeps these distances: a slot's pass 1 at least 7
//            cycles after its last beat of pass 0, its pass 2 at least 24 after that of pass 1; the
//            beats of pass 2 of one token without a gap (asserted). Then out is gapless as well.
// Latency    last beat of pass 2 to the first beat out: 36 cycles. With a read path of 3 cycles and
//            the
//            write this is within kNormTail = 40 of sim/units/timing.hpp; the 24 cycles ask for
//            kNormTurn >= 23.
// Reset      clears valid bits and the store of rows.
// Numbers    hls/README.md "LayerNorm of one token". inv_d, sqrt_d (below 2^18), eps_acc (2^12 ..
//            2^61)
//            stay for all passes of a command; gamma_frac (0..60) belongs to a beat.
// Parameters Lanes a multiple of 16; Slots a power of two; TagWidth >= 1. Rows of at most
//            RowBeats = 32 beats (the 31 cycles of the two turns keep a short row
//            from catching up with a long one before it).
// Verified   tests/rtl/norm_unit: against normalise_token of hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_norm_unit #(
  parameter int unsigned Lanes    = 32,
  parameter int unsigned Slots    = 8,
  parameter int unsigned TagWidth = 8,
  localparam int unsigned SlotWidth = $clog2(Slots)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // beat
  input  logic                 valid_i,
  input  logic [1:0]           pass_i,
  input  logic                 first_i,
  input  logic                 last_i,
  input  logic [SlotWidth-1:0] slot_i,
  input  logic [TagWidth-1:0]  tag_i,
  input  logic [Lanes-1:0]     keep_i,
  input  logic [Lanes*24-1:0]  x_i,
  input  logic [Lanes*18-1:0]  gamma_i,
  input  logic [Lanes*24-1:0]  beta_i,

  // constants of the command
  input  logic [31:0]          inv_d_i,
  input  logic [17:0]          sqrt_d_i,
  input  logic [61:0]          eps_acc_i,
  input  logic [5:0]           gamma_frac_i,

  // result
  output logic                 valid_o,
  output logic                 last_o,
  output logic [TagWidth-1:0]  tag_o,
  output logic [16:0]          scale_o,
  output logic [Lanes*8-1:0]   z8_o,
  output logic [Lanes*8-1:0]   lo_o
);

  localparam int unsigned RowBeats = 32;
  localparam int unsigned Depth    = 64;  // a row and the 19 cycles of its scale
  localparam int unsigned PtrWidth = $clog2(Depth);

  // Flags at the stages that use them.
  logic [SlotWidth-1:0]  slot_q, slot_q2;
  logic                  square_q, square_q2;
  logic [5:0]            gamma_shift_s8;
  logic [3:0]            gamma_shift_s9_q;
  logic [Lanes*18-1:0]   gamma_s6;
  logic [Lanes*24-1:0]   beta_s10;
  logic [TagWidth+1:0]   flags_s11;
  logic [10:0]           norm_valid_q;
  always_ff @(posedge clk_i) begin
    slot_q           <= slot_i;
    slot_q2          <= slot_q;
    square_q         <= pass_i == 2'd1;
    square_q2        <= square_q;
    gamma_shift_s9_q <= gamma_shift_s8[3:0];
  end
  edgemoe_delay #(.Width(6), .Depth(8)) u_gamma_shift (
    .clk_i, .data_i(gamma_frac_i + 6'd2), .data_o(gamma_shift_s8)
  );
  edgemoe_delay #(.Width(Lanes * 18), .Depth(6)) u_gamma (
    .clk_i, .data_i(gamma_i), .data_o(gamma_s6)
  );
  edgemoe_delay #(.Width(Lanes * 24), .Depth(10)) u_beta (
    .clk_i, .data_i(beta_i), .data_o(beta_s10)
  );
  edgemoe_delay #(.Width(TagWidth + 2), .Depth(11)) u_flags (
    .clk_i, .data_i({first_i, last_i, tag_i}), .data_o(flags_s11)
  );

  // Moments and lanes.
  logic [Lanes*24-1:0] x_s1, o_s11;
  logic [Lanes*52-1:0] product_s4;
  logic [25:0]         mean_s1;
  logic [18:0]         r_s2;
  logic [4:0]          shift_s2, shift_q3, shift_q4;
  logic [3:0]          shift_q5;
  edgemoe_norm_moments #(
    .Lanes(Lanes), .Slots(Slots)
  ) u_moments (
    .clk_i, .rst_ni,
    .mean_valid_i  (valid_i && pass_i == 2'd0),
    .square_valid_i(valid_i && pass_i == 2'd1),
    .first_i, .last_i, .slot_i,
    .x_s1_i(x_s1), .square_s4_i(product_s4),
    .inv_d_i, .sqrt_d_i, .eps_acc_i,
    .slot_s1_i(slot_q), .slot_s2_i(slot_q2),
    .mean_o(mean_s1), .r_o(r_s2), .shift_o(shift_s2)
  );
  always_ff @(posedge clk_i) begin
    shift_q3 <= shift_s2;
    shift_q4 <= shift_q3;
    shift_q5 <= shift_q4[3:0];
  end

  for (genvar n = 0; n < Lanes; n++) begin : gen_lane
    edgemoe_norm_lane u_lane (
      .clk_i,
      .x_i             (x_i[n*24 +: 24]),
      .keep_i          (keep_i[n]),
      .mean_s1_i       (mean_s1),
      .square_s2_i     (square_q2),
      .r_s2_i          (r_s2),
      .shift_s4_i      (shift_q4[4]),
      .shift_s5_i      (shift_q5),
      .gamma_s6_i      (gamma_s6[n*18 +: 18]),
      .gamma_shift_s8_i(gamma_shift_s8[5:4]),
      .gamma_shift_s9_i(gamma_shift_s9_q),
      .beta_s10_i      (beta_s10[n*24 +: 24]),
      .x_o             (x_s1[n*24 +: 24]),
      .product_o       (product_s4[n*52 +: 52]),
      .o_o             (o_s11[n*24 +: 24])
    );
  end

  // Rows of o wait for their scale.
  logic                o_valid, o_last, ready;
  logic [16:0]         scale, factor, scale_d, scale_q, factor_d, factor_q;
  logic [4:0]          shift, quant_shift_d, quant_shift_q, quant_shift_q2, quant_shift_q3;
  assign o_valid = norm_valid_q[10];
  assign o_last  = flags_s11[TagWidth];
  edgemoe_norm_scale #(
    .Lanes(Lanes)
  ) u_scale (
    .clk_i, .rst_ni, .valid_i(o_valid), .first_i(flags_s11[TagWidth+1]), .last_i(o_last),
    .o_i(o_s11), .ready_o(ready), .scale_o(scale), .factor_o(factor), .shift_o(shift)
  );

  logic [Lanes*24-1:0]  row_mem [0:Depth-1];
  logic [TagWidth:0]    flag_mem [0:Depth-1];
  logic [PtrWidth-1:0]  write_d, write_q, read_d, read_q;
  logic [TagWidth:0]    flags_read;
  logic                 replay, replay_d, replay_q;
  logic [Lanes*24-1:0]  o_q;
  logic [TagWidth:0]    out_flags_q;
  logic [5:0]           out_valid_q;
  always_comb begin
    flags_read    = flag_mem[read_q];
    replay        = ready || replay_q;
    replay_d      = replay && !flags_read[TagWidth];
    write_d       = write_q;
    read_d        = read_q;
    scale_d       = scale_q;
    factor_d      = factor_q;
    quant_shift_d = quant_shift_q;
    if (o_valid) write_d = write_q + PtrWidth'(1);
    if (replay) read_d = read_q + PtrWidth'(1);
    if (ready) begin
      scale_d       = scale;
      factor_d      = factor;
      quant_shift_d = shift;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      norm_valid_q <= '0;
      write_q      <= '0;
      read_q       <= '0;
      replay_q     <= 1'b0;
      out_valid_q  <= '0;
    end else begin
      norm_valid_q <= {norm_valid_q[9:0], valid_i && pass_i == 2'd2};
      write_q      <= write_d;
      read_q       <= read_d;
      replay_q     <= replay_d;
      out_valid_q  <= {out_valid_q[4:0], replay};
    end
  end

  always_ff @(posedge clk_i) begin
    if (o_valid) begin
      row_mem[write_q]  <= o_s11;
      flag_mem[write_q] <= flags_s11[TagWidth:0];
    end
    o_q            <= row_mem[read_q];
    out_flags_q    <= flags_read;
    scale_q        <= scale_d;
    factor_q       <= factor_d;
    quant_shift_q  <= quant_shift_d;
    quant_shift_q2 <= quant_shift_q;
    quant_shift_q3 <= quant_shift_q2;
  end

  logic [3:0] quant_shift_q4;
  always_ff @(posedge clk_i) quant_shift_q4 <= quant_shift_q3[3:0];

  for (genvar n = 0; n < Lanes; n++) begin : gen_quant
    edgemoe_norm_quant_lane u_quant (
      .clk_i,
      .o_i       (o_q[n*24 +: 24]),
      .factor_i  (factor_q),
      .shift_s2_i(quant_shift_q3[4]),
      .shift_s3_i(quant_shift_q4),
      .z8_o      (z8_o[n*8 +: 8]),
      .lo_o      (lo_o[n*8 +: 8])
    );
  end

  edgemoe_delay #(.Width(TagWidth + 1 + 17), .Depth(5)) u_out_flags (
    .clk_i, .data_i({out_flags_q, scale_q}), .data_o({last_o, tag_o, scale_o})
  );
  assign valid_o = out_valid_q[5];

  // A token's beats of pass 2 follow each other, and its row fits the store.
  logic       in_row_q;
  logic [5:0] beats_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_row_q <= 1'b0;
      beats_q  <= '0;
    end else begin
      in_row_q <= valid_i && pass_i == 2'd2 && !last_i;
      beats_q  <= (valid_i && pass_i == 2'd2 && !last_i) ? beats_q + 6'd1 : '0;
    end
  end
  `EDGEMOE_ASSERT(RowWithoutGap, !in_row_q || (valid_i && pass_i == 2'd2 && !first_i))
  `EDGEMOE_ASSERT(RowsComeApart, !(ready && replay_q))
  `EDGEMOE_ASSERT(RowFits, beats_q < 6'(RowBeats))

endmodule
