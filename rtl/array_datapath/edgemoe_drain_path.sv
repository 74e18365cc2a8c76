// SPDX-License-Identifier: Apache-2.0
// edgemoe_drain_path: rows of sums through requantiser, GELU or gate unit to their buffers.
//
// Interface  block_*: a block with its last tile; cls_*: the class row; sum_i: a drained row.
//            Look-ups in other units (edgemoe_drain_rows.sv), parameters, residual and position
//            table; writes of the results. Constants of the softmax are handed on.
//            DrainRows 2: a requantiser and a GELU unit for each of two rows. Rows of neighbouring
//            lanes go the same way together (*_pair_o: the second one goes with the first); single
//            rows (edgemoe_drain_rows.sv) and the class row take the first requantiser.
// Latency    edgemoe_array_datapath.sv.
// Reset      clears valid bits and counters.
// Parameters those of edgemoe_array_datapath.sv, and sizes that follow from them.
// Verified   tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_drain_path #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned Segments    = 2,
  parameter int unsigned MaxDim      = 192,
  parameter int unsigned MaxHidden   = 768,
  parameter int unsigned WordW       = 6,
  parameter int unsigned HidW        = 11,
  parameter int unsigned ParamW      = 9,
  parameter int unsigned PosW        = 9,
  parameter int unsigned SegIdW      = 1,
  parameter int unsigned ExpertW     = 4,
  parameter int unsigned DrainRows   = 1,
  localparam int unsigned Rows        = Segments * SegmentRows,
  localparam int unsigned RowW        = $clog2(Rows),
  localparam int unsigned LaneW       = $clog2(TokenLanes + 1),
  localparam int unsigned IndexW      = $clog2(TokenLanes),
  localparam int unsigned Groups      = Rows / TokenLanes,
  localparam int unsigned DimWords    = MaxDim / 16,
  localparam int unsigned HiddenDepth = Groups * (MaxHidden / 16),
  localparam int unsigned KeyBlocks   = (SegmentRows + 15) / 16,
  localparam int unsigned ValueBase   = Segments * KeyBlocks * DimWords,
  localparam int unsigned TokenAddrW  = $clog2(2 * Groups * DimWords),
  localparam int unsigned HiddenAddrW = $clog2(HiddenDepth),
  localparam int unsigned KvAddrW     = $clog2(2 * ValueBase)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // context of a command
  input  logic                   ctx_valid_i,
  input  logic [2:0]             ctx_i,
  input  logic [1023:0]          ctx_command_i,
  input  logic [2:0]             soft_ctx_i,
  output logic [15:0]            score_mult_o,
  output logic [5:0]             score_shift_o,

  // block
  input  logic                   block_valid_i,
  input  logic [2:0]             desc_ctx_i,
  input  logic                   desc_matrix_i,
  input  logic [2:0]             desc_dst_i,
  input  logic [RowW-1:0]        desc_row_i,
  input  logic                   desc_half_i,
  input  logic [3:0]             desc_slot_i,
  input  logic [HidW-1:0]        desc_hid_i,
  input  logic [WordW-1:0]       desc_word_i,
  input  logic [LaneW-1:0]       desc_rows_i,
  input  logic [ParamW-1:0]      desc_param_slot_i,
  input  logic                   desc_param_half_i,
  input  logic [SegIdW-1:0]      desc_seg_i,
  input  logic                   desc_experts_i,
  input  logic [ExpertW-1:0]     desc_expert_i,
  input  logic                   desc_gate_low_i,
  input  logic                   cls_start_i,
  input  logic [2:0]             cls_ctx_i,
  input  logic [RowW-1:0]        cls_row_i,
  input  logic [WordW-1:0]       cls_words_i,
  input  logic                   sum_valid_i,
  input  logic [DrainRows*512-1:0] sum_i,
  output logic                   sum_hold_o,

  // parameters
  output logic                   prm_ren_o,
  output logic [ParamW-1:0]      prm_slot_o,
  output logic                   prm_half_o,
  input  logic [1023:0]          prm_data_i,

  // scales
  input  logic                   nrm_valid_i,
  input  logic [RowW-1:0]        nrm_row_i,
  input  logic [16:0]            nrm_scale_i,
  output logic [DrainRows-1:0]   staged_ren_o,
  output logic                   queue_ren_o,
  output logic [DrainRows-1:0]   sum_ren_o,
  output logic [DrainRows*RowW-1:0] look_row_o,
  output logic [ExpertW-1:0]     look_expert_o,
  output logic [3:0]             look_slot_o,
  output logic [DrainRows*IndexW-1:0] look_lane_o,
  input  logic [DrainRows*17-1:0] staged_scale_i,
  input  logic [RowW-1:0]        queue_row_i,
  input  logic [16:0]            queue_score_i,
  input  logic [DrainRows*17-1:0] sum_scale_i,

  // position table, residual
  output logic                   pos_ren_o,
  output logic [PosW-1:0]        pos_row_o,
  output logic [1:0]             pos_quarter_o,
  input  logic [511:0]           pos_data_i,
  output logic                   res_ren_o,
  output logic                   res_rpair_o,
  output logic [RowW-1:0]        res_rrow_o,
  output logic [WordW-1:0]       res_rword_o,
  input  logic [DrainRows*384-1:0] res_rdata_i,
  output logic                   res_wen_o,

  // rows of results: of residual, else int8 in the low bits of 24
  output logic                   query_wen_o,
  output logic                   attention_wen_o,
  output logic                   kv_wen_o,
  output logic                   kv_value_o,
  output logic                   write_pair_o,
  output logic [2:0]             write_ctx_o,
  output logic [RowW-1:0]        write_row_o,
  output logic [WordW-1:0]       write_word_o,
  output logic                   write_half_o,
  output logic [IndexW-1:0]      write_lane_o,
  output logic [TokenAddrW-1:0]  write_addr_o,
  output logic [KvAddrW-1:0]     kv_addr_o,
  output logic [3:0]             write_key_o,
  output logic [DrainRows*384-1:0] write_data_o,

  // rows of hidden
  output logic                   hidden_wen_o,
  output logic                   hidden_pair_o,
  output logic [IndexW-1:0]      hidden_lane_o,
  output logic [HiddenAddrW-1:0] hidden_addr_o,
  output logic [DrainRows*128-1:0] hidden_data_o,

  // logits
  output logic                   lgt_valid_o,
  output logic [2:0]             lgt_ctx_o,
  output logic [RowW-1:0]        lgt_row_o,
  output logic [WordW-1:0]       lgt_word_o,
  output logic [511:0]           lgt_data_o,

  // saturations
  input  logic                   sat_clear_i,
  output logic [31:0]            sat_residual_o,
  output logic [31:0]            sat_accumulator_o,
  output logic [31:0]            sat_int8_o
);

  localparam logic [2:0] DstEmbed  = 3'd1;
  localparam logic [2:0] DstHidden = 3'd4;
  localparam logic [2:0] DstLogits = 3'd5;

  // Constants of the commands in flight.
  logic [2:0]       scale_ctx, drain_ctx, dim_ctx, gelu_ctx;
  logic             token_scale, drain_matrix, bias_before;
  logic [5:0]       r1, r2, gate_shift, gelu_shift;
  logic [4:0]       bias_shift;
  logic [15:0]      out_mult, gelu_mult;
  logic [7:0]       zero_point;
  logic [WordW-1:0] dim_words;
  edgemoe_command_constants #(.WordW(WordW)) u_constants (
    .clk_i, .valid_i(ctx_valid_i), .ctx_i, .command_i(ctx_command_i),
    .scale_ctx_i(scale_ctx), .token_scale_o(token_scale), .drain_ctx_i(drain_ctx),
    .drain_matrix_i(drain_matrix), .r1_o(r1), .r2_o(r2), .bias_shift_o(bias_shift),
    .bias_before_o(bias_before), .gate_shift_o(gate_shift), .out_mult_o(out_mult),
    .target_ctx_i(dim_ctx), .dim_words_o(dim_words), .gelu_ctx_i(gelu_ctx),
    .gelu_mult_o(gelu_mult), .gelu_shift_o(gelu_shift), .zero_point_o(zero_point),
    .softmax_ctx_i(soft_ctx_i), .score_mult_o, .score_shift_o
  );

  // Rows with their sums.
  logic               row_half, row_low, row_single;
  logic [DrainRows-1:0] row_valid, norm_ren;
  logic [2:0]         row_dst, row_ctx;
  logic [RowW-1:0]    row_row;
  logic [IndexW-1:0]  row_lane;
  logic [HidW-1:0]    row_hid;
  logic [WordW-1:0]   row_word;
  logic [SegIdW-1:0]  row_seg;
  logic [DrainRows*17-1:0] row_scale, norm_scale;
  logic [255:0]       mult;
  logic [511:0]       bias;
  edgemoe_drain_rows #(
    .TokenLanes(TokenLanes), .RowW(RowW), .WordW(WordW), .HidW(HidW), .ParamW(ParamW),
    .SegIdW(SegIdW), .ExpertW(ExpertW), .DrainRows(DrainRows)
  ) u_rows (
    .clk_i, .rst_ni, .valid_i(block_valid_i), .ctx_i(desc_ctx_i), .matrix_i(desc_matrix_i),
    .dst_i(desc_dst_i), .row_i(desc_row_i), .half_i(desc_half_i), .slot_i(desc_slot_i),
    .hid_i(desc_hid_i), .word_i(desc_word_i), .rows_i(desc_rows_i),
    .prm_slot_i(desc_param_slot_i), .prm_half_i(desc_param_half_i), .seg_i(desc_seg_i),
    .experts_i(desc_experts_i), .expert_i(desc_expert_i), .gate_low_i(desc_gate_low_i),
    .prm_ren_o, .prm_slot_o, .prm_half_o, .prm_data_i,
    .scale_ctx_o(scale_ctx), .token_scale_i(token_scale), .norm_ren_o(norm_ren),
    .staged_ren_o, .queue_ren_o, .sum_ren_o, .look_row_o, .look_expert_o, .look_slot_o,
    .look_lane_o, .norm_scale_i(norm_scale), .staged_scale_i, .queue_row_i, .queue_score_i,
    .sum_scale_i, .drain_ctx_o(drain_ctx), .drain_matrix_o(drain_matrix), .out_mult_i(out_mult),
    .hold_o(sum_hold_o), .single_o(row_single), .valid_o(row_valid), .dst_o(row_dst),
    .ctx_o(row_ctx), .row_o(row_row), .lane_o(row_lane),
    .half_o(row_half), .hid_o(row_hid), .word_o(row_word), .seg_o(row_seg),
    .gate_low_o(row_low), .scale_o(row_scale), .mult_o(mult), .bias_o(bias)
  );

  for (genvar r = 0; r < DrainRows; r++) begin : gen_scale
    logic            norm_ren_q;
    logic [RowW-1:0] norm_row_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        norm_ren_q <= 1'b0;
      end else begin
        norm_ren_q <= norm_ren[r];
      end
    end
    always_ff @(posedge clk_i) norm_row_q <= look_row_o[r*RowW +: RowW];
    edgemoe_ram_sdp #(.Width(17), .Depth(Rows)) u_scale (
      .clk_i, .rst_ni, .wen_i(nrm_valid_i), .wstrobe_i(1'b1), .waddr_i(nrm_row_i),
      .wdata_i(nrm_scale_i), .ren_i(norm_ren_q), .raddr_i(norm_row_q),
      .rdata_o(norm_scale[r*17 +: 17])
    );
  end

  // The class row takes places without sums: 0 + position.
  logic             cls_valid;
  logic [2:0]       cls_ctx;
  logic [RowW-1:0]  cls_row;
  logic [WordW-1:0] cls_word;
  edgemoe_class_row #(.RowW(RowW), .WordW(WordW)) u_class (
    .clk_i, .rst_ni, .start_i(cls_start_i), .ctx_i(cls_ctx_i), .row_i(cls_row_i),
    .words_i(cls_words_i), .valid_o(cls_valid), .ctx_o(cls_ctx),
    .row_o(cls_row), .word_o(cls_word)
  );

  // Requantisers, and what follows them.
  logic         requant_valid, bias_before_q, pos_x;
  logic [1:0]   post;
  logic [5:0]   r1_q, r2_q, gate_shift_q;
  logic [4:0]   bias_shift_q;
  logic [511:0] sum;  // of the first row
  logic [DrainRows-1:0]    out_valid, hidden_valid;
  logic [DrainRows*16-1:0] acc_sat, int8_sat, gelu_sat;
  logic [DrainRows*32-1:0] res_sat;
  always_ff @(posedge clk_i) begin
    r1_q          <= r1;
    r2_q          <= r2;
    bias_shift_q  <= bias_shift;
    bias_before_q <= bias_before;
    gate_shift_q  <= gate_shift;
  end
  always_comb begin
    requant_valid = cls_valid || (row_valid[0] && row_dst != DstLogits);
    post = 2'd2;
    if (row_dst <= DstEmbed) post = row_dst[1:0];
    if (row_dst == DstHidden) post = 2'd3;
    if (cls_valid) post = 2'd1;
    sum = sum_i[511:0];
    if (DrainRows > 1 && row_single && row_lane[0]) sum = sum_i[DrainRows*512-1 -: 512];
  end
  for (genvar r = 0; r < DrainRows; r++) begin : gen_row
    logic         x_valid, gelu_valid, gelu_tag;
    logic [1:0]   out_post;
    logic [2:0]   tags;
    logic [511:0] x;
    logic [383:0] gelu_row;
    always_comb begin
      for (int n = 0; n < 16; n++) begin
        x[n*32 +: 32] = {{8{res_rdata_i[r*384+n*24+23]}}, res_rdata_i[r*384+n*24 +: 24]};
        if (r == 0 && pos_x) x[n*32 +: 32] = pos_data_i[n*32 +: 32];
      end
    end
    edgemoe_requantizer #(.TagWidth(1)) u_requantizer (
      .clk_i, .rst_ni, .valid_i(r == 0 ? requant_valid : row_valid[r]), .tag_i(1'b0),
      .acc_i(r == 0 ? sum : sum_i[r*512 +: 512]), .mult_i(mult), .bias_i(bias),
      .scale_i(row_scale[r*17 +: 17]), .post_i(post), .r1_i(cls_valid ? '0 : r1_q),
      .r2_i(cls_valid ? '0 : r2_q), .bias_shift_i(cls_valid ? '0 : bias_shift_q),
      .bias_before_i(bias_before_q), .x_valid_o(x_valid), .x_tag_o(tags[0]), .x_i(x),
      .out_valid_o(out_valid[r]), .out_tag_o(tags[1]), .out_post_o(out_post),
      .out_o(write_data_o[r*384 +: 384]), .acc_sat_o(acc_sat[r*16 +: 16]),
      .res_sat_o(res_sat[r*32 +: 32]), .int8_sat_o(int8_sat[r*16 +: 16]),
      .gelu_valid_o(gelu_valid), .gelu_tag_o(tags[2]), .gelu_o(gelu_row)
    );
    edgemoe_gelu_unit #(.TagWidth(1)) u_gelu (
      .clk_i, .rst_ni, .valid_i(gelu_valid), .tag_i(1'b0), .v_i(gelu_row), .mult_i(gelu_mult),
      .shift_i(gelu_shift), .zero_point_i(zero_point), .valid_o(hidden_valid[r]),
      .tag_o(gelu_tag), .hidden_o(hidden_data_o[r*128 +: 128]), .sat_o(gelu_sat[r*16 +: 16])
    );
    logic unused_here;
    assign unused_here = ^{x_valid, gelu_tag, out_post, tags};
  end

  // Destinations.
  edgemoe_drain_target #(
    .TokenLanes(TokenLanes), .SegmentRows(SegmentRows), .RowW(RowW), .WordW(WordW), .HidW(HidW),
    .SegIdW(SegIdW), .PosW(PosW), .DimWords(DimWords), .HiddenHalf(HiddenDepth / 2),
    .KeyBlocks(KeyBlocks), .ValueBase(ValueBase), .AttentionBase(Groups * DimWords),
    .TokenAddrW(TokenAddrW),
    .HiddenAddrW(HiddenAddrW), .KvAddrW(KvAddrW)
  ) u_target (
    .clk_i, .rst_ni, .valid_i(requant_valid), .pair_i(DrainRows > 1 && row_valid[DrainRows-1]),
    .dst_i(cls_valid ? DstEmbed : row_dst),
    .ctx_i(cls_valid ? cls_ctx : row_ctx), .row_i(cls_valid ? cls_row : row_row),
    .lane_i(row_lane), .half_i(row_half), .hid_i(row_hid),
    .word_i(cls_valid ? cls_word : row_word), .seg_i(row_seg), .dim_ctx_o(dim_ctx),
    .dim_words_i(dim_words), .gelu_ctx_o(gelu_ctx), .res_ren_o, .read_pair_o(res_rpair_o),
    .pos_ren_o, .read_row_o(res_rrow_o), .read_word_o(res_rword_o), .pos_row_o, .pos_quarter_o,
    .pos_x_o(pos_x), .res_wen_o, .query_wen_o, .attention_wen_o, .kv_wen_o, .kv_value_o,
    .write_pair_o, .write_ctx_o, .write_row_o, .write_word_o, .write_half_o, .write_lane_o,
    .write_key_o, .write_addr_o, .kv_addr_o, .hidden_wen_o, .hidden_pair_o, .hidden_lane_o,
    .hidden_addr_o
  );

  // Gate: bias and place of both digits come with wh.
  localparam int unsigned GateTagW = 3 + RowW + WordW;
  logic             gate_valid;
  logic [511:0]     gate_bias_q;
  logic [WordW-1:0] gate_word_q;
  assign gate_valid = row_valid[0] && row_dst == DstLogits;
  always_ff @(posedge clk_i) begin
    if (gate_valid && !row_low) begin
      gate_bias_q <= bias;
      gate_word_q <= row_word;
    end
  end
  edgemoe_gate_unit #(.Slots(TokenLanes), .TagWidth(GateTagW)) u_gate (
    .clk_i, .rst_ni, .valid_i(gate_valid), .high_i(!row_low), .slot_i(row_lane),
    .tag_i({row_ctx, row_row, gate_word_q}), .sum_i(sum), .scale_i(row_scale[16:0]),
    .bias_i(gate_bias_q), .shift_i(gate_shift_q), .valid_o(lgt_valid_o),
    .tag_o({lgt_ctx_o, lgt_row_o, lgt_word_o}), .logit_o(lgt_data_o)
  );

  edgemoe_saturation_counters #(.DrainRows(DrainRows)) u_saturations (
    .clk_i, .rst_ni, .clear_i(sat_clear_i), .valid_i(out_valid), .accumulator_i(acc_sat),
    .residual_i(res_sat), .int8_i(int8_sat), .gelu_valid_i(hidden_valid), .gelu_i(gelu_sat),
    .accumulator_o(sat_accumulator_o), .residual_o(sat_residual_o), .int8_o(sat_int8_o)
  );

  `EDGEMOE_ASSERT(RowsHaveSums, row_valid == '0 || sum_valid_i)
  `EDGEMOE_ASSERT(ClassRowHasThePlace, !cls_valid || row_valid == '0)
  `EDGEMOE_ASSERT(HiddenIsThere, hidden_wen_o == hidden_valid[0])
  `EDGEMOE_ASSERT(PairsStayTogether,
                  hidden_valid == (hidden_wen_o ? DrainRows'({hidden_pair_o, 1'b1}) : '0))

  logic unused_bits;
  assign unused_bits = ^{row_single, sum_valid_i, hidden_valid};

endmodule
