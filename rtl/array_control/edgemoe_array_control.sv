// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_control: decides every cycle of the array: EMBED, LINEAR, GATE, ATTENTION, EXPERTS.
//
// Why:       sim/units/array.cpp, attention_run.cpp and expert_run.cpp as counters. The datapath
//            behind it has fixed latencies and never stalls: it does what iss_*, soft_*, gat_* and
//            cls_* say. Every output belongs to the cycle in which the engine acts.
// Interface  front: start_i in the first cycle in which cmd_i may act, cmd_i stable until the next
//            start_i; next_* the same in the cycle before; group_o -> group_reached_i within the
//            cycle; free_o: nothing is in execution.
//            weights: tag_o, exp_* -> entry within the cycle; tile_rows_i rows that may be read.
//            published: pub_count_i blocks, with execution order and queue lengths of the latest.
//            context: ctx_valid_o, with start_i, gives cmd_i the number ctx_o (commands mod 8).
//            iss_*: one tile in this cycle. desc_* tell what becomes of the block's sums; they stay
//            through the block and count with iss_last_o.
//            soft_*, gat_*, cls_*: pulses in the first cycle of softmax, gather and class row copy;
//            the class row's word i takes the drain's place in cycle i after the pulse.
//            con_*: rows of the rings that have been read for the last time. ev_*: results are
//            written (0: all but GELU's, 1: GELU's and EXPERTS without an active expert).
// Rows       hardware row = segment * SegmentRows + row; words are 16 values; rows are lane 0's.
//            Rows of the hidden buffer: LINEAR: hardware row; EXPERTS: place in the queue, half by
//            the parity of the expert's place in execution order (always 0 where two of the longest
//            possible queues do not fit). iss_hid_o, desc_hid_o: hidden words before this group in
//            its half: (row / TokenLanes) * words of a row of this command.
// Latency    README.md. A tile of cycle c is at the array's ports in c + 5.
// Reset      nothing in execution.
// Parameters TokenLanes 2, 4, 8, 16; DrainRows rows of sums that leave in a cycle;
//            SoftmaxTokens a power of two, 2 * SoftmaxTokens <= TokenLanes; ScoreGroups >= 2;
//            Experts <= 16; TileSegW, ParamSegW: numbers of the ring walkers.
// Verified   tests/rtl/array_control: every issue, event and pulse against the cycle engine.
`include "edgemoe_assert.svh"

module edgemoe_array_control #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned TileRing      = 6144,
  parameter int unsigned ParamRing     = 512,
  parameter int unsigned SegmentRows   = 136,
  parameter int unsigned Segments      = 2,
  parameter int unsigned MaxDim        = 192,
  parameter int unsigned MaxHidden     = 768,
  parameter int unsigned Experts       = 16,
  parameter int unsigned ScoreGroups   = 3,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned DrainRows     = 1,
  parameter int unsigned PixelRows     = 384,
  parameter int unsigned TileSegW      = 6,
  parameter int unsigned ParamSegW     = 6,
  localparam int unsigned Rows      = Segments * SegmentRows,
  localparam int unsigned RowW      = $clog2(Rows),
  localparam int unsigned LengthW   = $clog2(Rows + 1),
  localparam int unsigned SegIdW    = Segments > 1 ? $clog2(Segments) : 1,
  localparam int unsigned Widest    = MaxHidden > 3 * MaxDim ? MaxHidden : 3 * MaxDim,
  localparam int unsigned WordW     = $clog2((Widest > 768 ? Widest : 768) / 16 + 1),
  localparam int unsigned TileW     = $clog2(TileRing),
  localparam int unsigned ParamW    = $clog2(ParamRing),
  localparam int unsigned PixW      = $clog2(PixelRows),
  localparam int unsigned KeyW      = $clog2((SegmentRows + 15) / 16 + 1),
  localparam int unsigned LaneW     = $clog2(TokenLanes + 1),
  localparam int unsigned HidW      = $clog2(Rows / TokenLanes * (MaxHidden / 16) + 1),
  localparam int unsigned ExpertW   = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned CountW    = $clog2(Experts + 1),
  localparam int unsigned ScoreBufW = $clog2(ScoreGroups)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // unit front
  input  logic                             next_valid_i,
  input  logic [edgemoe_pkg::CommandW-1:0] next_cmd_i,
  input  logic                             start_i,
  input  logic [edgemoe_pkg::CommandW-1:0] cmd_i,
  input  logic                             start_reached_i,
  output logic [15:0]                      group_o,
  input  logic                             group_reached_i,
  output logic                             free_o,

  // weights: rows that may be read; entry of a tag; entry of an expert's matrix
  input  logic [31:0]                      tile_rows_i,
  output logic [15:0]                      tag_o,
  input  logic                             tag_found_i,
  input  logic [TileW-1:0]                 tag_tile_slot_i,
  input  logic [31:0]                      tag_tile_count0_i,
  input  logic [TileSegW-1:0]              tag_tile_seg_i,
  input  logic [ParamW-1:0]                tag_param_slot_i,
  input  logic [ParamSegW-1:0]             tag_param_seg_i,
  input  logic [15:0]                      tag_param_rows_i,
  output logic                             exp_parity_o,
  output logic [ExpertW-1:0]               exp_expert_o,
  output logic                             exp_matrix_o,
  input  logic                             exp_found_i,
  input  logic [TileW-1:0]                 exp_tile_slot_i,
  input  logic [31:0]                      exp_tile_count0_i,
  input  logic [TileSegW-1:0]              exp_tile_seg_i,
  input  logic [ParamW-1:0]                exp_param_slot_i,
  input  logic [ParamSegW-1:0]             exp_param_seg_i,
  input  logic [15:0]                      exp_param_rows_i,

  // rows read for the last time; parameters: 0 plain, 1 GELU
  output logic                             con_tile_valid_o,
  output logic [TileSegW-1:0]              con_tile_seg_o,
  output logic [WordW-1:0]                 con_tile_rows_o,
  output logic [1:0]                       con_param_valid_o,
  output logic [2*ParamSegW-1:0]           con_param_seg_o,
  output logic [31:0]                      con_param_rows_o,

  // published routing
  input  logic [15:0]                      pub_count_i,
  input  logic [CountW-1:0]                exec_count_i,
  input  logic [Experts*ExpertW-1:0]       exec_list_i,
  input  logic [Experts*LengthW-1:0]       pub_length_i,

  // events: 0 plain, 1 GELU
  output logic [1:0]                       ev_valid_o,
  output logic [1:0]                       ev_signal_o,
  output logic [15:0]                      ev_counter_o,
  output logic [17:0]                      ev_amount_o,
  output logic [1:0]                       ev_done_o,
  output logic [31:0]                      ev_id_o,

  // context
  output logic                             ctx_valid_o,
  output logic [2:0]                       ctx_o,

  // tile issue: operand
  output logic                             iss_valid_o,
  output logic                             iss_first_o,
  output logic                             iss_last_o,
  output logic                             iss_shift_o,   // first tile of the gate's second plane
  output logic                             iss_scores_o,
  // 0 pixels, 1 z8, 2 lo, 3 attention_out, 4 hidden, 5 staging, 6 Q, 7 exponentials
  output logic [2:0]                       iss_src_o,
  output logic [RowW-1:0]                  iss_row_o,
  output logic                             iss_half_o,    // EXPERTS' hidden, staging, exponentials
  output logic [HidW-1:0]                  iss_hid_o,
  output logic [WordW-1:0]                 iss_k_o,
  output logic [PixW-1:0]                  iss_pix_row_o,
  output logic [3:0]                       iss_pix_bank_o,
  // tile issue: weights
  output logic [1:0]                       iss_wsrc_o,    // 0 ring, 1 K, 2 V
  output logic [TileW-1:0]                 iss_slot_o,
  output logic [SegIdW-1:0]                iss_kv_seg_o,
  output logic [KeyW-1:0]                  iss_kv_group_o,
  output logic [WordW-1:0]                 iss_kv_word_o, // of D, heads included
  // the block's sums
  output logic [2:0]                       desc_ctx_o,
  output logic                             desc_matrix_o,
  // 0 residual, 1 embed, 2 QKV, 3 attention_out, 4 hidden, 5 logits, 6 scores
  output logic [2:0]                       desc_dst_o,
  output logic [RowW-1:0]                  desc_row_o,    // EXPERTS: place in the queue
  output logic                             desc_half_o,   // EXPERTS: of hidden; PV: of exponentials
  output logic                             desc_staging_o, // EXPERTS' first matrix: staging half
  output logic [ScoreBufW-1:0]             desc_score_buffer_o,
  output logic [HidW-1:0]                  desc_hid_o,
  output logic [WordW-1:0]                 desc_word_o,   // scores: key block
  output logic [LaneW-1:0]                 desc_rows_o,
  output logic [ParamW-1:0]                desc_param_slot_o,
  output logic                             desc_param_half_o,
  output logic [SegIdW-1:0]                desc_seg_o,
  output logic                             desc_experts_o,
  output logic [ExpertW-1:0]               desc_expert_o,
  output logic [LengthW-1:0]               desc_keys_o,
  output logic                             desc_gate_low_o,

  // softmax of one pair
  output logic                             soft_start_o,
  output logic [2:0]                       soft_ctx_o,
  output logic [ScoreBufW-1:0]             soft_score_buffer_o,
  output logic                             soft_half_o,
  output logic [LengthW-1:0]               soft_keys_o,

  // gather of one group
  output logic                             gat_start_o,
  output logic [ExpertW-1:0]               gat_expert_o,
  output logic [RowW-1:0]                  gat_index_o,
  output logic [LaneW-1:0]                 gat_rows_o,
  output logic                             gat_half_o,
  output logic [WordW-1:0]                 gat_words_o,

  // class row copy
  output logic                             cls_start_o,
  output logic [2:0]                       cls_ctx_o,
  output logic [RowW-1:0]                  cls_row_o,
  output logic [WordW-1:0]                 cls_words_o

`ifndef SYNTHESIS
  ,
  // trace: EventKind::kBlock, kScores of sim/units/event_log.hpp
  output logic                             trc_block_valid_o,
  output logic                             trc_scores_valid_o,
  output logic [15:0]                      trc_id_o,
  output logic [31:0]                      trc_index_o
