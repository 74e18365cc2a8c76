// SPDX-License-Identifier: Apache-2.0
// edgemoe_attention_path: scores from the array to exponentials for the array and reciprocals for
// the requantiser.
//
// Interface  score_*: rows of the array's score bank with what their block's last tile said.
//            start_i: a softmax run (edgemoe_softmax_run.sv). exp_*: writes into the exponentials
//            of SoftmaxTokens lanes. slot_o: slots of the reciprocals of the two halves; blocks
//            note the slot with their last tile, since the half may be filled again before they are
//            drained. Look-ups of reciprocals by slot and lane, DrainRows of them: 3 cycles.
// Reset      clears valid bits.
// Parameters those of edgemoe_array_datapath.sv.
// Verified   tests/rtl/array_datapath.
module edgemoe_attention_path #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned ScoreGroups   = 3,
  parameter int unsigned KeyBlocks     = 9,
  parameter int unsigned KeyW          = 4,
  parameter int unsigned LengthW       = 9,
  parameter int unsigned DrainRows     = 1,
  localparam int unsigned BufferW      = $clog2(ScoreGroups),
  localparam int unsigned ScoreTokens  = 2 * SoftmaxTokens,
  localparam int unsigned IndexW       = $clog2(TokenLanes),
  localparam int unsigned ExpAddrW     = $clog2(2 * KeyBlocks)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // scores
  input  logic                         score_valid_i,
  input  logic [IndexW-1:0]            score_token_i,
  input  logic [BufferW-1:0]           score_buffer_i,
  input  logic [KeyW-1:0]              score_block_i,
  input  logic                         score_first_i,
  input  logic                         score_last_i,
  input  logic [15:0]                  score_keep_i,
  input  logic [ScoreTokens*512-1:0]   score_sum_i,

  // softmax
  input  logic                         start_i,
  input  logic [BufferW-1:0]           buffer_i,
  input  logic                         half_i,
  input  logic [LengthW-1:0]           keys_i,
  input  logic [15:0]                  mult_i,
  input  logic [5:0]                   shift_i,
  output logic [7:0]                   slot_o,

  // exponentials
  output logic [TokenLanes-1:0]        exp_lanes_o,
  output logic [ExpAddrW-1:0]          exp_addr_o,
  output logic [TokenLanes*128-1:0]    exp_data_o,

  // look-up
  input  logic [DrainRows-1:0]         scale_ren_i,
  input  logic [3:0]                   scale_slot_i,
  input  logic [DrainRows*IndexW-1:0]  scale_lane_i,
  output logic [DrainRows*17-1:0]      scale_o
);

  localparam int unsigned ReadW  = $clog2(TokenLanes / SoftmaxTokens);
  localparam int unsigned ScoreW = 22;

  logic                               ren;
  logic [BufferW-1:0]                 rbuffer;
  logic [KeyW-1:0]                    rblock;
  logic [ReadW-1:0]                   rqueries;
  logic [SoftmaxTokens*16*ScoreW-1:0] score;
  logic [SoftmaxTokens*ScoreW-1:0]    maximum;
  edgemoe_score_store #(
    .TokenLanes(TokenLanes), .ScoreTokens(ScoreTokens), .ReadTokens(SoftmaxTokens),
    .Buffers(ScoreGroups), .KeyBlocks(KeyBlocks), .BufferW(BufferW), .KeyW(KeyW)
  ) u_scores (
    .clk_i, .rst_ni, .valid_i(score_valid_i), .token_i(score_token_i),
    .buffer_i(score_buffer_i), .block_i(score_block_i), .first_i(score_first_i),
    .last_i(score_last_i), .keep_i(score_keep_i), .sum_i(score_sum_i),
    .ren_i(ren), .rbuffer_i(rbuffer), .rblock_i(rblock), .rqueries_i(rqueries),
    .score_o(score), .maximum_o(maximum)
  );

  // Slots of the reciprocals, in turn.
  logic [3:0] next_slot_q;
  logic [7:0] slot_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_slot_q <= '0;
    end else if (start_i) begin
      next_slot_q <= next_slot_q + 4'd1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) slot_q[half_i*4 +: 4] <= next_slot_q;
  end
  assign slot_o = slot_q;

  logic                         exp_valid, exp_half, write_valid;
  logic [KeyW-1:0]              exp_block;
  logic [ReadW-1:0]             exp_queries;
  logic [SoftmaxTokens*128-1:0] exponentials;
  logic [3:0]                   write_slot;
  logic [IndexW-1:0]            write_lane;
  logic [16:0]                  write_scale;
  edgemoe_softmax_run #(
    .TokenLanes(TokenLanes), .SoftmaxTokens(SoftmaxTokens), .KeyBlocks(KeyBlocks),
    .BufferW(BufferW), .KeyW(KeyW), .LengthW(LengthW)
  ) u_run (
    .clk_i, .rst_ni, .start_i, .buffer_i, .half_i, .keys_i, .slot_i(next_slot_q), .mult_i,
    .shift_i, .score_ren_o(ren), .score_buffer_o(rbuffer), .score_block_o(rblock),
    .score_queries_o(rqueries), .score_i(score), .maximum_i(maximum),
    .exp_valid_o(exp_valid), .exp_half_o(exp_half), .exp_block_o(exp_block),
    .exp_queries_o(exp_queries), .exp_o(exponentials),
    .scale_valid_o(write_valid), .scale_slot_o(write_slot), .scale_lane_o(write_lane),
    .scale_o(write_scale)
  );
  always_comb begin
    exp_lanes_o = '0;
    for (int t = 0; t < TokenLanes; t++) begin
      if (exp_valid && exp_queries == ReadW'(t / SoftmaxTokens)) exp_lanes_o[t] = 1'b1;
    end
  end
  assign exp_addr_o = ExpAddrW'(exp_block) + (exp_half ? ExpAddrW'(KeyBlocks) : '0);
  assign exp_data_o = {(TokenLanes/SoftmaxTokens){exponentials}};

  for (genvar r = 0; r < DrainRows; r++) begin : gen_look
    logic              scale_ren_q;
    logic [IndexW+3:0] scale_addr_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        scale_ren_q <= 1'b0;
      end else begin
        scale_ren_q <= scale_ren_i[r];
      end
    end
    always_ff @(posedge clk_i) begin
      scale_addr_q <= {scale_slot_i, scale_lane_i[r*IndexW +: IndexW]};
    end
    edgemoe_lane_ram #(.Lanes(1), .Width(17), .Depth(16 * TokenLanes)) u_scales (
      .clk_i, .rst_ni, .wlanes_i(write_valid), .waddr_i({write_slot, write_lane}),
      .wdata_i(write_scale), .ren_i(scale_ren_q), .raddr_i(scale_addr_q),
      .rdata_o(scale_o[r*17 +: 17])
    );
  end

endmodule
