// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_datapath: everything between the array's control and the buffers. Executes what
// edgemoe_array_control says with fixed latencies; decides nothing and never stalls.
//
// Interface  iss_*, desc_*, soft_*, gat_*, cls_*: as edgemoe_array_control.sv names them. desc_*
//            are taken with iss_last_i. desc_word_i of logits: the experts' block, in both digits;
//            its parameters those of the experts (taken with the digit wh). Values: parameters
//            unused. ctx_*: the command's word under one of 8 numbers, in the cycle of its first
//            use at the latest; free again when its last write is done. cls_*: the copy begins in
//            the cycle of the pulse, or when the rows that are on their way through the array have
//            been drained. nrm_*: norm_out, written by the norm unit, in the bank at the end of the
//            cycle.
// Handshake  none: all memories outside answer in fixed time: tile ring 4 cycles, parameters 3,
//            pixels 4, position table 2 (row of 256 B and its quarter), residual 2 (a read sees all
//            writes that come up to 3 cycles after it), queues 2.
// Latency    tile issued in c: array's ports in c + 5, row of lane t at the requantiser in c + 19 +
//            t. From there 13 cycles to the write of residual and int8, 19 to hidden, 7 to logits:
//            in memory for a read issued in the cycle that sim/units calls written.
// Counters   sat_*: since sat_clear_i, as hls/kernels counts them.
// Trace      writes, in the cycle in which they are presented, with the command's id. trc_wr:
//            residual (16 x 24 bit), qkv and attention_out (16 x 8 bit); trc_hid: hidden (experts:
//            row in the half); trc_lgt: logits. Hardware rows; dst: program::Buffer.
// Reset      clears valid bits and counters.
// Numbers    roundings: hls/README.md; the units' own contracts.
// Parameters rtl/README.md. 2 * SoftmaxTokens <= TokenLanes; ScoreGroups 2..4.
// Verified   tests/rtl/array_datapath: whole commands against hls/kernels.
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
  localparam int unsigned Rows      = Segments * SegmentRows,
  localparam int unsigned RowW      = $clog2(Rows),
  localparam int unsigned LengthW   = $clog2(Rows + 1),
  localparam int unsigned SegIdW    = Segments > 1 ? $clog2(Segments) : 1,
  localparam int unsigned Widest    = MaxHidden > 3 * MaxDim ? MaxHidden : 3 * MaxDim,
  localparam int unsigned WordW     = $clog2((Widest > 768 ? Widest : 768) / 16 + 1),
  localparam int unsigned TileW     = $clog2(TileRing),
  localparam int unsigned ParamW    = $clog2(ParamRing),
  localparam int unsigned PixW      = $clog2(PixelRows),
  localparam int unsigned PosW      = $clog2(PositionRows),
  localparam int unsigned KeyW      = $clog2((SegmentRows + 15) / 16 + 1),
  localparam int unsigned LaneW     = $clog2(TokenLanes + 1),
  localparam int unsigned HidW      = $clog2(Rows / TokenLanes * (MaxHidden / 16) + 1),
  localparam int unsigned ExpertW   = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned ScoreBufW = $clog2(ScoreGroups),
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
  input  logic [2:0]                 iss_src_i,
  input  logic [RowW-1:0]            iss_row_i,
  input  logic                       iss_half_i,
  input  logic [HidW-1:0]            iss_hid_i,
  input  logic [WordW-1:0]           iss_k_i,
  input  logic [PixW-1:0]            iss_pix_row_i,
  input  logic [3:0]                 iss_pix_bank_i,
  input  logic [1:0]                 iss_wsrc_i,
  input  logic [TileW-1:0]           iss_slot_i,
  input  logic [SegIdW-1:0]          iss_kv_seg_i,
  input  logic [KeyW-1:0]            iss_kv_group_i,
  input  logic [WordW-1:0]           iss_kv_word_i,

  // its block
  input  logic [2:0]                 desc_ctx_i,
  input  logic                       desc_matrix_i,
  input  logic [2:0]                 desc_dst_i,
  input  logic [RowW-1:0]            desc_row_i,
  input  logic                       desc_half_i,
  input  logic                       desc_staging_i,
  input  logic [ScoreBufW-1:0]       desc_score_buffer_i,
  input  logic [HidW-1:0]            desc_hid_i,
  input  logic [WordW-1:0]           desc_word_i,
  input  logic [LaneW-1:0]           desc_rows_i,
  input  logic [ParamW-1:0]          desc_param_slot_i,
  input  logic                       desc_param_half_i,
  input  logic [SegIdW-1:0]          desc_seg_i,
  input  logic                       desc_experts_i,
  input  logic [ExpertW-1:0]         desc_expert_i,
  input  logic [LengthW-1:0]         desc_keys_i,
  input  logic                       desc_gate_low_i,

  // softmax
  input  logic                       soft_start_i,
  input  logic [2:0]                 soft_ctx_i,
  input  logic [ScoreBufW-1:0]       soft_score_buffer_i,
  input  logic                       soft_half_i,
  input  logic [LengthW-1:0]         soft_keys_i,

  // gather
  input  logic                       gat_start_i,
  input  logic [ExpertW-1:0]         gat_expert_i,
  input  logic [RowW-1:0]            gat_index_i,
  input  logic [LaneW-1:0]           gat_rows_i,
  input  logic                       gat_half_i,
  input  logic [WordW-1:0]           gat_words_i,

  // class row
  input  logic                       cls_start_i,
  input  logic [2:0]                 cls_ctx_i,
  input  logic [RowW-1:0]            cls_row_i,
  input  logic [WordW-1:0]           cls_words_i,

  // tile ring
  output logic                       ring_ren_o,
  output logic [TileW-1:0]           ring_slot_o,
  input  logic [2047:0]              ring_data_i,

  // parameters
  output logic                       prm_ren_o,
  output logic [ParamW-1:0]          prm_slot_o,
  output logic                       prm_half_o,
  input  logic [1023:0]              prm_data_i,

  // pixels
  output logic                       pix_ren_o,
  output logic [PixW-1:0]            pix_row_o,
  output logic [3:0]                 pix_bank_o,
  input  logic [TokenLanes*128-1:0]  pix_data_i,

  // position table
  output logic                       pos_ren_o,
  output logic [PosW-1:0]            pos_row_o,
  output logic [1:0]                 pos_quarter_o,
  input  logic [511:0]               pos_data_i,

  // residual
  output logic                       res_ren_o,
  output logic [RowW-1:0]            res_rrow_o,
  output logic [WordW-1:0]           res_rword_o,
  input  logic [383:0]               res_rdata_i,
  output logic                       res_wen_o,
  output logic [RowW-1:0]            res_wrow_o,
  output logic [WordW-1:0]           res_wword_o,
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
  output logic [SegIdW-1:0]          lgt_segment_o,
  output logic [RowW-1:0]            lgt_row_o,
  output logic [WordW-1:0]           lgt_word_o,
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
  output logic [15:0]                trc_wr_row_o,
  output logic [15:0]                trc_wr_word_o,
  output logic [383:0]               trc_wr_data_o,
  output logic                       trc_hid_valid_o,
  output logic [15:0]                trc_hid_id_o,
  output logic                       trc_hid_experts_o,
  output logic                       trc_hid_half_o,
  output logic [15:0]                trc_hid_row_o,
  output logic [15:0]                trc_hid_word_o,
  output logic [127:0]               trc_hid_data_o,
  output logic                       trc_lgt_valid_o,
  output logic [15:0]                trc_lgt_id_o,
  output logic [15:0]                trc_lgt_row_o,
  output logic [15:0]                trc_lgt_word_o,
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
    iss_shift_i, iss_scores_i, iss_src_i, iss_row_i, iss_half_i, iss_hid_i, iss_k_i,
    iss_pix_row_i, iss_pix_bank_i, iss_wsrc_i, iss_slot_i, iss_kv_seg_i, iss_kv_group_i,
    iss_kv_word_i, desc_ctx_i, desc_matrix_i, desc_dst_i, desc_row_i, desc_half_i,
    desc_staging_i, desc_score_buffer_i, desc_hid_i, desc_word_i, desc_rows_i,
    desc_param_slot_i, desc_param_half_i, desc_seg_i, desc_experts_i, desc_expert_i,
    desc_keys_i, desc_gate_low_i, soft_start_i, soft_ctx_i, soft_score_buffer_i, soft_half_i,
    soft_keys_i, gat_start_i, gat_expert_i, gat_index_i, gat_rows_i, gat_half_i, gat_words_i,
    cls_start_i, cls_ctx_i, cls_row_i, cls_words_i, ring_data_i, prm_data_i, pix_data_i,
    pos_data_i, res_rdata_i, nrm_valid_i, nrm_last_i, nrm_row_i, nrm_beat_i, nrm_z8_i,
    nrm_lo_i, nrm_scale_i, que_row_i, que_score_i, sat_clear_i};

endmodule
