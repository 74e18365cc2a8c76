// SPDX-License-Identifier: Apache-2.0
// Attention's pairs in order: segment, query group, head, the heads innermost.
//
// Interface  step_i: the pair is through; the next one is there a cycle later. clear_i: back to the
//            first one. done_o: all pairs are through.
// Latency    one cycle.
// Reset      first pair.
// Verified   tests/rtl/array_control, within the whole.

module edgemoe_pair_walk #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned LengthW = 9,
  parameter int unsigned SegIdW = 1,
  parameter int unsigned WordW = 6
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [LengthW-1:0] tokens_i,
  input  logic [15:0]        segments_i,
  input  logic [7:0]         heads_i,
  input  logic [WordW-1:0]   head_words_i,
  input  logic               step_i,
  input  logic               clear_i,
  output logic               done_o,
  output logic [LengthW-1:0] row_o,
  output logic [SegIdW-1:0]  seg_o,
  output logic [15:0]        group_o,
  output logic [WordW-1:0]   word_o,       // first word of the head
  output logic               first_head_o,
  output logic               last_head_o,
  output logic               last_o
);

  logic [7:0] head_q, head_d;
  logic [WordW-1:0] word_q, word_d;
  logic [LengthW-1:0] row_q, row_d;
  logic [SegIdW-1:0] seg_q, seg_d;
  logic [15:0] group_q, group_d;
  logic done_q, done_d;
  logic [LengthW:0] row_next;
  logic last_row, last_seg;

  assign row_next = (LengthW + 1)'(row_q) + (LengthW + 1)'(TokenLanes);
  assign last_row = row_next >= (LengthW + 1)'(tokens_i);
  assign last_seg = 17'(seg_q) + 1'b1 >= 17'(segments_i);
  assign first_head_o = head_q == '0;
  assign last_head_o = 9'(head_q) + 1'b1 >= 9'(heads_i);
  assign last_o = last_head_o && last_row && last_seg;

  always_comb begin
    head_d = head_q;
    word_d = word_q;
    row_d = row_q;
    seg_d = seg_q;
    group_d = group_q;
    done_d = done_q;
    if (step_i) begin
      head_d = last_head_o ? '0 : head_q + 1'b1;
      word_d = last_head_o ? '0 : word_q + head_words_i;
      if (last_head_o) begin
        row_d = last_row ? '0 : row_next[LengthW-1:0];
        group_d = group_q + 1'b1;
        if (last_row) seg_d = seg_q + 1'b1;
      end
      if (last_o) begin
        seg_d = '0;
        group_d = '0;
        done_d = 1'b1;
      end
    end
    if (clear_i) done_d = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q <= '0;
      word_q <= '0;
      row_q <= '0;
      seg_q <= '0;
      group_q <= '0;
      done_q <= 1'b0;
    end else begin
      head_q <= head_d;
      word_q <= word_d;
      row_q <= row_d;
      seg_q <= seg_d;
      group_q <= group_d;
      done_q <= done_d;
    end
  end

  assign done_o = done_q;
  assign row_o = row_q;
  assign seg_o = seg_q;
  assign group_o = group_q;
  assign word_o = word_q;

endmodule
