// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_datapath: everything between the array's control and the buffers. Executes
// micro- commands with fixed latencies; decides nothing and never stalls.
//
// Contexts   ctx_* stores what a command's blocks need of it (ctx_command_i: the command's word)
//            under one of 8 numbers. Written in the cycle of its first use at the latest; free
//            again when the command's last write is done.
// Tiles      iss_*, one a cycle. iss_row_i: hardware row of token lane 0 (a multiple of
//            TokenLanes); hidden of EXPERTS: row inside the half iss_half_i (0 always where W1 and
//            W2 are not interleaved); staging and exponentials: iss_half_i alone. Score buffers:
//            0..ScoreGroups-1. iss_k_i: 16-value word of the row (Q: head * dh/16 + k;
//            exponentials: key block). Pixels: iss_pix_* instead. Weights: slot of the ring, or K
//            / V of iss_kv_segment_i, key block iss_kv_group_i, dim word iss_kv_word_i (head *
//            dh/16 + word). iss_ctx_i with every tile. With iss_last_i the block's descriptor:
//            iss_matrix_i which of the command's requantisers (EXPERTS: 1 = W2), iss_dst_i (Dst*),
//            iss_dst_row_i: hardware row of lane 0; EXPERTS: position in the expert's queue;
//            scores: number of the score buffer. iss_dst_word_i: out block n (Q, K, V: 0 .. 3 D/16
//            - 1; values: head * dh/16 + n; logits: the experts' block in both digits; scores: key
//            block). iss_dst_half_i: hidden half written by EXPERTS. iss_rows_i: 1 .. TokenLanes
//            rows exist. iss_prm_*: row of the parameter ring and its half for the block's 16
//            channels (values: unused). iss_segment_i: segment of the rows. iss_expert_i: EXPERTS.
//            iss_high_i: logits, the digit wh (comes before wl of the same rows). Tile issued in
//            c: array's ports in c + 5, row of lane t at the requantiser in c + 19 + t.
// Others     smx_*: exponentials of score buffer smx_score_i into buffer smx_exp_i; pulse in the
//            cycle in which sim/units lets the softmax start. Keys are ctx's tokens. gth_*: rows
//            of a queue into a staging half, pulse in the cycle ExpertRun's gather starts. cls_*:
//            class row (its hardware row, segment 0): position -> residual; pulse in the cycle
//            `now` of Array::embed before its slots; the copy waits for the rows on their way.
// Written    in memory for a read issued in cycle c + 1 + kArrayPipeline + TokenLanes +
//            kRequantPipeline (+ kGeluPipeline).
// Memories   outside: tile ring (ren, slot; data 4 cycles later), parameters (3), pixels (4),
//            position table (2; row and quarter of 256 B rows), residual (2, with forwarding),
//            queues (2).
// Counters   sat_*: since sat_clear_i, as hls/kernels counts them.
// Trace      simulation: what is written, in the cycle in which the write is presented, with the
//            command's id. trc_wr: residual (16 x 24 bit), qkv and attention_out (16 x 8 bit);
//            trc_hid: hidden (16 x 8 bit; experts: row in the half, half); trc_lgt: logits. Rows
//            are hardware rows, dst program::Buffer codes.
// Reset      clears valid bits and counters.
// Parameters rtl/README.md.
`include "edgemoe_assert.svh"

module edgemoe_array_datapath #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned SegmentRows   = 136,
  parameter int unsigned Segments      = 2,
  parameter int unsigned MaxDim        = 192,
  parameter int unsigned MaxHidden     = 768,
  parameter int unsigned Experts       = 16,
  parameter int unsigned ScoreGroups   = 3,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned NormLanes     = 32,
  parameter int unsigned TileRing      = 6144,
  parameter int unsigned ParamRing     = 512,
  parameter int unsigned PixelRows     = 384,
  parameter int unsigned PositionRows  = 388,
  parameter int unsigned Structural    = 0,
  localparam int unsigned RowW      = $clog2(Segments * SegmentRows),
  localparam int unsigned SegW      = Segments > 1 ? $clog2(Segments) : 1,
  localparam int unsigned ExpertW   = $clog2(Experts),
  localparam int unsigned CountW    = $clog2(TokenLanes + 1),
  localparam int unsigned SlotW     = $clog2(TileRing),
  localparam int unsigned ParamW    = $clog2(ParamRing),
  localparam int unsigned PixelW    = $clog2(PixelRows),
  localparam int unsigned PositionW = $clog2(PositionRows),
  localparam int unsigned Beats     = (MaxDim + NormLanes - 1) / NormLanes,
  localparam int unsigned BeatW     = Beats > 1 ? $clog2(Beats) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // context of a command
  input  logic                       ctx_valid_i,
  input  logic [2:0]                 ctx_i,
  input  logic [1023:0]              ctx_command_i,

  // tile
  input  logic                       iss_valid_i,
  input  logic                       iss_first_i,
  input  logic                       iss_last_i,
  input  logic                       iss_shift_i,
  input  logic                       iss_scores_i,
  input  logic [2:0]                 iss_ctx_i,
  input  logic [2:0]                 iss_src_i,
  input  logic [RowW-1:0]            iss_row_i,
  input  logic                       iss_half_i,
  input  logic [7:0]                 iss_k_i,
  input  logic [PixelW-1:0]          iss_pix_row_i,
  input  logic [3:0]                 iss_pix_bank_i,
  input  logic [1:0]                 iss_wsrc_i,
  input  logic [SlotW-1:0]           iss_slot_i,
  input  logic [SegW-1:0]            iss_kv_segment_i,
  input  logic [7:0]                 iss_kv_group_i,
  input  logic [7:0]                 iss_kv_word_i,

  // its block, with the last tile
  input  logic                       iss_matrix_i,
  input  logic [2:0]                 iss_dst_i,
  input  logic [RowW-1:0]            iss_dst_row_i,
  input  logic                       iss_dst_half_i,
  input  logic [7:0]                 iss_dst_word_i,
  input  logic [CountW-1:0]          iss_rows_i,
  input  logic [SegW-1:0]            iss_segment_i,
  input  logic [ParamW-1:0]          iss_prm_slot_i,
  input  logic                       iss_prm_half_i,
  input  logic [ExpertW-1:0]         iss_expert_i,
  input  logic                       iss_high_i,

  // softmax
  input  logic                       smx_start_i,
  input  logic [1:0]                 smx_score_i,
  input  logic                       smx_exp_i,
  input  logic [2:0]                 smx_ctx_i,

  // gather
  input  logic                       gth_start_i,
  input  logic [2:0]                 gth_ctx_i,
  input  logic                       gth_half_i,
  input  logic [ExpertW-1:0]         gth_expert_i,
  input  logic [RowW-1:0]            gth_index_i,
  input  logic [CountW-1:0]          gth_rows_i,

  // class row
  input  logic                       cls_start_i,
  input  logic [2:0]                 cls_ctx_i,
  input  logic [RowW-1:0]            cls_row_i,

  // tile ring
  output logic                       ring_ren_o,
  output logic [SlotW-1:0]           ring_slot_o,
  input  logic [2047:0]              ring_data_i,

  // parameters
  output logic                       prm_ren_o,
  output logic [ParamW-1:0]          prm_slot_o,
  output logic                       prm_half_o,
  input  logic [1023:0]              prm_data_i,

  // pixels
  output logic                       pix_ren_o,
  output logic [PixelW-1:0]          pix_row_o,
  output logic [3:0]                 pix_bank_o,
  input  logic [TokenLanes*128-1:0]  pix_data_i,

  // position table
  output logic                       pos_ren_o,
  output logic [PositionW-1:0]       pos_row_o,
  output logic [1:0]                 pos_quarter_o,
  input  logic [511:0]               pos_data_i,

  // residual
  output logic                       res_ren_o,
  output logic [RowW-1:0]            res_rrow_o,
  output logic [7:0]                 res_rword_o,
  input  logic [383:0]               res_rdata_i,
  output logic                       res_wen_o,
  output logic [RowW-1:0]            res_wrow_o,
  output logic [7:0]                 res_wword_o,
  output logic [383:0]               res_wdata_o,

  // norm_out, written by the norm unit
  input  logic                       nrm_valid_i,
  input  logic                       nrm_last_i,
  input  logic [RowW-1:0]            nrm_row_i,
  input  logic [BeatW-1:0]           nrm_beat_i,
  input  logic [NormLanes*8-1:0]     nrm_z8_i,
  input  logic [NormLanes*8-1:0]     nrm_lo_i,
  input  logic [16:0]                nrm_scale_i,

  // queues of the router
  output logic                       que_ren_o,
  output logic [ExpertW-1:0]         que_expert_o,
  output logic [RowW-1:0]            que_index_o,
  input  logic [RowW-1:0]            que_row_i,
  input  logic [16:0]                que_score_i,

  // logits, to the router
  output logic                       lgt_valid_o,
  output logic [SegW-1:0]            lgt_segment_o,
  output logic [RowW-1:0]            lgt_row_o,
  output logic [7:0]                 lgt_word_o,
  output logic [511:0]               lgt_data_o,

  // saturations
  input  logic                       sat_clear_i,
  output logic [31:0]                sat_residual_o,
  output logic [31:0]                sat_accumulator_o,
  output logic [31:0]                sat_int8_o
`ifndef SYNTHESIS
  ,
  // trace
  output logic                       trc_wr_valid_o,
  output logic [3:0]                 trc_wr_dst_o,
  output logic [15:0]                trc_wr_id_o,
  output logic [RowW-1:0]            trc_wr_row_o,
  output logic [7:0]                 trc_wr_word_o,
  output logic [383:0]               trc_wr_data_o,
  output logic                       trc_hid_valid_o,
  output logic [15:0]                trc_hid_id_o,
  output logic                       trc_hid_experts_o,
  output logic                       trc_hid_half_o,
  output logic [RowW-1:0]            trc_hid_row_o,
  output logic [7:0]                 trc_hid_word_o,
  output logic [127:0]               trc_hid_data_o,
  output logic                       trc_lgt_valid_o,
  output logic [15:0]                trc_lgt_id_o,
  output logic [RowW-1:0]            trc_lgt_row_o,
  output logic [7:0]                 trc_lgt_word_o,
  output logic [511:0]               trc_lgt_data_o
