// SPDX-License-Identifier: Apache-2.0
// The blocks of one matrix in order: out blocks by groups of token rows, one or the other outside.
//
// Why:       token_outer() and weight_outer() of sim/units/array.cpp.
// Interface  shape of the matrix, stable while it is walked; step_i in the last cycle of a block;
//            the outputs describe the block that is next or runs. After the last block the walk
//            stands at the first one again. step_n_o: the next block is another out block.
//            hid_o: words of a hidden buffer with hidden_words_i a row, before this group:
//            (hardware row / TokenLanes) * words.
// Rows       row_o, rows_o: first row within the segment, and how many are valid.
// Latency    the next block one cycle after step_i.
// Reset      first block.
// Verified   tests/rtl/array_control, within the whole.

module edgemoe_matrix_walk #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned Segments = 2,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned LengthW = 9,
  parameter int unsigned WordW = 6,
  parameter int unsigned HidW = 11,
  localparam int unsigned SegIdW = Segments > 1 ? $clog2(Segments) : 1,
  localparam int unsigned LaneW = $clog2(TokenLanes + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               weight_outer_i,
  input  logic [WordW-1:0]   blocks_i,
  input  logic [LengthW-1:0] tokens_i,
  input  logic [15:0]        segments_i,
  input  logic [WordW-1:0]   hidden_words_i,
  input  logic               step_i,

  output logic [WordW-1:0]   n_o,
  output logic [LengthW-1:0] row_o,
  output logic [LaneW-1:0]   rows_o,
  output logic [SegIdW-1:0]  seg_o,
  output logic [15:0]        group_o,
  output logic [HidW-1:0]    hid_o,
  output logic               step_n_o,
  output logic               first_n_o,
  output logic               last_n_o,
  output logic               first_group_o,
  output logic               last_group_o
);

  logic [WordW-1:0] n_q, n_d;
  logic [LengthW-1:0] row_q, row_d;
  logic [SegIdW-1:0] seg_q, seg_d;
  logic [15:0] group_q, group_d;
  logic [HidW-1:0] hid_q, hid_d, hid_segment;
  logic [LengthW:0] row_next, left;
  logic last_row, step_group;

  assign row_next = (LengthW + 1)'(row_q) + (LengthW + 1)'(TokenLanes);
  assign left = (LengthW + 1)'(tokens_i) - (LengthW + 1)'(row_q);
  assign last_row = row_next >= (LengthW + 1)'(tokens_i);
  assign rows_o = left >= (LengthW + 1)'(TokenLanes) ? LaneW'(TokenLanes) : LaneW'(left);
  assign first_n_o = n_q == '0;
  assign last_n_o = (WordW + 1)'(n_q) + 1'b1 >= (WordW + 1)'(blocks_i);
  assign first_group_o = group_q == '0;
  assign last_group_o = last_row && 17'(seg_q) + 1'b1 >= 17'(segments_i);
  // The next segment's first group times the words of a row: shifted words, for a known factor.
  always_comb begin
    hid_segment = '0;
    for (int unsigned s = 1; s < Segments; s++) begin
      for (int unsigned i = 0; i < HidW; i++) begin
        if (32'(seg_q) + 32'd1 == s && (((s * (SegmentRows / TokenLanes)) >> i) & 1) != 0) begin
          hid_segment = hid_segment + (HidW'(hidden_words_i) << i);
        end
      end
    end
  end
  assign step_n_o = step_i && (!weight_outer_i || last_group_o);
  assign step_group = weight_outer_i ? 1'b1 : last_n_o;

  always_comb begin
    n_d = n_q;
    row_d = row_q;
    seg_d = seg_q;
    group_d = group_q;
    hid_d = hid_q;
    if (step_n_o) n_d = last_n_o ? '0 : n_q + 1'b1;
    if (step_i && step_group) begin
      row_d = last_row ? '0 : row_next[LengthW-1:0];
      if (last_row) seg_d = last_group_o ? '0 : seg_q + 1'b1;
      group_d = last_group_o ? '0 : group_q + 1'b1;
      hid_d = last_group_o ? '0 : last_row ? hid_segment : hid_q + HidW'(hidden_words_i);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      n_q <= '0;
      row_q <= '0;
      seg_q <= '0;
      group_q <= '0;
      hid_q <= '0;
    end else begin
      n_q <= n_d;
      row_q <= row_d;
      seg_q <= seg_d;
      group_q <= group_d;
      hid_q <= hid_d;
    end
  end

  assign n_o = n_q;
  assign row_o = row_q;
  assign seg_o = seg_q;
  assign group_o = group_q;
  assign hid_o = hid_q;

endmodule
