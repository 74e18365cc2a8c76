// SPDX-License-Identifier: Apache-2.0
// edgemoe_drain_rows: what each drained row of the array needs: parameters, scale, destination.
//
// Interface  in: a block with its last tile (cycle c). out: the control of the row of lane t in
//            cycle c + 19 + t, together with its sums, for t below the block's rows. Lookups on the
//            way: parameters (3 cycles), and scales by kind of block, each asked for in cycle c +
//            15 + t and answered in c + 18 + t: norm_out's scale of the row, slot of the gathered
//            row's scale, entry of the expert's queue (row and score), slot of the reciprocal sums
//            of exponentials. mult_o, bias_o are 0 in cycles without a block: a row of
//            edgemoe_class_row adds nothing.
//            DrainRows 2: the rows of lanes 2 t and 2 t + 1 together in cycle c + 19 + t; the
//            second one is the row behind the first. Single rows (single_o: embeddings, logits,
//            rows of a queue) come one by one as above, always as the first; hold_o keeps the sums
//            of two lanes for both, and lane_o tells which they are.
// Handshake  none; blocks end as many cycles apart as they have here (asserted).
// Reset      clears valid bits.
// Parameters those of edgemoe_array_datapath.sv.
// Verified   tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_drain_rows #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned RowW       = 9,
  parameter int unsigned WordW      = 6,
  parameter int unsigned HidW       = 11,
  parameter int unsigned ParamW     = 9,
  parameter int unsigned SegIdW     = 1,
  parameter int unsigned ExpertW    = 4,
  parameter int unsigned DrainRows  = 1,
  localparam int unsigned LaneW     = $clog2(TokenLanes + 1),
  localparam int unsigned IndexW    = $clog2(TokenLanes)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // block
  input  logic               valid_i,
  input  logic [2:0]         ctx_i,
  input  logic               matrix_i,
  input  logic [2:0]         dst_i,
  input  logic [RowW-1:0]    row_i,
  input  logic               half_i,
  input  logic [3:0]         slot_i,
  input  logic [HidW-1:0]    hid_i,
  input  logic [WordW-1:0]   word_i,
  input  logic [LaneW-1:0]   rows_i,
  input  logic [ParamW-1:0]  prm_slot_i,
  input  logic               prm_half_i,
  input  logic [SegIdW-1:0]  seg_i,
  input  logic               experts_i,
  input  logic [ExpertW-1:0] expert_i,
  input  logic               gate_low_i,

  // parameters
  output logic               prm_ren_o,
  output logic [ParamW-1:0]  prm_slot_o,
  output logic               prm_half_o,
  input  logic [1023:0]      prm_data_i,

  // scales
  output logic [2:0]         scale_ctx_o,
  input  logic               token_scale_i,
  output logic [DrainRows-1:0] norm_ren_o,
  output logic [DrainRows-1:0] staged_ren_o,
  output logic               queue_ren_o,
  output logic [DrainRows-1:0] sum_ren_o,
  output logic [DrainRows*RowW-1:0] look_row_o,  // hardware row, or place in the queue
  output logic [ExpertW-1:0] look_expert_o,
  output logic [3:0]         look_slot_o,
  output logic [DrainRows*IndexW-1:0] look_lane_o,
  input  logic [DrainRows*17-1:0] norm_scale_i,
  input  logic [DrainRows*17-1:0] staged_scale_i,
  input  logic [RowW-1:0]    queue_row_i,
  input  logic [16:0]        queue_score_i,
  input  logic [DrainRows*17-1:0] sum_scale_i,

  // constants of the command, for the row of the next cycle
  output logic [2:0]         drain_ctx_o,
  output logic               drain_matrix_o,
  input  logic [15:0]        out_mult_i,

  // row with its sums
  output logic               hold_o,
  output logic               single_o,
  output logic [DrainRows-1:0] valid_o,
  output logic [2:0]         dst_o,
  output logic [2:0]         ctx_o,
  output logic [RowW-1:0]    row_o,
  output logic [IndexW-1:0]  lane_o,
  output logic               half_o,
  output logic [HidW-1:0]    hid_o,
  output logic [WordW-1:0]   word_o,
  output logic [SegIdW-1:0]  seg_o,
  output logic               gate_low_o,
  output logic [DrainRows*17-1:0] scale_o,
  output logic [255:0]       mult_o,
  output logic [511:0]       bias_o
);

  localparam int unsigned Wait   = 14;  // c + 14: the block's turn comes in the next cycle
  localparam int unsigned BlockW = 3 + 1 + 3 + RowW + 1 + 4 + HidW + WordW + LaneW + ParamW + 1 +
                                   SegIdW + 1 + ExpertW + 1;
  localparam logic [2:0] DstResidual = 3'd0;
  localparam logic [2:0] DstEmbed    = 3'd1;
  localparam logic [2:0] DstValues   = 3'd3;
  localparam logic [2:0] DstHidden   = 3'd4;
  localparam logic [2:0] DstLogits   = 3'd5;

  // The block waits for its sums.
  logic [Wait-1:0]   wait_q;
  logic [BlockW-1:0] block, block_q;
  edgemoe_delay #(
    .Width(BlockW),
    .Depth(Wait)
  ) u_block (
    .clk_i,
    .data_i({ctx_i, matrix_i, dst_i, row_i, half_i, slot_i, hid_i, word_i, rows_i, prm_slot_i,
             prm_half_i, seg_i, experts_i, expert_i, gate_low_i}),
    .data_o(block)
  );

  // Stage 0, 4 cycles before the sums: a lane a cycle, or DrainRows.
  logic              on_d, on_q, single, last;
  logic [IndexW-1:0] lane_d, lane_q;
  always_comb begin
    on_d   = on_q;
    lane_d = lane_q + (single ? IndexW'(1) : IndexW'(DrainRows));
    last   = lane_q == (single ? IndexW'(TokenLanes - 1) : IndexW'(TokenLanes - DrainRows));
    if (last) on_d = 1'b0;
    if (wait_q[Wait-1]) begin
      on_d   = 1'b1;
      lane_d = '0;
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wait_q <= '0;
      on_q   <= 1'b0;
    end else begin
      wait_q <= {wait_q[Wait-2:0], valid_i};
      on_q   <= on_d;
    end
  end
  always_ff @(posedge clk_i) begin
    lane_q <= lane_d;
    if (wait_q[Wait-1]) block_q <= block;
  end

  logic [2:0]         ctx, dst;
  logic               matrix, half, prm_half, experts, gate_low;
  logic [RowW-1:0]    row;
  logic [3:0]         slot;
  logic [HidW-1:0]    hid;
  logic [WordW-1:0]   word;
  logic [LaneW-1:0]   rows;
  logic [ParamW-1:0]  prm_slot;
  logic [SegIdW-1:0]  seg;
  logic [ExpertW-1:0] expert;
  assign {ctx, matrix, dst, row, half, slot, hid, word, rows, prm_slot, prm_half, seg, experts,
          expert, gate_low} = block_q;

  assign single = DrainRows == 1 || dst == DstEmbed || dst == DstLogits ||
                  (dst == DstResidual && experts);

  // Which scale: 0 unity, 1 norm_out's, 2 gathered row's, 3 queue's, 4 sum of exponentials.
  logic [DrainRows-1:0] exists;
  logic [2:0]           kind;
  always_comb begin
    kind = token_scale_i ? 3'd1 : 3'd0;
    if (dst == DstLogits) kind = 3'd1;
    if (dst == DstEmbed) kind = 3'd0;
    if (dst == DstValues) kind = 3'd4;
    if (experts) kind = dst == DstHidden ? 3'd2 : 3'd3;
  end
  assign scale_ctx_o   = ctx;
  assign prm_ren_o     = on_q && lane_q == '0 && dst != DstValues;
  assign prm_slot_o    = prm_slot;
  assign prm_half_o    = prm_half;
  assign queue_ren_o   = exists[0] && kind == 3'd3;
  assign look_expert_o = expert;
  assign look_slot_o   = slot;
  for (genvar r = 0; r < DrainRows; r++) begin : gen_look
    assign exists[r]       = on_q && LaneW'(lane_q) + LaneW'(r) < rows && (r == 0 || !single);
    assign norm_ren_o[r]   = exists[r] && kind == 3'd1;
    assign staged_ren_o[r] = exists[r] && kind == 3'd2;
    assign sum_ren_o[r]    = exists[r] && kind == 3'd4;
    assign look_row_o[r*RowW +: RowW]      = row + RowW'(lane_q) + RowW'(r);
    assign look_lane_o[r*IndexW +: IndexW] = lane_q + IndexW'(r);
  end

  // Stage 3: answers; stage 4: with the sums.
  localparam int unsigned RowCtlW = 3 + 1 + 3 + RowW + IndexW + 1 + HidW + WordW + SegIdW + 3 + 3;
  logic [4*DrainRows-1:0] valid_q;
  logic [3:0]         on_row_q;
  logic [RowCtlW-1:0] ctl_s3;
  edgemoe_delay #(
    .Width(RowCtlW),
    .Depth(3)
  ) u_row (
    .clk_i,
    .data_i({ctx, matrix, dst, look_row_o[RowW-1:0], lane_q, half, hid, word, seg, gate_low,
             single, lane_q == '0, kind}),
    .data_o(ctl_s3)
  );
  logic [2:0]        ctx_s3, dst_s3, kind_s3;
  logic              matrix_s3, half_s3, gate_low_s3, single_s3, first_s3;
  logic [RowW-1:0]   row_s3;
  logic [IndexW-1:0] lane_s3;
  logic [HidW-1:0]   hid_s3;
  logic [WordW-1:0]  word_s3;
  logic [SegIdW-1:0] seg_s3;
  assign {ctx_s3, matrix_s3, dst_s3, row_s3, lane_s3, half_s3, hid_s3, word_s3, seg_s3,
          gate_low_s3, single_s3, first_s3, kind_s3} = ctl_s3;
  assign drain_ctx_o    = ctx_s3;
  assign drain_matrix_o = matrix_s3;

  logic [DrainRows*17-1:0] scale_d;
  always_comb begin
    for (int r = 0; r < DrainRows; r++) begin
      scale_d[r*17 +: 17] = 17'(edgemoe_pkg::UnityScale);
      case (kind_s3)
        3'd1: scale_d[r*17 +: 17] = norm_scale_i[r*17 +: 17];
        3'd2: scale_d[r*17 +: 17] = staged_scale_i[r*17 +: 17];
        3'd3: scale_d[r*17 +: 17] = queue_score_i;
        3'd4: scale_d[r*17 +: 17] = sum_scale_i[r*17 +: 17];
        default: ;
      endcase
    end
  end

  // Parameters of the block; none while no block is drained, so that a class row adds nothing.
  logic [255:0] mult_d, mult_q;
  logic [511:0] bias_d, bias_q;
  always_comb begin
    mult_d = mult_q;
    bias_d = bias_q;
    if (on_row_q[2] && first_s3) begin
      for (int n = 0; n < 16; n++) begin
        mult_d[n*16 +: 16] = dst_s3 == DstValues ? out_mult_i : prm_data_i[n*64+32 +: 16];
        bias_d[n*32 +: 32] = dst_s3 == DstValues ? '0 : prm_data_i[n*64 +: 32];
      end
    end else if (!on_row_q[2]) begin
      mult_d = '0;
      bias_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      on_row_q <= '0;
    end else begin
      valid_q  <= {valid_q[3*DrainRows-1:0], exists};
      on_row_q <= {on_row_q[2:0], on_q};
    end
  end
  always_ff @(posedge clk_i) begin
    mult_q     <= mult_d;
    bias_q     <= bias_d;
    ctx_o      <= ctx_s3;
    dst_o      <= dst_s3;
    row_o      <= kind_s3 == 3'd3 ? queue_row_i : row_s3;
    lane_o     <= lane_s3;
    half_o     <= half_s3;
    hid_o      <= hid_s3;
    word_o     <= word_s3;
    seg_o      <= seg_s3;
    gate_low_o <= gate_low_s3;
    single_o   <= single_s3;
    scale_o    <= scale_d;
  end
  assign valid_o = valid_q[3*DrainRows +: DrainRows];
  assign hold_o  = DrainRows > 1 && on_row_q[3] && single_o && !lane_o[0];
  assign mult_o  = mult_q;
  assign bias_o  = bias_q;

  `EDGEMOE_ASSERT(BlocksAreApart, !wait_q[Wait-1] || !on_q || last)

  logic unused_bits;
  assign unused_bits = ^prm_data_i;

endmodule
