// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_datapath: everything between the array's control and the buffers. Executes what
// edgemoe_array_control says with fixed latencies; decides nothing and never stalls.
//
// Interface  iss_*, desc_*, soft_*, gat_*, cls_*: as edgemoe_array_control.sv names them. desc_*
//            are taken with iss_last_i. desc_word_i of logits: the experts' block, in both digits;
//            its parameters those of the experts (taken with the digit wh). Values: parameters
//            unused. ctx_*: the command's word under one of 8 numbers, in the cycle of its first
//            use at the latest; free again when its last write is done. cls_*: the first word takes
//            the drain's place in the cycle of the pulse. nrm_*: norm_out, written by the norm
//            unit, in the bank at the end of the cycle.
// Handshake  none: all memories outside answer in fixed time: tile ring 4 cycles, parameters 3,
//            pixels 4, position table 2 (row of 256 B and its quarter), residual 2 (a read sees all
//            writes that come up to a cycle after it), queues 2.
// Latency    tile issued in c: array's ports in c + 5, row of lane t at the requantiser in c + 19 +
//            t. From there 13 cycles to the write of residual and int8, 19 to hidden, 7 to logits:
//            in memory for a read issued in the cycle that sim/units calls written.
// Counters   sat_*: since sat_clear_i, as hls/kernels counts them.
// Trace      writes, in the cycle in which they are presented, with the command's id. trc_wr:
//            residual (16 x 24 bit), qkv and attention_out (16 x 8 bit); trc_hid: hidden (experts:
//            row in the half); trc_lgt: logits. Hardware rows; dst: program::Buffer.
// Reset      clears valid bits and counters.
// Numbers    roundings: hls/README.md; the units' own contracts.
// Rows       DrainRows 2: rows of two neighbouring lanes a cycle, t of the above being the pair;
//            res_rpair_o, res_wpair_o: the row behind goes with the first. Embeddings, logits and
//            the experts' second matrix still come row by row.
// Parameters rtl/README.md. DrainRows 1, or 2 from eight token lanes on. 2 * SoftmaxTokens <=
//            TokenLanes; ScoreGroups 2..4.
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
  parameter int unsigned DrainRows     = 1,
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
  output logic                       res_rpair_o,
  output logic [RowW-1:0]            res_rrow_o,
  output logic [WordW-1:0]           res_rword_o,
  input  logic [DrainRows*384-1:0] res_rdata_i,
  output logic                       res_wen_o,
  output logic                       res_wpair_o,
  output logic [RowW-1:0]            res_wrow_o,
  output logic [WordW-1:0]           res_wword_o,
  output logic [DrainRows*384-1:0] res_wdata_o,

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
  output logic [DrainRows-1:0] trc_wr_valid_o,
  output logic [3:0]                 trc_wr_dst_o,
  output logic [15:0]                trc_wr_id_o,
  output logic [DrainRows*16-1:0] trc_wr_row_o,
  output logic [15:0]                trc_wr_word_o,
  output logic [DrainRows*384-1:0] trc_wr_data_o,
  output logic [DrainRows-1:0] trc_hid_valid_o,
  output logic [15:0]                trc_hid_id_o,
  output logic                       trc_hid_experts_o,
  output logic                       trc_hid_half_o,
  output logic [DrainRows*16-1:0] trc_hid_row_o,
  output logic [15:0]                trc_hid_word_o,
  output logic [DrainRows*128-1:0] trc_hid_data_o,
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
  `EDGEMOE_PARAMETER_CHECK(RowsLeave, DrainRows == 1 || (DrainRows == 2 && TokenLanes >= 8))
  `EDGEMOE_PARAMETER_CHECK(StructuralIsAFlag, Structural <= 1)

  localparam int unsigned IndexW      = $clog2(TokenLanes);
  localparam int unsigned Groups      = Rows / TokenLanes;
  localparam int unsigned DimWords    = MaxDim / 16;
  localparam int unsigned KeyBlocks   = (SegmentRows + 15) / 16;
  localparam int unsigned ValueBase   = Segments * KeyBlocks * DimWords;
  localparam int unsigned NormAddrW   = $clog2(Groups * Beats);
  localparam int unsigned TokenAddrW  = $clog2(2 * Groups * DimWords);
  localparam int unsigned HiddenAddrW = $clog2(Groups * (MaxHidden / 16));
  localparam int unsigned StageAddrW  = $clog2(2 * DimWords);
  localparam int unsigned ExpAddrW    = $clog2(2 * KeyBlocks);
  localparam int unsigned KvAddrW     = $clog2(2 * ValueBase);
  localparam int unsigned ScoreTokens = 2 * SoftmaxTokens;
  localparam logic [2:0]  DstValues   = 3'd3;

  // Tile: memories outside are asked at once.
  assign ring_ren_o  = iss_valid_i && iss_wsrc_i == 2'd0;
  assign ring_slot_o = iss_slot_i;
  assign pix_ren_o   = iss_valid_i && iss_src_i == 3'd0;
  assign pix_row_o   = iss_pix_row_i;
  assign pix_bank_o  = iss_pix_bank_i;

  logic                      query_wen, attention_wen, kv_wen, kv_value, hidden_wen;
  logic                      write_pair, hidden_pair;
  logic [IndexW-1:0]         write_lane, hidden_lane;
  logic [TokenAddrW-1:0]     write_addr;
  logic [KvAddrW-1:0]        kv_addr;
  logic [HiddenAddrW-1:0]    hidden_addr;
  logic [3:0]                write_key;
  logic [DrainRows*384-1:0]  write_data;
  logic [DrainRows*128-1:0]  int8_row, hidden_row;
  logic [127:0]              stage_data;
  logic [TokenLanes-1:0]     gather_lanes, stage_lanes, exp_lanes;
  logic [NormAddrW-1:0]      gather_addr;
  logic                      gather_word;
  logic [StageAddrW-1:0]     stage_addr;
  logic [ExpAddrW-1:0]       exp_addr;
  logic [TokenLanes*128-1:0] z8, exp_data;
  logic                      tile_valid, tile_first, tile_shift, tile_last, tile_scores;
  logic [TokenLanes*144-1:0] operand;
  logic [2047:0]             weight;
  edgemoe_operand_path #(
    .TokenLanes(TokenLanes), .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim),
    .MaxHidden(MaxHidden), .NormLanes(NormLanes), .RowW(RowW), .WordW(WordW), .HidW(HidW),
    .KeyW(KeyW), .SegIdW(SegIdW), .BeatW(BeatW), .DrainRows(DrainRows)
  ) u_operands (
    .clk_i, .rst_ni, .iss_valid_i, .iss_first_i, .iss_last_i, .iss_shift_i, .iss_scores_i,
    .iss_src_i, .iss_row_i, .iss_half_i, .iss_hid_i, .iss_k_i, .iss_wsrc_i, .iss_kv_seg_i,
    .iss_kv_group_i, .iss_kv_word_i, .ring_data_i, .pix_data_i,
    .nrm_valid_i, .nrm_row_i, .nrm_beat_i, .nrm_z8_i, .nrm_lo_i,
    .write_pair_i(write_pair), .query_wen_i(query_wen), .attention_wen_i(attention_wen),
    .kv_wen_i(kv_wen), .kv_value_i(kv_value), .write_lane_i(write_lane), .write_addr_i(write_addr),
    .kv_addr_i(kv_addr), .write_key_i(write_key), .write_data_i(int8_row),
    .hidden_wen_i(hidden_wen), .hidden_pair_i(hidden_pair), .hidden_lane_i(hidden_lane),
    .hidden_addr_i(hidden_addr),
    .hidden_data_i(hidden_row), .gat_lanes_i(gather_lanes), .gat_addr_i(gather_addr),
    .gat_word_i(gather_word), .z8_o(z8), .stage_lanes_i(stage_lanes),
    .stage_addr_i(stage_addr), .stage_data_i(stage_data), .exp_lanes_i(exp_lanes),
    .exp_addr_i(exp_addr), .exp_data_i(exp_data),
    .valid_o(tile_valid), .first_o(tile_first), .shift_o(tile_shift), .last_o(tile_last),
    .scores_o(tile_scores), .operand_o(operand), .weight_o(weight)
  );

  // Array. With a block of scores goes what their buffer must know.
  localparam int unsigned TagW = 18 + KeyW + ScoreBufW;
  logic                       drain_valid, drain_last, drain_hold, score_valid, score_last;
  logic [IndexW-1:0]          drain_token, score_token;
  logic [TagW-1:0]            tag_d, tag_s5, drain_tag, score_tag;
  logic [DrainRows*512-1:0]   drain_sum;
  logic [ScoreTokens*512-1:0] score_sum;
  always_comb begin
    tag_d = '0;
    for (int k = 0; k < 16; k++) tag_d[k] = 32'(desc_word_i) * 16 + k < 32'(desc_keys_i);
    tag_d[16] = desc_word_i == '0;
    tag_d[17] = 32'(desc_word_i) * 16 + 16 >= 32'(desc_keys_i);
    tag_d[18 +: KeyW] = KeyW'(desc_word_i);
    tag_d[18+KeyW +: ScoreBufW] = desc_score_buffer_i;
  end
  edgemoe_delay #(.Width(TagW), .Depth(5)) u_tag (.clk_i, .data_i(tag_d), .data_o(tag_s5));
  edgemoe_compute_array #(
    .TokenLanes(TokenLanes), .DrainRows(DrainRows), .ScoreTokens(ScoreTokens), .TagWidth(TagW),
    .Structural(Structural)
  ) u_array (
    .clk_i, .rst_ni, .valid_i(tile_valid), .first_i(tile_first), .shift_i(tile_shift),
    .last_i(tile_last), .scores_i(tile_scores), .tag_i(tag_s5), .operand_i(operand),
    .weight_i(weight), .drain_hold_i(drain_hold), .drain_valid_o(drain_valid),
    .drain_last_o(drain_last), .drain_token_o(drain_token), .drain_tag_o(drain_tag),
    .drain_sum_o(drain_sum),
    .score_valid_o(score_valid), .score_last_o(score_last), .score_token_o(score_token),
    .score_tag_o(score_tag), .score_sum_o(score_sum)
  );

  // Scores to exponentials.
  logic [15:0]        score_mult;
  logic [5:0]         score_shift;
  logic [7:0]         sum_slots, staged_slots;
  logic               queue_ren;
  logic [DrainRows-1:0] sum_ren, staged_ren;
  logic [DrainRows*RowW-1:0] look_row;
  logic [RowW-1:0]    queue_row;
  logic [ExpertW-1:0] look_expert;
  logic [3:0]         look_slot, sum_slot, staged_slot;
  logic [DrainRows*IndexW-1:0] look_lane;
  logic [DrainRows*17-1:0] sum_scale, staged_scale;
  logic [16:0]        queue_score;
  edgemoe_attention_path #(
    .TokenLanes(TokenLanes), .SoftmaxTokens(SoftmaxTokens), .ScoreGroups(ScoreGroups),
    .KeyBlocks(KeyBlocks), .KeyW(KeyW), .LengthW(LengthW), .DrainRows(DrainRows)
  ) u_attention (
    .clk_i, .rst_ni, .score_valid_i(score_valid), .score_token_i(score_token),
    .score_buffer_i(score_tag[18+KeyW +: ScoreBufW]), .score_block_i(score_tag[18 +: KeyW]),
    .score_first_i(score_tag[16]), .score_last_i(score_tag[17]), .score_keep_i(score_tag[15:0]),
    .score_sum_i(score_sum), .start_i(soft_start_i), .buffer_i(soft_score_buffer_i),
    .half_i(soft_half_i), .keys_i(soft_keys_i), .mult_i(score_mult), .shift_i(score_shift),
    .slot_o(sum_slots), .exp_lanes_o(exp_lanes), .exp_addr_o(exp_addr), .exp_data_o(exp_data),
    .scale_ren_i(sum_ren), .scale_slot_i(look_slot), .scale_lane_i(look_lane),
    .scale_o(sum_scale)
  );

  // Queues to staging.
  edgemoe_gather_unit #(
    .TokenLanes(TokenLanes), .Experts(Experts), .Rows(Rows), .WordW(WordW),
    .Depth(1 << $clog2(3 * Rows + 64)), .DimWords(DimWords), .NormBeats(Beats),
    .NormBeatWords(NormLanes / 16), .NormAddrW(NormAddrW), .StageAddrW(StageAddrW),
    .DrainRows(DrainRows)
  ) u_gather (
    .clk_i, .rst_ni, .start_i(gat_start_i), .expert_i(gat_expert_i), .index_i(gat_index_i),
    .rows_i(gat_rows_i), .half_i(gat_half_i), .words_i(gat_words_i), .slot_o(staged_slots),
    .que_ren_o, .que_expert_o, .que_index_o, .que_row_i, .que_score_i,
    .z8_lanes_o(gather_lanes), .z8_addr_o(gather_addr), .z8_word_o(gather_word), .z8_i(z8),
    .nrm_valid_i(nrm_valid_i && nrm_last_i), .nrm_row_i, .nrm_scale_i,
    .stage_lanes_o(stage_lanes), .stage_addr_o(stage_addr), .stage_o(stage_data),
    .staged_ren_i(staged_ren), .staged_slot_i(look_slot), .staged_lane_i(look_lane),
    .staged_scale_o(staged_scale), .queue_ren_i(queue_ren), .queue_expert_i(look_expert),
    .queue_place_i(look_row[RowW-1:0]), .queue_row_o(queue_row), .queue_score_o(queue_score)
  );

  // Sums to buffers.
  logic [2:0] write_ctx, lgt_ctx;
  logic       write_half;
  assign sum_slot    = desc_half_i ? sum_slots[7:4] : sum_slots[3:0];
  assign staged_slot = desc_staging_i ? staged_slots[7:4] : staged_slots[3:0];
  edgemoe_drain_path #(
    .TokenLanes(TokenLanes), .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim),
    .MaxHidden(MaxHidden), .WordW(WordW), .HidW(HidW), .ParamW(ParamW), .PosW(PosW),
    .SegIdW(SegIdW), .ExpertW(ExpertW), .DrainRows(DrainRows)
  ) u_drain (
    .clk_i, .rst_ni, .ctx_valid_i, .ctx_i, .ctx_command_i, .soft_ctx_i,
    .score_mult_o(score_mult), .score_shift_o(score_shift),
    .block_valid_i(iss_valid_i && iss_last_i && !iss_scores_i), .desc_ctx_i, .desc_matrix_i,
    .desc_dst_i, .desc_row_i, .desc_half_i,
    .desc_slot_i(desc_dst_i == DstValues ? sum_slot : staged_slot), .desc_hid_i, .desc_word_i,
    .desc_rows_i, .desc_param_slot_i, .desc_param_half_i, .desc_seg_i, .desc_experts_i,
    .desc_expert_i, .desc_gate_low_i, .cls_start_i, .cls_ctx_i, .cls_row_i, .cls_words_i,
    .sum_valid_i(drain_valid), .sum_i(drain_sum), .sum_hold_o(drain_hold),
    .prm_ren_o, .prm_slot_o, .prm_half_o, .prm_data_i,
    .nrm_valid_i(nrm_valid_i && nrm_last_i), .nrm_row_i, .nrm_scale_i,
    .staged_ren_o(staged_ren), .queue_ren_o(queue_ren), .sum_ren_o(sum_ren),
    .look_row_o(look_row), .look_expert_o(look_expert), .look_slot_o(look_slot),
    .look_lane_o(look_lane), .staged_scale_i(staged_scale), .queue_row_i(queue_row),
    .queue_score_i(queue_score), .sum_scale_i(sum_scale),
    .pos_ren_o, .pos_row_o, .pos_quarter_o, .pos_data_i, .res_ren_o, .res_rpair_o, .res_rrow_o,
    .res_rword_o, .res_rdata_i, .res_wen_o, .query_wen_o(query_wen),
    .attention_wen_o(attention_wen), .kv_wen_o(kv_wen), .kv_value_o(kv_value),
    .write_pair_o(write_pair), .write_ctx_o(write_ctx),
    .write_row_o(res_wrow_o), .write_word_o(res_wword_o),
    .write_half_o(write_half), .write_lane_o(write_lane),
    .write_addr_o(write_addr), .kv_addr_o(kv_addr), .write_key_o(write_key),
    .write_data_o(write_data), .hidden_wen_o(hidden_wen), .hidden_pair_o(hidden_pair),
    .hidden_lane_o(hidden_lane),
    .hidden_addr_o(hidden_addr), .hidden_data_o(hidden_row),
    .lgt_valid_o, .lgt_ctx_o(lgt_ctx), .lgt_row_o, .lgt_word_o, .lgt_data_o,
    .sat_clear_i, .sat_residual_o, .sat_accumulator_o, .sat_int8_o
  );
  assign res_wdata_o = write_data;
  assign res_wpair_o = write_pair;
  for (genvar n = 0; n < DrainRows * 16; n++) begin : gen_int8
    assign int8_row[n*8 +: 8] = write_data[n*24 +: 8];
  end

  logic unused_bits;
  assign unused_bits = ^{drain_last, drain_token, drain_tag, score_last, write_ctx, lgt_ctx,
                         write_half, look_row};