`endif
);

  `EDGEMOE_PARAMETER_CHECK(RowsAreWholeGroups, SegmentRows % TokenLanes == 0)
  `EDGEMOE_PARAMETER_CHECK(HiddenIsWholeWords, MaxHidden % 16 == 0)
  `EDGEMOE_PARAMETER_CHECK(AtLeastTwoScoreBuffers, ScoreGroups >= 2 && ScoreGroups <= 4)
  `EDGEMOE_PARAMETER_CHECK(ScoresFitTheLanes, 2 * SoftmaxTokens <= TokenLanes)
  `EDGEMOE_PARAMETER_CHECK(StructuralIsAFlag, Structural <= 1)

  assign ring_ren_o = '0;
  assign ring_slot_o = '0;
  assign prm_ren_o = '0;
  assign prm_slot_o = '0;
  assign prm_half_o = '0;
  assign pix_ren_o = '0;
  assign pix_row_o = '0;
  assign pix_bank_o = '0;
  assign pos_ren_o = '0;
  assign pos_row_o = '0;
  assign pos_quarter_o = '0;
  assign res_ren_o = '0;
  assign res_rrow_o = '0;
  assign res_rword_o = '0;
  assign res_wen_o = '0;
  assign res_wrow_o = '0;
  assign res_wword_o = '0;
  assign res_wdata_o = '0;
  assign que_ren_o = '0;
  assign que_expert_o = '0;
  assign que_index_o = '0;
  assign lgt_valid_o = '0;
  assign lgt_segment_o = '0;
  assign lgt_row_o = '0;
  assign lgt_word_o = '0;
  assign lgt_data_o = '0;
  assign sat_residual_o = '0;
  assign sat_accumulator_o = '0;
  assign sat_int8_o = '0;
