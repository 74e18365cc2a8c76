// SPDX-License-Identifier: Apache-2.0
// ATTENTION's blocks in order: QK of a pair (segment, query group, head) runs ScoreGroups - 1 pairs
// ahead of PV.
//
// Why:       AttentionRun of sim/units.
// Interface  command fields, stable while it runs. take_i, last_i: first and last cycle of the
//            issue that is next or runs (scores of all keys of a pair, or an out block of values).
//            want_o: its waits hold, but for its group's (group_o, when group_needed_o) and output
//            credit. values_o: it is one of values; out block n of them is word_o of the result.
//            pair_end_o, group_end_o, end_o: with last_i, the pair, its group, the command ends.
//            soft_*: start of a pair's softmax.
// Latency    the next issue one cycle after last_i.
// Reset      first pair.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_attention_walk #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned ScoreGroups = 3,
  parameter int unsigned ScoreDrain = 2,
  parameter int unsigned SoftmaxBlock = 4,  // cycles of 16 keys in the softmax unit, a power of 2
  parameter int unsigned SoftmaxLeast = 1,  // cycles of a pair's softmax, however few its keys
  parameter int unsigned LengthW = 9,
  parameter int unsigned SegIdW = 1,
  parameter int unsigned WordW = 6,
  localparam int unsigned LaneW = $clog2(TokenLanes + 1),
  localparam int unsigned BufW = $clog2(ScoreGroups)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // command
  input  logic [LengthW-1:0] tokens_i,
  input  logic [15:0]        segments_i,
  input  logic [7:0]         heads_i,
  input  logic [WordW-1:0]   head_words_i,
  input  logic [WordW-1:0]   key_blocks_i,

  // issue
  input  logic               take_i,
  input  logic               last_i,
  output logic               want_o,
  output logic               values_o,
  output logic               group_needed_o,
  output logic [15:0]        group_o,
  output logic [SegIdW-1:0]  seg_o,
  output logic [LengthW-1:0] row_o,
  output logic [LaneW-1:0]   rows_o,
  output logic [WordW-1:0]   word_o,
  output logic [BufW-1:0]    score_buffer_o,
  output logic               half_o,
  output logic               pair_end_o,
  output logic               group_end_o,
  output logic               end_o,

  // softmax
  output logic               soft_start_o,
  output logic [BufW-1:0]    soft_score_buffer_o,
  output logic               soft_half_o
);

  localparam int unsigned SoftmaxW = WordW + $clog2(SoftmaxBlock);
  localparam int unsigned LeadW = $clog2(ScoreGroups + 1);

  logic unused, unused_last_head, unused_last, unused_done, unused_first_head;
  logic [15:0] unused_group;
  logic score_done, score_first, value_last_head, value_last, first_n, last_n;
  logic buffer_free, values_ready, score_end;
  logic [LengthW-1:0] score_row, value_row;
  logic [SegIdW-1:0] score_seg, value_seg;
  logic [WordW-1:0] score_word, value_word, n_q, n_d;
  logic [LeadW-1:0] lead_q, lead_d;  // pairs between QK and PV
  logic [BufW-1:0] buffer_q, buffer_d;
  logic half_q, half_d;
  logic [LengthW:0] left;

  edgemoe_pair_walk #(
    .TokenLanes(TokenLanes), .LengthW(LengthW), .SegIdW(SegIdW), .WordW(WordW)
  ) u_scores (
    .clk_i(clk_i), .rst_ni(rst_ni), .tokens_i(tokens_i), .segments_i(segments_i),
    .heads_i(heads_i), .head_words_i(head_words_i), .step_i(score_end), .clear_i(end_o),
    .done_o(score_done), .row_o(score_row), .seg_o(score_seg), .group_o(group_o),
    .word_o(score_word), .first_head_o(score_first), .last_head_o(unused_last_head),
    .last_o(unused_last)
  );
  edgemoe_pair_walk #(
    .TokenLanes(TokenLanes), .LengthW(LengthW), .SegIdW(SegIdW), .WordW(WordW)
  ) u_values (
    .clk_i(clk_i), .rst_ni(rst_ni), .tokens_i(tokens_i), .segments_i(segments_i),
    .heads_i(heads_i), .head_words_i(head_words_i), .step_i(pair_end_o), .clear_i(end_o),
    .done_o(unused_done), .row_o(value_row), .seg_o(value_seg), .group_o(unused_group),
    .word_o(value_word), .first_head_o(unused_first_head), .last_head_o(value_last_head),
    .last_o(value_last)
  );

  logic [SoftmaxW-1:0] softmax_keys, softmax_cycles;
  assign softmax_keys   = SoftmaxW'(key_blocks_i) << $clog2(SoftmaxBlock);
  assign softmax_cycles = 32'(softmax_keys) < SoftmaxLeast ? SoftmaxW'(SoftmaxLeast)
                                                           : softmax_keys;

  edgemoe_softmax_schedule #(
    .ScoreGroups(ScoreGroups), .ScoreDrain(ScoreDrain), .CyclesW(SoftmaxW)
  ) u_softmax (
    .clk_i(clk_i), .rst_ni(rst_ni), .score_take_i(take_i && !values_o),
    .score_last_i(score_end), .value_take_i(take_i && values_o && first_n),
    .value_last_i(pair_end_o), .clear_i(end_o),
    .cycles_i(softmax_cycles), .buffer_free_o(buffer_free),
    .values_ready_o(values_ready), .start_o(soft_start_o), .buffer_o(soft_score_buffer_o),
    .half_o(soft_half_o)
  );

  assign values_o = score_done || 32'(lead_q) == ScoreGroups;
  assign first_n = n_q == '0;
  assign last_n = (WordW + 1)'(n_q) + 1'b1 >= (WordW + 1)'(head_words_i);
  assign want_o = values_o ? !first_n || values_ready : buffer_free;
  assign group_needed_o = !values_o && score_first;
  assign score_end = last_i && !values_o;
  assign pair_end_o = last_i && values_o && last_n;
  assign group_end_o = pair_end_o && value_last_head;
  assign end_o = pair_end_o && value_last;

  assign seg_o = values_o ? value_seg : score_seg;
  assign row_o = values_o ? value_row : score_row;
  assign left = (LengthW + 1)'(tokens_i) - (LengthW + 1)'(row_o);
  assign rows_o = left >= (LengthW + 1)'(TokenLanes) ? LaneW'(TokenLanes) : LaneW'(left);
  assign word_o = values_o ? value_word + n_q : score_word;
  assign score_buffer_o = buffer_q;
  assign half_o = half_q;

  always_comb begin
    lead_d = lead_q + LeadW'(score_end) - LeadW'(pair_end_o);
    n_d = n_q;
    if (last_i && values_o) n_d = last_n ? '0 : n_q + 1'b1;
    half_d = !end_o && (half_q ^ pair_end_o);
    buffer_d = buffer_q;
    if (score_end) buffer_d = buffer_q == BufW'(ScoreGroups - 1) ? '0 : buffer_q + 1'b1;
    if (end_o) buffer_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lead_q <= '0;
      n_q <= '0;
      half_q <= 1'b0;
      buffer_q <= '0;
    end else begin
      lead_q <= lead_d;
      n_q <= n_d;
      half_q <= half_d;
      buffer_q <= buffer_d;
    end
  end

  assign unused = ^{unused_last_head, unused_last, unused_done, unused_first_head, unused_group};

  // Assertions
  `EDGEMOE_ASSERT(EndsWithEveryPair, !end_o || (score_done && 32'(lead_q) == 32'd1))

endmodule
