// SPDX-License-Identifier: Apache-2.0
// edgemoe_gather_unit: copies z8 and scale of the tokens of an expert's queue to a staging half,
// and keeps which rows and scores they were for the expert's second matrix.
//
// Interface  start_i: rows_i entries of expert_i's queue from index_i on, words_i words a row, into
//            lanes 0, 1, ... of staging half_i. Reads queue (2 cycles) and z8 of one lane (2
//            cycles); writes staging words. nrm_*: the scales, as the norm unit writes them.
//            Look-ups for the drain, answered 3 cycles later: scales of DrainRows gathered rows by
//            slot and lane; row and score by expert and place in its queue. slot_o: slots of the
//            two halves. Blocks note the slot with their last tile: the half may be filled
//            again before they are drained.
// Latency    start in cycle s: word j is read in s + 1 + j, in staging for a read presented in s +
//            8 + j. All of rows_i * words_i words are there when sim/units says so (kGatherPipeline
//            and kBuffer behind the last, and the array's own address stage).
// Handshake  starts at least rows * words cycles apart (asserted).
// Reset      nothing to copy.
// Parameters those of edgemoe_array_datapath.sv; Depth entries kept, a power of two: two queues,
//            what is gathered ahead, and what is still drained.
// Verified   tests/rtl/gather_unit; in place: tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_gather_unit #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned Experts       = 16,
  parameter int unsigned Rows          = 272,
  parameter int unsigned WordW         = 6,
  parameter int unsigned Depth         = 1024,
  parameter int unsigned DimWords      = 12,
  parameter int unsigned NormBeats     = 6,
  parameter int unsigned NormBeatWords = 2,
  parameter int unsigned NormAddrW     = 8,
  parameter int unsigned StageAddrW    = 5,
  parameter int unsigned DrainRows     = 1,
  localparam int unsigned RowW         = $clog2(Rows),
  localparam int unsigned ExpertW      = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned LaneW        = $clog2(TokenLanes + 1),
  localparam int unsigned IndexW       = $clog2(TokenLanes)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // job
  input  logic                      start_i,
  input  logic [ExpertW-1:0]        expert_i,
  input  logic [RowW-1:0]           index_i,
  input  logic [LaneW-1:0]          rows_i,
  input  logic                      half_i,
  input  logic [WordW-1:0]          words_i,
  output logic [7:0]                slot_o,

  // queue
  output logic                      que_ren_o,
  output logic [ExpertW-1:0]        que_expert_o,
  output logic [RowW-1:0]           que_index_o,
  input  logic [RowW-1:0]           que_row_i,
  input  logic [16:0]               que_score_i,

  // norm_out
  output logic [TokenLanes-1:0]     z8_lanes_o,
  output logic [NormAddrW-1:0]      z8_addr_o,
  output logic                      z8_word_o,
  input  logic [TokenLanes*128-1:0] z8_i,
  input  logic                      nrm_valid_i,
  input  logic [RowW-1:0]           nrm_row_i,
  input  logic [16:0]               nrm_scale_i,

  // staging
  output logic [TokenLanes-1:0]     stage_lanes_o,
  output logic [StageAddrW-1:0]     stage_addr_o,
  output logic [127:0]              stage_o,

  // look-ups
  input  logic [DrainRows-1:0]      staged_ren_i,
  input  logic [3:0]                staged_slot_i,
  input  logic [DrainRows*IndexW-1:0] staged_lane_i,
  output logic [DrainRows*17-1:0]   staged_scale_o,
  input  logic                      queue_ren_i,
  input  logic [ExpertW-1:0]        queue_expert_i,
  input  logic [RowW-1:0]           queue_place_i,
  output logic [RowW-1:0]           queue_row_o,
  output logic [16:0]               queue_score_o
);

  localparam int unsigned PtrW   = $clog2(Depth);
  localparam int unsigned GroupW = RowW > IndexW ? RowW - IndexW : 1;

  function automatic logic [15:0] times(input logic [15:0] x, input logic [15:0] constant);
    times = '0;
    for (int b = 0; b < 16; b++) begin
      if (constant[b]) times = times + (x << b);
    end
  endfunction

  // Stage 0: a word a cycle.
  logic               on_d, on_q, half_q;
  logic [ExpertW-1:0] expert_q;
  logic [RowW-1:0]    index_d, index_q;
  logic [LaneW-1:0]   left_d, left_q;
  logic [IndexW-1:0]  lane_d, lane_q;
  logic [WordW-1:0]   word_d, word_q, words_q;
  logic [3:0]         next_slot_q;
  logic [7:0]         slot_q;
  logic [PtrW-1:0]    ptr_d, ptr_q;
  logic               last;
  always_comb begin
    last    = word_q + WordW'(1) == words_q;
    on_d    = on_q;
    index_d = index_q;
    left_d  = left_q;
    lane_d  = lane_q;
    word_d  = word_q + WordW'(1);
    ptr_d   = ptr_q;
    if (on_q && last) begin
      word_d  = '0;
      index_d = index_q + RowW'(1);
      left_d  = left_q - LaneW'(1);
      lane_d  = lane_q + IndexW'(1);
      ptr_d   = ptr_q + PtrW'(1);
      if (left_q == LaneW'(1)) on_d = 1'b0;
    end
    if (start_i) begin
      on_d    = 1'b1;
      index_d = index_i;
      left_d  = rows_i;
      lane_d  = '0;
      word_d  = '0;
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      on_q        <= 1'b0;
      ptr_q       <= '0;
      next_slot_q <= '0;
    end else begin
      on_q  <= on_d;
      ptr_q <= ptr_d;
      if (start_i) next_slot_q <= next_slot_q + 4'd1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (on_d) begin
      index_q <= index_d;
      left_q  <= left_d;
      lane_q  <= lane_d;
      word_q  <= word_d;
    end
    if (start_i) begin
      expert_q <= expert_i;
      half_q   <= half_i;
      words_q  <= words_i;
      slot_q[half_i*4 +: 4] <= next_slot_q;
    end
  end
  assign slot_o       = slot_q;
  assign que_ren_o    = on_q && word_q == '0;
  assign que_expert_o = expert_q;
  assign que_index_o  = index_q;

  // Where an expert's entries begin.
  logic [PtrW-1:0] base_mem [0:Experts-1];
  always_ff @(posedge clk_i) begin
    if (que_ren_o && index_q == '0) base_mem[expert_q] <= ptr_q;
  end

  // Stage 2: the row. Stage 3: reads; stage 5: their answers; stage 6: staging.
  localparam int unsigned FlagW = 1 + IndexW + WordW + 1 + 4;
  logic [5:0]          valid_q;
  logic [FlagW-1:0]    flags_s2, flags_s5;
  logic                first_s2, first_s5, half_s2, half_s5;
  logic [IndexW-1:0]   lane_s2, lane_s5, bank_s3_q, bank_s5;
  logic [WordW-1:0]    word_s2, word_s5;
  logic [3:0]          slot_s2, slot_s5;
  logic [PtrW-1:0]     ptr_s2;
  logic [RowW-1:0]     row, row_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[4:0], on_q};
    end
  end
  edgemoe_delay #(.Width(FlagW), .Depth(2)) u_flags2 (
    .clk_i,
    .data_i({word_q == '0, lane_q, word_q, half_q, half_q ? slot_q[7:4] : slot_q[3:0]}),
    .data_o(flags_s2)
  );
  edgemoe_delay #(.Width(FlagW), .Depth(3)) u_flags5 (
    .clk_i, .data_i(flags_s2), .data_o(flags_s5)
  );
  edgemoe_delay #(.Width(PtrW), .Depth(2)) u_ptr (.clk_i, .data_i(ptr_q), .data_o(ptr_s2));
  edgemoe_delay #(.Width(IndexW), .Depth(2)) u_bank (
    .clk_i, .data_i(bank_s3_q), .data_o(bank_s5)
  );
  assign {first_s2, lane_s2, word_s2, half_s2, slot_s2} = flags_s2;
  assign {first_s5, lane_s5, word_s5, half_s5, slot_s5} = flags_s5;
  assign row = first_s2 ? que_row_i : row_q;

  logic                  scale_ren_q;
  logic [RowW-1:0]       scale_row_q;
  logic [16:0]           scale;
  logic [TokenLanes-1:0] z8_lanes_d, stage_lanes_d;
  logic [127:0]          stage_d;
  always_comb begin
    z8_lanes_d    = '0;
    stage_lanes_d = '0;
    stage_d       = '0;
    for (int t = 0; t < TokenLanes; t++) begin
      if (valid_q[1] && row[IndexW-1:0] == IndexW'(t)) z8_lanes_d[t] = 1'b1;
      if (valid_q[4] && lane_s5 == IndexW'(t)) stage_lanes_d[t] = 1'b1;
      if (bank_s5 == IndexW'(t)) stage_d = z8_i[t*128 +: 128];
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      z8_lanes_o    <= '0;
      scale_ren_q   <= 1'b0;
      stage_lanes_o <= '0;
    end else begin
      z8_lanes_o    <= z8_lanes_d;
      scale_ren_q   <= valid_q[1] && first_s2;
      stage_lanes_o <= stage_lanes_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_q[1]) begin
      row_q       <= row;
      scale_row_q <= row;
      bank_s3_q   <= row[IndexW-1:0];
      z8_addr_o   <= NormAddrW'(times(16'(row[RowW-1 -: GroupW]), 16'(NormBeats))) +
                     (NormBeatWords == 2 ? NormAddrW'(word_s2[WordW-1:1]) : NormAddrW'(word_s2));
      z8_word_o   <= NormBeatWords == 2 && word_s2[0];
    end
    if (valid_q[4]) begin
      stage_o      <= stage_d;
      stage_addr_o <= StageAddrW'(word_s5) + (half_s5 ? StageAddrW'(DimWords) : '0);
    end
  end

  edgemoe_ram_sdp #(.Width(17), .Depth(Rows)) u_scale (
    .clk_i, .rst_ni, .wen_i(nrm_valid_i), .wstrobe_i(1'b1), .waddr_i(nrm_row_i),
    .wdata_i(nrm_scale_i), .ren_i(scale_ren_q), .raddr_i(scale_row_q), .rdata_o(scale)
  );

  // Scales of the gathered rows: 16 groups are more than can be on their way through the array.
  logic                queue_ren_q;
  logic [PtrW-1:0]     queue_addr_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      queue_ren_q  <= 1'b0;
    end else begin
      queue_ren_q  <= queue_ren_i;
    end
  end
  always_ff @(posedge clk_i) begin
    queue_addr_q  <= base_mem[queue_expert_i] + PtrW'(queue_place_i);
  end
  for (genvar r = 0; r < DrainRows; r++) begin : gen_staged
    logic              staged_ren_q;
    logic [IndexW+3:0] staged_addr_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        staged_ren_q <= 1'b0;
      end else begin
        staged_ren_q <= staged_ren_i[r];
      end
    end
    always_ff @(posedge clk_i) begin
      staged_addr_q <= {staged_slot_i, staged_lane_i[r*IndexW +: IndexW]};
    end
    edgemoe_lane_ram #(.Lanes(1), .Width(17), .Depth(16 * TokenLanes)) u_scales (
      .clk_i, .rst_ni, .wlanes_i(valid_q[4] && first_s5), .waddr_i({slot_s5, lane_s5}),
      .wdata_i(scale), .ren_i(staged_ren_q), .raddr_i(staged_addr_q),
      .rdata_o(staged_scale_o[r*17 +: 17])
    );
  end
  edgemoe_ram_sdp #(.Width(RowW + 17), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni, .wen_i(valid_q[1] && first_s2), .wstrobe_i(1'b1), .waddr_i(ptr_s2),
    .wdata_i({que_row_i, que_score_i}), .ren_i(queue_ren_q), .raddr_i(queue_addr_q),
    .rdata_o({queue_row_o, queue_score_o})
  );

  `EDGEMOE_ASSERT(JobsAreApart, !start_i || !on_q || (last && left_q == LaneW'(1)))

  logic unused_bits;
  assign unused_bits = ^{valid_q[5], word_s5, slot_s2, lane_s2, half_s2};

endmodule
