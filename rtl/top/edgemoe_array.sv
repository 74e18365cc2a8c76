// SPDX-License-Identifier: Apache-2.0
// The array unit: its control and its datapath.
//
// Interface  as edgemoe_array_control and edgemoe_array_datapath; what goes from one to the other
//            stays inside.
// Latency    as these say.
// Reset      nothing in execution.
// Parameters as these say.
// Verified   as a part of edgemoe_accelerator.

module edgemoe_array #(
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
  parameter int unsigned NormLanes     = 32,
  parameter int unsigned DrainRows     = 1,
  parameter int unsigned PixelRows     = 384,
  parameter int unsigned PositionRows  = 388,
  parameter int unsigned Structural    = 0,
  parameter int unsigned TileSegW      = 7,
  parameter int unsigned ParamSegW     = 7,
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
  localparam int unsigned CountW    = $clog2(Experts + 1),
  localparam int unsigned ScoreBufW = $clog2(ScoreGroups),
  localparam int unsigned Beats     = (MaxDim + NormLanes - 1) / NormLanes,
  localparam int unsigned BeatW     = Beats > 1 ? $clog2(Beats) : 1
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,

  // control
  input  logic                                    next_valid_i,
  input  logic [edgemoe_pkg::CommandW-1:0]        next_cmd_i,
  input  logic                                    start_i,
  input  logic [edgemoe_pkg::CommandW-1:0]        cmd_i,
  input  logic                                    start_reached_i,
  output logic [15:0]                             group_o,
  input  logic                                    group_reached_i,
  output logic                                    free_o,
  input  logic [31:0]                             tile_rows_i,
  output logic [15:0]                             tag_o,
  input  logic                                    tag_found_i,
  input  logic [TileW-1:0]                        tag_tile_slot_i,
  input  logic [31:0]                             tag_tile_count0_i,
  input  logic [TileSegW-1:0]                     tag_tile_seg_i,
  input  logic [ParamW-1:0]                       tag_param_slot_i,
  input  logic [ParamSegW-1:0]                    tag_param_seg_i,
  input  logic [15:0]                             tag_param_rows_i,
  output logic                                    exp_parity_o,
  output logic [ExpertW-1:0]                      exp_expert_o,
  output logic                                    exp_matrix_o,
  input  logic                                    exp_found_i,
  input  logic [TileW-1:0]                        exp_tile_slot_i,
  input  logic [31:0]                             exp_tile_count0_i,
  input  logic [TileSegW-1:0]                     exp_tile_seg_i,
  input  logic [ParamW-1:0]                       exp_param_slot_i,
  input  logic [ParamSegW-1:0]                    exp_param_seg_i,
  input  logic [15:0]                             exp_param_rows_i,
  output logic                                    con_tile_valid_o,
  output logic [TileSegW-1:0]                     con_tile_seg_o,
  output logic [WordW-1:0]                        con_tile_rows_o,
  output logic [1:0]                              con_param_valid_o,
  output logic [2*ParamSegW-1:0]                  con_param_seg_o,
  output logic [31:0]                             con_param_rows_o,
  input  logic [15:0]                             pub_count_i,
  input  logic [CountW-1:0]                       exec_count_i,
  input  logic [Experts*ExpertW-1:0]              exec_list_i,
  input  logic [Experts*LengthW-1:0]              pub_length_i,
  output logic [1:0]                              ev_valid_o,
  output logic [1:0]                              ev_signal_o,
  output logic [15:0]                             ev_counter_o,
  output logic [17:0]                             ev_amount_o,
  output logic [1:0]                              ev_done_o,
  output logic [31:0]                             ev_id_o,

  // datapath
  output logic                                    ring_ren_o,
  output logic [TileW-1:0]                        ring_slot_o,
  input  logic [2047:0]                           ring_data_i,
  output logic                                    prm_ren_o,
  output logic [ParamW-1:0]                       prm_slot_o,
  output logic                                    prm_half_o,
  input  logic [1023:0]                           prm_data_i,
  output logic                                    pix_ren_o,
  output logic [PixW-1:0]                         pix_row_o,
  output logic [3:0]                              pix_bank_o,
  input  logic [TokenLanes*128-1:0]               pix_data_i,
  output logic                                    pos_ren_o,
  output logic [PosW-1:0]                         pos_row_o,
  output logic [1:0]                              pos_quarter_o,
  input  logic [511:0]                            pos_data_i,
  output logic                                    res_ren_o,
  output logic                                    res_rpair_o,
  output logic [RowW-1:0]                         res_rrow_o,
  output logic [WordW-1:0]                        res_rword_o,
  input  logic [DrainRows*384-1:0] res_rdata_i,
  output logic                                    res_wen_o,
  output logic                                    res_wpair_o,
  output logic [RowW-1:0]                         res_wrow_o,
  output logic [WordW-1:0]                        res_wword_o,
  output logic [DrainRows*384-1:0] res_wdata_o,
  input  logic                                    nrm_valid_i,
  input  logic                                    nrm_last_i,
  input  logic [RowW-1:0]                         nrm_row_i,
  input  logic [BeatW-1:0]                        nrm_beat_i,
  input  logic [NormLanes*8-1:0]                  nrm_z8_i,
  input  logic [NormLanes*8-1:0]                  nrm_lo_i,
  input  logic [16:0]                             nrm_scale_i,
  output logic                                    que_ren_o,
  output logic [ExpertW-1:0]                      que_expert_o,
  output logic [RowW-1:0]                         que_index_o,
  input  logic [RowW-1:0]                         que_row_i,
  input  logic [16:0]                             que_score_i,
  output logic                                    lgt_valid_o,
  output logic [RowW-1:0]                         lgt_row_o,
  output logic [WordW-1:0]                        lgt_word_o,
  output logic [511:0]                            lgt_data_o,
  output logic [31:0]                             sat_residual_o,
  output logic [31:0]                             sat_accumulator_o,
  output logic [31:0]                             sat_int8_o