`ifndef SYNTHESIS
  assign trc_wr_valid_o = '0;
  assign trc_wr_dst_o = '0;
  assign trc_wr_id_o = '0;
  assign trc_wr_row_o = '0;
  assign trc_wr_word_o = '0;
  assign trc_wr_data_o = '0;
  assign trc_hid_valid_o = '0;
  assign trc_hid_id_o = '0;
  assign trc_hid_experts_o = '0;
  assign trc_hid_half_o = '0;
  assign trc_hid_row_o = '0;
  assign trc_hid_word_o = '0;
  assign trc_hid_data_o = '0;
  assign trc_lgt_valid_o = '0;
  assign trc_lgt_id_o = '0;
  assign trc_lgt_row_o = '0;
  assign trc_lgt_word_o = '0;
  assign trc_lgt_data_o = '0;
`endif

  logic unused_inputs;
  assign unused_inputs = ^{
    clk_i, rst_ni, ctx_valid_i, ctx_i, ctx_command_i, iss_valid_i, iss_first_i, iss_last_i,
    iss_shift_i, iss_scores_i, iss_ctx_i, iss_src_i, iss_row_i, iss_half_i, iss_k_i,
    iss_pix_row_i, iss_pix_bank_i, iss_wsrc_i, iss_slot_i, iss_kv_segment_i, iss_kv_group_i,
    iss_kv_word_i, iss_matrix_i, iss_dst_i, iss_dst_row_i, iss_dst_half_i, iss_dst_word_i,
    iss_rows_i, iss_segment_i, iss_prm_slot_i, iss_prm_half_i, iss_expert_i, iss_high_i,
    smx_start_i, smx_score_i, smx_exp_i, smx_ctx_i, gth_start_i, gth_ctx_i, gth_half_i,
    gth_expert_i, gth_index_i, gth_rows_i, cls_start_i, cls_ctx_i, cls_row_i, ring_data_i,
    prm_data_i, pix_data_i, pos_data_i, res_rdata_i, nrm_valid_i, nrm_last_i, nrm_row_i,
    nrm_beat_i, nrm_z8_i, nrm_lo_i, nrm_scale_i, que_row_i, que_score_i, sat_clear_i};

endmodule