`ifndef SYNTHESIS
  edgemoe_write_trace #(.RowW(RowW), .WordW(WordW), .DrainRows(DrainRows)) u_trace (
    .clk_i, .ctx_valid_i, .ctx_i, .ctx_command_i, .res_wen_i(res_wen_o),
    .qkv_wen_i(query_wen || kv_wen), .attention_wen_i(attention_wen), .write_pair_i(write_pair),
    .hidden_pair_i(hidden_pair), .write_ctx_i(write_ctx), .write_row_i(res_wrow_o),
    .write_word_i(res_wword_o), .write_data_i(write_data),
    .int8_i(int8_row), .hidden_wen_i(hidden_wen), .hidden_i(hidden_row), .write_half_i(write_half),
    .lgt_valid_i(lgt_valid_o), .lgt_ctx_i(lgt_ctx),
    .lgt_row_i(16'(lgt_row_o)), .lgt_word_i(lgt_word_o),
    .lgt_data_i(lgt_data_o),
    .trc_wr_valid_o, .trc_wr_dst_o, .trc_wr_id_o, .trc_wr_row_o, .trc_wr_word_o, .trc_wr_data_o,
    .trc_hid_valid_o, .trc_hid_id_o, .trc_hid_experts_o, .trc_hid_half_o, .trc_hid_row_o,
    .trc_hid_word_o, .trc_hid_data_o, .trc_lgt_valid_o, .trc_lgt_id_o, .trc_lgt_row_o,
    .trc_lgt_word_o, .trc_lgt_data_o
  );
`endif

endmodule