`ifndef SYNTHESIS
  ,
  output logic                                    trc_block_valid_o,
  output logic                                    trc_scores_valid_o,
  output logic [15:0]                             trc_id_o,
  output logic [31:0]                             trc_index_o,
  output logic [DrainRows-1:0] trc_wr_valid_o,
  output logic [3:0]                              trc_wr_dst_o,
  output logic [15:0]                             trc_wr_id_o,
  output logic [DrainRows*16-1:0] trc_wr_row_o,
  output logic [15:0]                             trc_wr_word_o,
  output logic [DrainRows*384-1:0] trc_wr_data_o,
  output logic [DrainRows-1:0] trc_hid_valid_o,
  output logic [15:0]                             trc_hid_id_o,
  output logic                                    trc_hid_experts_o,
  output logic                                    trc_hid_half_o,
  output logic [DrainRows*16-1:0] trc_hid_row_o,
  output logic [15:0]                             trc_hid_word_o,
  output logic [DrainRows*128-1:0] trc_hid_data_o,
  output logic                                    trc_lgt_valid_o,
  output logic [15:0]                             trc_lgt_id_o,
  output logic [15:0]                             trc_lgt_row_o,
  output logic [15:0]                             trc_lgt_word_o,
  output logic [511:0]                            trc_lgt_data_o
`endif
);

  logic ctx_valid, iss_valid, iss_first, iss_last, iss_shift, iss_scores, iss_half, desc_matrix,
      desc_half, desc_staging, desc_param_half, desc_experts, desc_gate_low, soft_start,
      soft_half, gat_start, gat_half, cls_start;
  logic [2:0] ctx, iss_src, desc_ctx, desc_dst, soft_ctx, cls_ctx;
  logic [RowW-1:0] iss_row, desc_row, gat_index, cls_row;
  logic [HidW-1:0] iss_hid, desc_hid;
  logic [WordW-1:0] iss_k, iss_kv_word, desc_word, gat_words, cls_words;
  logic [PixW-1:0] iss_pix_row;
  logic [3:0] iss_pix_bank;
  logic [1:0] iss_wsrc;
  logic [TileW-1:0] iss_slot;
  logic [SegIdW-1:0] iss_kv_seg, desc_seg;
  logic [KeyW-1:0] iss_kv_group;
  logic [ScoreBufW-1:0] desc_score_buffer, soft_score_buffer;
  logic [LaneW-1:0] desc_rows, gat_rows;
  logic [ParamW-1:0] desc_param_slot;
  logic [ExpertW-1:0] desc_expert, gat_expert;
  logic [LengthW-1:0] desc_keys, soft_keys;

  edgemoe_array_control #(
    .TokenLanes(TokenLanes), .TileRing(TileRing), .ParamRing(ParamRing),
    .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim), .MaxHidden(MaxHidden),
    .Experts(Experts), .ScoreGroups(ScoreGroups), .SoftmaxTokens(SoftmaxTokens),
    .DrainRows(DrainRows), .PixelRows(PixelRows), .TileSegW(TileSegW), .ParamSegW(ParamSegW)
  ) u_control (
    .clk_i(clk_i), .rst_ni(rst_ni), .next_valid_i(next_valid_i), .next_cmd_i(next_cmd_i),
    .start_i(start_i), .cmd_i(cmd_i),
    .start_reached_i(start_reached_i), .group_o(group_o), .group_reached_i(group_reached_i),
    .free_o(free_o), .tile_rows_i(tile_rows_i), .tag_o(tag_o), .tag_found_i(tag_found_i),
    .tag_tile_slot_i(tag_tile_slot_i), .tag_tile_count0_i(tag_tile_count0_i),
    .tag_tile_seg_i(tag_tile_seg_i), .tag_param_slot_i(tag_param_slot_i),
    .tag_param_seg_i(tag_param_seg_i), .tag_param_rows_i(tag_param_rows_i),
    .exp_parity_o(exp_parity_o), .exp_expert_o(exp_expert_o), .exp_matrix_o(exp_matrix_o),
    .exp_found_i(exp_found_i), .exp_tile_slot_i(exp_tile_slot_i),
    .exp_tile_count0_i(exp_tile_count0_i), .exp_tile_seg_i(exp_tile_seg_i),
    .exp_param_slot_i(exp_param_slot_i), .exp_param_seg_i(exp_param_seg_i),
    .exp_param_rows_i(exp_param_rows_i), .con_tile_valid_o(con_tile_valid_o),
    .con_tile_seg_o(con_tile_seg_o), .con_tile_rows_o(con_tile_rows_o),
    .con_param_valid_o(con_param_valid_o), .con_param_seg_o(con_param_seg_o),
    .con_param_rows_o(con_param_rows_o), .pub_count_i(pub_count_i), .exec_count_i(exec_count_i),
    .exec_list_i(exec_list_i), .pub_length_i(pub_length_i), .ev_valid_o(ev_valid_o),
    .ev_signal_o(ev_signal_o), .ev_counter_o(ev_counter_o), .ev_amount_o(ev_amount_o),
    .ev_done_o(ev_done_o), .ev_id_o(ev_id_o), .ctx_valid_o(ctx_valid), .ctx_o(ctx),
    .iss_valid_o(iss_valid), .iss_first_o(iss_first),
    .iss_last_o(iss_last), .iss_shift_o(iss_shift), .iss_scores_o(iss_scores),
    .iss_src_o(iss_src), .iss_row_o(iss_row), .iss_half_o(iss_half),
    .iss_hid_o(iss_hid), .iss_k_o(iss_k),
    .iss_pix_row_o(iss_pix_row), .iss_pix_bank_o(iss_pix_bank), .iss_wsrc_o(iss_wsrc),
    .iss_slot_o(iss_slot), .iss_kv_seg_o(iss_kv_seg), .iss_kv_group_o(iss_kv_group),
    .iss_kv_word_o(iss_kv_word), .desc_ctx_o(desc_ctx), .desc_matrix_o(desc_matrix),
    .desc_dst_o(desc_dst), .desc_row_o(desc_row), .desc_half_o(desc_half),
    .desc_staging_o(desc_staging), .desc_score_buffer_o(desc_score_buffer),
    .desc_hid_o(desc_hid), .desc_word_o(desc_word), .desc_rows_o(desc_rows),
    .desc_param_slot_o(desc_param_slot), .desc_param_half_o(desc_param_half),
    .desc_seg_o(desc_seg), .desc_experts_o(desc_experts), .desc_expert_o(desc_expert),
    .desc_keys_o(desc_keys), .desc_gate_low_o(desc_gate_low), .soft_start_o(soft_start),
    .soft_ctx_o(soft_ctx), .soft_score_buffer_o(soft_score_buffer), .soft_half_o(soft_half),
    .soft_keys_o(soft_keys), .gat_start_o(gat_start),
    .gat_expert_o(gat_expert), .gat_index_o(gat_index), .gat_rows_o(gat_rows),
    .gat_half_o(gat_half), .gat_words_o(gat_words), .cls_start_o(cls_start),
    .cls_ctx_o(cls_ctx), .cls_row_o(cls_row), .cls_words_o(cls_words)
`ifndef SYNTHESIS
    ,
    .trc_block_valid_o(trc_block_valid_o), .trc_scores_valid_o(trc_scores_valid_o),
    .trc_id_o(trc_id_o), .trc_index_o(trc_index_o)
`endif
  );

  edgemoe_array_datapath #(
    .TokenLanes(TokenLanes), .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim),
    .MaxHidden(MaxHidden), .Experts(Experts), .ScoreGroups(ScoreGroups),
    .SoftmaxTokens(SoftmaxTokens), .NormLanes(NormLanes), .DrainRows(DrainRows),
    .TileRing(TileRing),
    .ParamRing(ParamRing), .PixelRows(PixelRows), .PositionRows(PositionRows),
    .Structural(Structural)
  ) u_datapath (
    .clk_i(clk_i), .rst_ni(rst_ni), .ctx_valid_i(ctx_valid), .ctx_i(ctx), .ctx_command_i(cmd_i),
    .iss_valid_i(iss_valid), .iss_first_i(iss_first), .iss_last_i(iss_last),
    .iss_shift_i(iss_shift), .iss_scores_i(iss_scores), .iss_src_i(iss_src),
    .iss_row_i(iss_row), .iss_half_i(iss_half), .iss_hid_i(iss_hid), .iss_k_i(iss_k),
    .iss_pix_row_i(iss_pix_row), .iss_pix_bank_i(iss_pix_bank), .iss_wsrc_i(iss_wsrc),
    .iss_slot_i(iss_slot), .iss_kv_seg_i(iss_kv_seg), .iss_kv_group_i(iss_kv_group),
    .iss_kv_word_i(iss_kv_word), .desc_ctx_i(desc_ctx), .desc_matrix_i(desc_matrix),
    .desc_dst_i(desc_dst), .desc_row_i(desc_row), .desc_half_i(desc_half),
    .desc_staging_i(desc_staging), .desc_score_buffer_i(desc_score_buffer),
    .desc_hid_i(desc_hid), .desc_word_i(desc_word), .desc_rows_i(desc_rows),
    .desc_param_slot_i(desc_param_slot), .desc_param_half_i(desc_param_half),
    .desc_seg_i(desc_seg), .desc_experts_i(desc_experts), .desc_expert_i(desc_expert),
    .desc_keys_i(desc_keys), .desc_gate_low_i(desc_gate_low), .soft_start_i(soft_start),
    .soft_ctx_i(soft_ctx), .soft_score_buffer_i(soft_score_buffer), .soft_half_i(soft_half),
    .soft_keys_i(soft_keys), .gat_start_i(gat_start), .gat_expert_i(gat_expert),
    .gat_index_i(gat_index), .gat_rows_i(gat_rows), .gat_half_i(gat_half),
    .gat_words_i(gat_words), .cls_start_i(cls_start), .cls_ctx_i(cls_ctx), .cls_row_i(cls_row),
    .cls_words_i(cls_words), .ring_ren_o(ring_ren_o), .ring_slot_o(ring_slot_o),
    .ring_data_i(ring_data_i), .prm_ren_o(prm_ren_o), .prm_slot_o(prm_slot_o),
    .prm_half_o(prm_half_o), .prm_data_i(prm_data_i), .pix_ren_o(pix_ren_o),
    .pix_row_o(pix_row_o), .pix_bank_o(pix_bank_o), .pix_data_i(pix_data_i),
    .pos_ren_o(pos_ren_o), .pos_row_o(pos_row_o), .pos_quarter_o(pos_quarter_o),
    .pos_data_i(pos_data_i), .res_ren_o(res_ren_o), .res_rpair_o(res_rpair_o),
    .res_rrow_o(res_rrow_o), .res_rword_o(res_rword_o), .res_rdata_i(res_rdata_i),
    .res_wen_o(res_wen_o), .res_wpair_o(res_wpair_o), .res_wrow_o(res_wrow_o),
    .res_wword_o(res_wword_o), .res_wdata_o(res_wdata_o),
    .nrm_valid_i(nrm_valid_i), .nrm_last_i(nrm_last_i), .nrm_row_i(nrm_row_i),
    .nrm_beat_i(nrm_beat_i), .nrm_z8_i(nrm_z8_i), .nrm_lo_i(nrm_lo_i),
    .nrm_scale_i(nrm_scale_i), .que_ren_o(que_ren_o), .que_expert_o(que_expert_o),
    .que_index_o(que_index_o), .que_row_i(que_row_i), .que_score_i(que_score_i),
    .lgt_valid_o(lgt_valid_o), .lgt_row_o(lgt_row_o),
    .lgt_word_o(lgt_word_o), .lgt_data_o(lgt_data_o), .sat_clear_i(1'b0),
    .sat_residual_o(sat_residual_o), .sat_accumulator_o(sat_accumulator_o),
    .sat_int8_o(sat_int8_o)
`ifndef SYNTHESIS
    ,
    .trc_wr_valid_o(trc_wr_valid_o), .trc_wr_dst_o(trc_wr_dst_o), .trc_wr_id_o(trc_wr_id_o),
    .trc_wr_row_o(trc_wr_row_o), .trc_wr_word_o(trc_wr_word_o), .trc_wr_data_o(trc_wr_data_o),
    .trc_hid_valid_o(trc_hid_valid_o), .trc_hid_id_o(trc_hid_id_o),
    .trc_hid_experts_o(trc_hid_experts_o), .trc_hid_half_o(trc_hid_half_o),
    .trc_hid_row_o(trc_hid_row_o), .trc_hid_word_o(trc_hid_word_o),
    .trc_hid_data_o(trc_hid_data_o), .trc_lgt_valid_o(trc_lgt_valid_o),
    .trc_lgt_id_o(trc_lgt_id_o), .trc_lgt_row_o(trc_lgt_row_o), .trc_lgt_word_o(trc_lgt_word_o),
    .trc_lgt_data_o(trc_lgt_data_o)
`endif
  );

endmodule