`endif
);

  localparam int unsigned ScoreDrain = (TokenLanes + 2 * SoftmaxTokens - 1) / (2 * SoftmaxTokens);
  // A reciprocal a cycle: when two rows leave at once, the next pair's must not come behind these.
  localparam int unsigned SoftmaxLeast = DrainRows > 1 ? TokenLanes : 1;
  localparam int unsigned SoftmaxBlock = (TokenLanes + SoftmaxTokens - 1) / SoftmaxTokens;
  localparam int unsigned TurnW = KeyW + 1;
  localparam int unsigned NeedW = 2 * WordW;
  localparam int unsigned PixWordW = PixW + 4;
  localparam int unsigned AheadW = $clog2(TileRing + 2 ** NeedW) + 2;
  localparam int unsigned EntryW = TileW + TileSegW + ParamW + ParamSegW + 16;
  localparam int unsigned PairWords = Rows * MaxHidden / (32 * TokenLanes);  // half the buffer
  localparam int unsigned PairW = RowW + WordW;

  `EDGEMOE_PARAMETER_CHECK(LanesFit, TokenLanes >= 2 && TokenLanes <= 16)
  `EDGEMOE_PARAMETER_CHECK(RowsLeave, DrainRows == 1 || (DrainRows == 2 && TokenLanes >= 8))
  `EDGEMOE_PARAMETER_CHECK(SoftmaxFits, 2 * SoftmaxTokens <= TokenLanes)
  `EDGEMOE_PARAMETER_CHECK(SoftmaxPower, (SoftmaxBlock & (SoftmaxBlock - 1)) == 0)
  `EDGEMOE_PARAMETER_CHECK(SegmentsOfGroups, SegmentRows % TokenLanes == 0)
  `EDGEMOE_PARAMETER_CHECK(KeysFit, KeyW <= WordW && ScoreDrain < 2 ** WordW)

  // Command
  logic is_embed, is_linear, is_gate, is_matrix, is_attention, is_experts;
  logic [7:0] next_opcode, post, source, signal_mode;
  logic [15:0] segments, id;
  logic [LengthW-1:0] tokens, next_tokens;
  logic [WordW-1:0] in_words, out_words, hidden_words, head_words, key_blocks;
  logic [WordW-1:0] score_cycles, next_head_words;
  logic signal_group, signal_end, to_gelu, from_hidden;

  assign next_opcode = next_cmd_i[edgemoe_pkg::CmdOpcodeLsb +: 8];
  assign next_tokens = next_cmd_i[edgemoe_pkg::CmdTokensLsb +: LengthW];
  assign next_head_words = next_cmd_i[edgemoe_pkg::CmdHeadDimLsb + 4 +: WordW];
  always_ff @(posedge clk_i) begin
    if (next_valid_i) begin
      key_blocks <= WordW'(((LengthW + 1)'(next_tokens) + (LengthW + 1)'(15)) >> 4);
      score_cycles <= 32'(next_head_words) > ScoreDrain ? next_head_words
                                                        : WordW'(ScoreDrain);
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      is_embed <= 1'b0;
      is_linear <= 1'b0;
      is_gate <= 1'b0;
      is_attention <= 1'b0;
      is_experts <= 1'b0;
    end else if (next_valid_i) begin
      is_embed <= next_opcode == edgemoe_pkg::OpEmbed;
      is_linear <= next_opcode == edgemoe_pkg::OpLinear;
      is_gate <= next_opcode == edgemoe_pkg::OpGate;
      is_attention <= next_opcode == edgemoe_pkg::OpAttention;
      is_experts <= next_opcode == edgemoe_pkg::OpExperts;
    end
  end
  assign is_matrix = is_embed || is_linear || is_gate;
  assign post = cmd_i[edgemoe_pkg::CmdPostLsb +: 8];
  assign source = cmd_i[edgemoe_pkg::CmdSrcLsb +: 8];
  assign to_gelu = is_linear && post == edgemoe_pkg::PostGelu;
  assign from_hidden = source == edgemoe_pkg::BufferHidden;
  assign signal_mode = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8];
  assign signal_group = signal_mode == edgemoe_pkg::SignalGroup;
  assign signal_end = signal_mode == edgemoe_pkg::SignalEnd;
  assign id = cmd_i[edgemoe_pkg::CmdIdLsb +: 16];
  assign tokens = cmd_i[edgemoe_pkg::CmdTokensLsb +: LengthW];
  assign segments = cmd_i[edgemoe_pkg::CmdSegmentsLsb +: 16];
  assign in_words = cmd_i[edgemoe_pkg::CmdInDimLsb + 4 +: WordW];
  assign out_words = cmd_i[edgemoe_pkg::CmdOutDimLsb + 4 +: WordW];
  assign hidden_words = cmd_i[edgemoe_pkg::CmdHiddenDimLsb + 4 +: WordW];
  assign head_words = cmd_i[edgemoe_pkg::CmdHeadDimLsb + 4 +: WordW];

  // Execution
  logic running, active_q, active_d, ended_q, class_q, class_d, begun_q, begun_d;
  logic begin_experts, none_active;
  logic block_finish, embed_last, class_go, own_group;
  logic take, last;
  logic [15:0] class_group_q, blocks_q, blocks_d;
  logic [2:0] ctx_q, ctx_d;

  assign running = start_i || active_q;
  assign begin_experts = running && is_experts && start_reached_i && !begun_q &&
                         pub_count_i != blocks_q;
  assign none_active = begin_experts && exec_count_i == '0;
  assign own_group = tokens[$clog2(TokenLanes)-1:0] == '0;
  assign class_go = class_q && (!own_group || group_reached_i);
  assign free_o = !running || class_go || none_active;

  always_comb begin
    active_d = running && !block_finish && !class_go && !none_active;
    class_d = (class_q || embed_last) && !class_go;
    begun_d = (begun_q || begin_experts) && active_d;
    // A cycle after the end, which is before the next start.
    blocks_d = blocks_q + 16'(ended_q && is_experts);
    ctx_d = ctx_q + 3'(ended_q);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      ended_q <= 1'b0;
      class_q <= 1'b0;
      begun_q <= 1'b0;
      blocks_q <= '0;
      ctx_q <= '0;
    end else begin
      active_q <= active_d;
      ended_q <= running && !active_d;
      class_q <= class_d;
      begun_q <= begun_d;
      blocks_q <= blocks_d;
      ctx_q <= ctx_d;
    end
  end

  // Weights: the entry that is in use, and the count of tile rows that the next out block needs.
  // A tag is looked up in the cycle before the start, and again until it is found.
  logic found_q, found_d, found, rows_there, entry_load, ex_load, ex_load_second, ex_found;
  logic [EntryW-1:0] tag_entry, exp_entry, entry_q, entry_d;
  logic [TileW-1:0] tile_slot0;
  logic [TileSegW-1:0] tile_seg;
  logic [ParamW-1:0] param_slot0;
  logic [ParamSegW-1:0] param_seg;
  logic [15:0] param_rows;
  logic [AheadW-1:0] wanted_q, wanted_d, ahead;
  logic [WordW-1:0] first_tiles;

  assign tag_o = next_valid_i ? next_cmd_i[edgemoe_pkg::CmdTagLsb +: 16]
                              : cmd_i[edgemoe_pkg::CmdTagLsb +: 16];
  assign tag_entry = {tag_tile_slot_i, tag_tile_seg_i, tag_param_slot_i, tag_param_seg_i,
                      tag_param_rows_i};
  assign exp_entry = {exp_tile_slot_i, exp_tile_seg_i, exp_param_slot_i, exp_param_seg_i,
                      exp_param_rows_i};
  assign exp_parity_o = blocks_q[0];
  assign entry_load = next_valid_i || (is_matrix && !found_q) || ex_load;
  assign entry_d = next_valid_i || !is_experts ? tag_entry : exp_entry;
  assign found_d = next_valid_i ? tag_found_i : found_q || (is_matrix && tag_found_i);
  assign found = is_experts ? ex_found : found_q;
  assign {tile_slot0, tile_seg, param_slot0, param_seg, param_rows} = entry_q;

  // Rows are counted modulo 2^32; of two counts of one ring the low bits say which is ahead.
  assign first_tiles = next_valid_i ? next_cmd_i[edgemoe_pkg::CmdInDimLsb + 4 +: WordW]
                       : is_experts && ex_load_second ? hidden_words : in_words;
  assign ahead = tile_rows_i[AheadW-1:0] - wanted_q;
  assign rows_there = found && !ahead[AheadW-1];
  always_comb begin
    wanted_d = step_n ? wanted_q + AheadW'(m_tiles) : wanted_q;
    if (entry_load) begin
      wanted_d = (next_valid_i || !is_experts ? tag_tile_count0_i[AheadW-1:0]
                                              : exp_tile_count0_i[AheadW-1:0]) +
                 AheadW'(first_tiles);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      found_q <= 1'b0;
    end else begin
      found_q <= found_d;
    end
  end
  always_ff @(posedge clk_i) begin
    wanted_q <= wanted_d;
    if (entry_load) entry_q <= entry_d;
  end

  // EXPERTS
  logic ex_valid, ex_second, ex_half, ex_last, ex_next, pair_fits_q, gather_ready, staging_half_q;
  logic w1, w2;
  logic [ExpertW-1:0] ex_expert;
  logic [LengthW-1:0] ex_length;
  logic [PairW:0] pair_rows, pair_rows_q;
  logic [PairW-1:0] pair_words_q;
  logic [1:0] hidden_q, hidden_d;  // queues in the hidden buffer and not begun by W2
  logic hidden_written, group_end;

  assign w1 = is_experts && !ex_second;
  assign w2 = is_experts && ex_second;

  assign ex_load_second = exp_matrix_o;

  // Settled long before the first W1 has its rows.
  always_comb begin
    pair_rows = (PairW + 1)'(TokenLanes - 1);
    for (int unsigned i = 0; i < Segments; i++) begin
      if (i < 32'(segments)) pair_rows = pair_rows + (PairW + 1)'(tokens);
    end
  end
  always_ff @(posedge clk_i) begin
    pair_rows_q <= pair_rows;
    pair_words_q <= PairW'(pair_rows_q >> $clog2(TokenLanes)) * PairW'(hidden_words);
    pair_fits_q <= 32'(pair_words_q) <= PairWords;
  end

  edgemoe_expert_walk #(.Experts(Experts), .LengthW(LengthW)) u_experts (
    .clk_i(clk_i), .rst_ni(rst_ni), .begin_i(begin_experts), .exec_count_i(exec_count_i),
    .exec_list_i(exec_list_i), .length_i(pub_length_i), .pair_i(pair_fits_q),
    .look_expert_o(exp_expert_o), .look_matrix_o(exp_matrix_o), .found_i(exp_found_i),
    .load_o(ex_load), .next_i(ex_next), .clear_i(ex_next && ex_last), .valid_o(ex_valid),
    .matrix_o(ex_second), .expert_o(ex_expert), .length_o(ex_length), .half_o(ex_half),
    .last_o(ex_last), .found_o(ex_found)
  );

  logic [LengthW-1:0] gat_index;
  edgemoe_gather_schedule #(
    .TokenLanes(TokenLanes), .Experts(Experts), .LengthW(LengthW), .WordW(WordW)
  ) u_gather (
    .clk_i(clk_i), .rst_ni(rst_ni), .begin_i(begin_experts), .exec_count_i(exec_count_i),
    .exec_list_i(exec_list_i), .length_i(pub_length_i), .words_i(in_words),
    .group_take_i(take && w1 && first_n), .group_last_i(group_end),
    .clear_i(ex_next && ex_last), .start_o(gat_start_o), .expert_o(gat_expert_o),
    .index_o(gat_index), .rows_o(gat_rows_o), .half_o(gat_half_o), .ready_o(gather_ready)
  );
  assign gat_index_o = RowW'(gat_index);
  assign gat_words_o = in_words;

  assign group_end = last && w1 && last_n;
  assign hidden_d = hidden_q + 2'(hidden_written) - 2'(take && w2 && first_n && first_group);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      hidden_q <= '0;
      staging_half_q <= 1'b0;
    end else begin
      hidden_q <= hidden_d;
      staging_half_q <= is_experts && active_d && (staging_half_q ^ group_end);
    end
  end

  // Blocks of a matrix
  logic first_n, last_n, first_group, last_group, step_n;
  logic [WordW-1:0] n, m_blocks, m_tiles, m_hidden;
  logic [LengthW-1:0] m_row;
  logic [LaneW-1:0] m_rows;
  logic [SegIdW-1:0] m_seg;
  logic [15:0] m_group;
  logic [HidW-1:0] m_hid;

  assign m_blocks = is_gate ? WordW'(2) : w1 ? hidden_words : w2 ? in_words : out_words;
  assign m_tiles = w2 ? hidden_words : in_words;
  assign m_hidden = is_experts ? hidden_words : from_hidden ? in_words : out_words;

  edgemoe_matrix_walk #(
    .TokenLanes(TokenLanes), .Segments(Segments), .SegmentRows(SegmentRows), .LengthW(LengthW),
    .WordW(WordW), .HidW(HidW)
  ) u_matrix (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .weight_outer_i(is_experts ? ex_second : !is_gate && cmd_i[edgemoe_pkg::CmdOrderLsb]),
    .blocks_i(m_blocks), .tokens_i(is_experts ? ex_length : tokens),
    .segments_i(is_linear ? segments : 16'd1), .hidden_words_i(m_hidden),
    .step_i(last && !is_attention), .n_o(n), .row_o(m_row), .rows_o(m_rows), .seg_o(m_seg),
    .group_o(m_group), .hid_o(m_hid), .step_n_o(step_n), .first_n_o(first_n), .last_n_o(last_n),
    .first_group_o(first_group), .last_group_o(last_group)
  );

  // ATTENTION
  logic a_want, values, group_needed, group_of_heads_end, attention_end;
  logic value_half, unused_pair_end;
  logic [15:0] a_group;
  logic [SegIdW-1:0] a_seg;
  logic [LengthW-1:0] a_row;
  logic [LaneW-1:0] a_rows;
  logic [WordW-1:0] a_word;

  edgemoe_attention_walk #(
    .TokenLanes(TokenLanes), .ScoreGroups(ScoreGroups), .ScoreDrain(ScoreDrain),
    .SoftmaxBlock(SoftmaxBlock),
    .SoftmaxLeast(SoftmaxLeast), .LengthW(LengthW), .SegIdW(SegIdW), .WordW(WordW)
  ) u_attention (
    .clk_i(clk_i), .rst_ni(rst_ni), .tokens_i(tokens), .segments_i(segments),
    .heads_i(cmd_i[edgemoe_pkg::CmdHeadsLsb +: 8]), .head_words_i(head_words),
    .key_blocks_i(key_blocks), .take_i(take && is_attention), .last_i(last && is_attention),
    .want_o(a_want), .values_o(values), .group_needed_o(group_needed), .group_o(a_group),
    .seg_o(a_seg), .row_o(a_row), .rows_o(a_rows), .word_o(a_word),
    .score_buffer_o(desc_score_buffer_o), .half_o(value_half), .pair_end_o(unused_pair_end),
    .group_end_o(group_of_heads_end), .end_o(attention_end), .soft_start_o(soft_start_o),
    .soft_score_buffer_o(soft_score_buffer_o), .soft_half_o(soft_half_o)
  );
  assign soft_ctx_o = ctx_q;
  assign soft_keys_o = tokens;

  // The block at the head, and its tiles
  localparam int unsigned DrainCycles = TokenLanes / DrainRows;
  logic want, scores, turn_last, again, single_rows;
  logic [WordW-1:0] tiles, length, k;
  logic [WordW:0] limit;
  logic [TurnW-1:0] turns, turn;

  assign scores = is_attention && !values;
  assign group_o = class_q ? class_group_q : is_attention ? a_group : m_group;

  always_comb begin
    want = 1'b0;
    tiles = m_tiles;
    length = m_tiles;
    turns = is_gate ? TurnW'(2) : TurnW'(1);
    limit = is_gate ? {m_tiles, 1'b0} : {1'b0, m_tiles};
    if (is_matrix) begin
      want = running && start_reached_i && !class_q && (!first_n || group_reached_i) &&
             (!first_group || rows_there);
    end
    if (is_experts) begin
      want = ex_valid && (!first_group || rows_there) &&
             (!first_n || (ex_second ? !first_group || hidden_q != '0 : gather_ready));
    end
    if (is_attention) begin
      want = running && start_reached_i && a_want && (!group_needed || group_reached_i);
      tiles = values ? key_blocks : head_words;
      length = values ? key_blocks : score_cycles;
      turns = values ? TurnW'(1) : TurnW'(key_blocks);
      // The third block of scores takes the accumulator bank of the last block of values.
      limit = values ? {1'b0, key_blocks} : {score_cycles, 1'b0};
    end
  end

  // Neighbouring lanes go to places that one cycle reaches: not where the position table is read
  // with a row, nor to the router, nor to rows of a queue.
  assign single_rows = is_embed || is_gate || w2;

  edgemoe_tile_walk #(.WordW(WordW), .TurnW(TurnW)) u_tiles (
    .clk_i(clk_i), .rst_ni(rst_ni), .want_i(want), .scores_i(scores), .tiles_i(tiles),
    .length_i(length), .turns_i(turns),
    .drain_i(single_rows ? WordW'(TokenLanes) : WordW'(DrainCycles)), .limit_i(limit),
    .take_o(take), .last_o(last),
    .tile_valid_o(iss_valid_o), .tile_first_o(iss_first_o), .tile_last_o(iss_last_o),
    .tile_shift_o(iss_shift_o), .turn_last_o(turn_last), .k_o(k), .turn_o(turn),
    .hold_i(class_go), .hold_slots_i(out_words)
  );

  // A block of tiles is read again for the gate's second plane, and by the next group.
  assign again = turn_last && (is_gate && turn == '0 || (is_experts ? ex_second :
                 !is_gate && cmd_i[edgemoe_pkg::CmdOrderLsb]) && !last_group);
  edgemoe_ring_cursor #(.Ring(TileRing)) u_ring (
    .clk_i(clk_i), .slot0_i(tile_slot0), .step_i(iss_valid_o && !is_attention),
    .matrix_first_i(first_n && k == '0 && turn == '0), .block_first_i(k == '0 && turn == '0),
    .again_i(again), .slot_o(iss_slot_o)
  );

  logic [PixWordW-1:0] pixel;
  edgemoe_pixel_cursor #(.TokenLanes(TokenLanes), .WordW(PixWordW)) u_pixels (
    .clk_i(clk_i), .columns_i(cmd_i[edgemoe_pkg::CmdImageWidthLsb + 4 +: 12]),
    .step_i(iss_valid_o && is_embed), .first_i(k == '0),
    .group_i(last && (cmd_i[edgemoe_pkg::CmdOrderLsb] || last_n)), .first_group_i(first_group),
    .word_o(pixel)
  );
  assign iss_pix_row_o = pixel[PixWordW-1:4];
  assign iss_pix_bank_o = pixel[3:0];

  // Operand, weights, and what becomes of the sums
  logic [SegIdW-1:0] seg;
  logic [RowW-1:0] row;
  logic [LengthW-1:0] place;
  logic [ParamW:0] param_slot;

  assign seg = is_gate ? cmd_i[edgemoe_pkg::CmdTaskSlotLsb +: SegIdW]
                       : is_attention ? a_seg : m_seg;
  assign place = is_attention ? a_row : m_row;
  assign row = RowW'(32'(place) + (is_experts ? 32'd0 : 32'(seg) * SegmentRows));
  assign iss_scores_o = scores;
  assign iss_row_o = row;
  assign iss_half_o = w1 ? staging_half_q : w2 ? ex_half : is_attention && value_half;
  assign iss_hid_o = m_hid;
  assign iss_k_o = scores ? a_word + k : k;
  assign iss_wsrc_o = !is_attention ? 2'd0 : values ? 2'd2 : 2'd1;
  assign iss_kv_seg_o = seg;
  assign iss_kv_group_o = values ? KeyW'(k) : KeyW'(turn);
  assign iss_kv_word_o = values ? a_word : a_word + k;

  always_comb begin
    iss_src_o = 3'd0;
    desc_dst_o = 3'd0;
    if (is_linear) begin
      iss_src_o = source == edgemoe_pkg::BufferNormOut ? 3'd1
                  : from_hidden ? 3'd4 : 3'd3;
      desc_dst_o = to_gelu ? 3'd4 : post == edgemoe_pkg::PostInt8 ? 3'd2 : 3'd0;
    end
    if (is_embed) desc_dst_o = 3'd1;
    if (is_gate) begin
      iss_src_o = turn == '0 ? 3'd1 : 3'd2;
      desc_dst_o = 3'd5;
    end
    if (is_attention) begin
      iss_src_o = values ? 3'd7 : 3'd6;
      desc_dst_o = values ? 3'd3 : 3'd6;
    end
    if (is_experts) begin
      iss_src_o = ex_second ? 3'd4 : 3'd5;
      desc_dst_o = ex_second ? 3'd0 : 3'd4;
    end
  end

  assign param_slot = (ParamW + 1)'(param_slot0) + (is_gate ? '0 : (ParamW + 1)'(n[WordW-1:1]));
  assign desc_ctx_o = ctx_q;
  assign desc_matrix_o = w2;
  assign desc_row_o = row;
  assign desc_half_o = is_experts ? ex_half : value_half;
  assign desc_staging_o = staging_half_q;
  assign desc_hid_o = m_hid;
  assign desc_word_o = is_gate ? '0 : scores ? WordW'(turn) : is_attention ? a_word : n;
  assign desc_rows_o = is_attention ? a_rows : m_rows;
  assign desc_param_slot_o = 32'(param_slot) >= ParamRing ? ParamW'(32'(param_slot) - ParamRing)
                                                          : param_slot[ParamW-1:0];
  assign desc_param_half_o = !is_gate && n[0];
  assign desc_seg_o = seg;
  assign desc_experts_o = is_experts;
  assign desc_expert_o = ex_expert;
  assign desc_keys_o = tokens;
  assign desc_gate_low_o = is_gate && n[0];

  // Ends of blocks
  logic matrix_end;
  assign matrix_end = last && !is_attention && last_n && last_group;
  assign ex_next = matrix_end && is_experts;
  assign embed_last = matrix_end && is_embed;
  assign block_finish = attention_end || (matrix_end && !is_embed && (!is_experts || ex_last));

  always_ff @(posedge clk_i) begin
    if (embed_last) class_group_q <= m_group + 1'b1;
  end

  // Rows that have been read for the last time, from the cycle after a block's last tile on.
  logic con_tile_q;
  logic [TileSegW-1:0] con_seg_q;
  logic [WordW-1:0] con_rows_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      con_tile_q <= 1'b0;
    end else begin
      con_tile_q <= last && !is_attention && last_group;
    end
  end
  always_ff @(posedge clk_i) begin
    con_seg_q <= tile_seg;
    con_rows_q <= m_tiles;
  end
  assign con_tile_valid_o = con_tile_q;
  assign con_tile_seg_o = con_seg_q;
  assign con_tile_rows_o = con_rows_q;

  // Events, when results are written
  logic [7:0] counter;
  logic [8:0] groups, segment_groups;
  logic signal_here;
  assign counter = cmd_i[edgemoe_pkg::CmdSignalLsb +: 8];
  assign segment_groups = 9'((17'(tokens) + 17'(TokenLanes - 1)) >> $clog2(TokenLanes));
  always_comb begin
    groups = '0;
    for (int unsigned i = 0; i < Segments; i++) begin
      if (i < 32'(segments)) groups = groups + segment_groups;
    end
  end
  assign signal_here = (signal_group && (is_experts ? block_finish && groups != '0 :
                        is_attention ? group_of_heads_end : last && last_n)) ||
                       (signal_end && block_finish);

  edgemoe_array_events #(
    .TokenLanes(TokenLanes), .DrainRows(DrainRows), .WordW(WordW), .RowW(RowW),
    .ParamSegW(ParamSegW)
  ) u_events (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .end_i(signal_here || block_finish || (matrix_end && !is_embed)), .to_gelu_i(to_gelu || w1),
    .single_i(single_rows), .first_matrix_i(w1), .signal_i(signal_here), .counter_i(counter),
    .amount_i(is_experts && signal_group ? groups : 9'd1), .done_i(block_finish), .id_i(id),
    .params_i(matrix_end && !is_embed && param_rows != '0), .param_seg_i(param_seg),
    .param_rows_i(param_rows), .class_block_i(embed_last), .class_go_i(class_go),
    .class_signal_i((signal_group && own_group) || signal_end), .class_words_i(out_words),
    .class_row_i(RowW'(tokens)), .ctx_i(ctx_q), .cls_start_o(cls_start_o),
    .cls_ctx_o(cls_ctx_o), .cls_row_o(cls_row_o), .cls_words_o(cls_words_o),
    .now_i(none_active), .now_signal_i(signal_end || (signal_group && groups != '0)),
    .hidden_o(hidden_written), .ev_valid_o(ev_valid_o), .ev_signal_o(ev_signal_o),
    .ev_counter_o(ev_counter_o), .ev_amount_o(ev_amount_o), .ev_done_o(ev_done_o),
    .ev_id_o(ev_id_o), .con_valid_o(con_param_valid_o), .con_seg_o(con_param_seg_o),
    .con_rows_o(con_param_rows_o)
  );

  assign ctx_valid_o = start_i;
  assign ctx_o = ctx_q;

`ifndef SYNTHESIS
  // Trace
  logic [31:0] block_q, pair_q, block, pair;
  assign block = start_i ? '0 : block_q;
  assign pair = start_i ? '0 : pair_q;
  assign trc_block_valid_o = take && !scores;
  assign trc_scores_valid_o = take && scores;
  assign trc_id_o = id;
  assign trc_index_o = scores ? pair : block;
  always_ff @(posedge clk_i) begin
    block_q <= block + 32'(trc_block_valid_o);
    pair_q <= pair + 32'(trc_scores_valid_o);
  end
`endif

  // Assertions
  `EDGEMOE_ASSERT(StartsWhenFree, !start_i || !active_q)
  `EDGEMOE_ASSERT(PublishedInOrder, !(running && is_experts) || begun_q ||
                  16'(pub_count_i - blocks_q) <= 16'd1)

  logic unused;
  assign unused = ^{unused_pair_end, ahead, tile_rows_i, tag_tile_count0_i, exp_tile_count0_i,
                    gat_index, cmd_i, next_cmd_i};

endmodule
