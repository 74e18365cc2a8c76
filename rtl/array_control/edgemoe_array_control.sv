// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_control: decides every cycle of the array: EMBED, LINEAR, GATE, ATTENTION, EXPERTS.
//
// Why:       sim/units/array.cpp, attention_run.cpp and expert_run.cpp as counters. The datapath
//            behind it has fixed latencies and never stalls: it does what iss_*, soft_*, gat_* and
//            cls_* say. Every output belongs to the cycle in which the engine acts.
// Interface  front: start_i in the first cycle in which cmd_i may act, cmd_i stable until the next
//            start_i; group_o -> group_reached_i within the cycle; free_o: nothing is in execution.
//            weights: tag_o, exp_* -> entry within the cycle; tile_rows_i rows that may be read.
//            published: pub_count_i blocks, with execution order and queue lengths of the latest.
//            context: the constants of a command, with its start_i; ctx_o counts commands mod 8.
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
//            its half, rows packed without gaps: (row / TokenLanes) * words of a row.
// Latency    README.md. A tile of cycle c is at the array's ports in c + 5.
// Reset      nothing in execution.
// Parameters TokenLanes 2, 4, 8, 16; SoftmaxTokens a power of two, 2 * SoftmaxTokens <= TokenLanes;
//            ScoreGroups >= 2; Experts <= 16; TileSegW, ParamSegW: numbers of the ring walkers.
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

  // context; [0] EMBED, LINEAR, GATE, ATTENTION (PV) and EXPERTS' first matrix, [1] its second
  output logic                             ctx_valid_o,
  output logic [2:0]                       ctx_o,
  output logic [7:0]                       ctx_opcode_o,
  output logic [7:0]                       ctx_post_o,
  output logic                             ctx_token_scale_o,
  output logic [15:0]                      ctx_r1_o,
  output logic [15:0]                      ctx_r2_o,
  output logic [15:0]                      ctx_bias_shift_o,
  output logic [1:0]                       ctx_bias_before_o,
  output logic [15:0]                      ctx_gelu_mult_o,
  output logic [7:0]                       ctx_gelu_shift_o,
  output logic [7:0]                       ctx_zero_point_o,
  output logic [15:0]                      ctx_score_mult_o,
  output logic [7:0]                       ctx_score_shift_o,
  output logic [15:0]                      ctx_out_mult_o,
  output logic [7:0]                       ctx_gate_shift_o,
  output logic [WordW-1:0]                 ctx_head_words_o,

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
  output logic                             iss_experts_o, // hidden is that of EXPERTS
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
  output logic [2:0]                       gat_ctx_o,
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

  `EDGEMOE_PARAMETER_CHECK(LanesFit, TokenLanes >= 2 && TokenLanes <= 16)
  `EDGEMOE_PARAMETER_CHECK(SoftmaxFits, 2 * SoftmaxTokens <= TokenLanes)

  // Nothing is in execution: the walks come next.
  assign group_o = '0;
  assign free_o = '1;
  assign tag_o = '0;
  assign exp_parity_o = '0;
  assign exp_expert_o = '0;
  assign exp_matrix_o = '0;
  assign con_tile_valid_o = '0;
  assign con_tile_seg_o = '0;
  assign con_tile_rows_o = '0;
  assign con_param_valid_o = '0;
  assign con_param_seg_o = '0;
  assign con_param_rows_o = '0;
  assign ev_valid_o = '0;
  assign ev_signal_o = '0;
  assign ev_counter_o = '0;
  assign ev_amount_o = '0;
  assign ev_done_o = '0;
  assign ev_id_o = '0;
  assign ctx_valid_o = '0;
  assign ctx_o = '0;
  assign ctx_opcode_o = '0;
  assign ctx_post_o = '0;
  assign ctx_token_scale_o = '0;
  assign ctx_r1_o = '0;
  assign ctx_r2_o = '0;
  assign ctx_bias_shift_o = '0;
  assign ctx_bias_before_o = '0;
  assign ctx_gelu_mult_o = '0;
  assign ctx_gelu_shift_o = '0;
  assign ctx_zero_point_o = '0;
  assign ctx_score_mult_o = '0;
  assign ctx_score_shift_o = '0;
  assign ctx_out_mult_o = '0;
  assign ctx_gate_shift_o = '0;
  assign ctx_head_words_o = '0;
  assign iss_valid_o = '0;
  assign iss_first_o = '0;
  assign iss_last_o = '0;
  assign iss_shift_o = '0;
  assign iss_scores_o = '0;
  assign iss_src_o = '0;
  assign iss_row_o = '0;
  assign iss_half_o = '0;
  assign iss_experts_o = '0;
  assign iss_hid_o = '0;
  assign iss_k_o = '0;
  assign iss_pix_row_o = '0;
  assign iss_pix_bank_o = '0;
  assign iss_wsrc_o = '0;
  assign iss_slot_o = '0;
  assign iss_kv_seg_o = '0;
  assign iss_kv_group_o = '0;
  assign iss_kv_word_o = '0;
  assign desc_ctx_o = '0;
  assign desc_matrix_o = '0;
  assign desc_dst_o = '0;
  assign desc_row_o = '0;
  assign desc_half_o = '0;
  assign desc_staging_o = '0;
  assign desc_score_buffer_o = '0;
  assign desc_hid_o = '0;
  assign desc_word_o = '0;
  assign desc_rows_o = '0;
  assign desc_param_slot_o = '0;
  assign desc_param_half_o = '0;
  assign desc_seg_o = '0;
  assign desc_experts_o = '0;
  assign desc_expert_o = '0;
  assign desc_keys_o = '0;
  assign desc_gate_low_o = '0;
  assign soft_start_o = '0;
  assign soft_ctx_o = '0;
  assign soft_score_buffer_o = '0;
  assign soft_half_o = '0;
  assign soft_keys_o = '0;
  assign gat_start_o = '0;
  assign gat_ctx_o = '0;
  assign gat_expert_o = '0;
  assign gat_index_o = '0;
  assign gat_rows_o = '0;
  assign gat_half_o = '0;
  assign gat_words_o = '0;
  assign cls_start_o = '0;
  assign cls_ctx_o = '0;
  assign cls_row_o = '0;
  assign cls_words_o = '0;
`ifndef SYNTHESIS
  assign trc_block_valid_o = '0;
  assign trc_scores_valid_o = '0;
  assign trc_id_o = '0;
  assign trc_index_o = '0;
`endif

  logic unused;
  assign unused = ^{clk_i,
    rst_ni,
    start_i,
    cmd_i,
    start_reached_i,
    group_reached_i,
    tile_rows_i,
    tag_found_i,
    tag_tile_slot_i,
    tag_tile_count0_i,
    tag_tile_seg_i,
    tag_param_slot_i,
    tag_param_seg_i,
    tag_param_rows_i,
    exp_found_i,
    exp_tile_slot_i,
    exp_tile_count0_i,
    exp_tile_seg_i,
    exp_param_slot_i,
    exp_param_seg_i,
    exp_param_rows_i,
    pub_count_i,
    exec_count_i,
    exec_list_i,
    pub_length_i};

endmodule
