// SPDX-License-Identifier: Apache-2.0
// edgemoe_operand_path: the token buffers of the array and the way from a tile's issue to its
// ports.
//
// Interface  iss_*: a tile; ring_data_i, pix_data_i: what the memories outside answer. out: the
//            tile at the array's ports. Writes: norm_out from the norm unit, Q, attention_out, K, V
//            and hidden from the drain, staging from the gather unit, exponentials from the
//            softmax; *_pair_i: with the row of the lane behind (edgemoe_drain_path.sv). gat_*:
//            reads of one lane of z8, by the gather unit.
// Handshake  none. No tile reads z8 while rows are gathered (asserted).
// Latency    5 cycles from a tile to the array's ports. Writes are in memory at the end of their
//            cycle (K and V: one later).
// Reset      clears valid bits; buffers are undefined until written.
// Parameters those of edgemoe_array_datapath.sv, and sizes that follow from them.
// Verified   tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_operand_path #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned Segments    = 2,
  parameter int unsigned MaxDim      = 192,
  parameter int unsigned MaxHidden   = 768,
  parameter int unsigned NormLanes   = 32,
  parameter int unsigned RowW        = 9,
  parameter int unsigned WordW       = 6,
  parameter int unsigned HidW        = 11,
  parameter int unsigned KeyW        = 4,
  parameter int unsigned SegIdW      = 1,
  parameter int unsigned BeatW       = 3,
  parameter int unsigned DrainRows   = 1,
  localparam int unsigned IndexW        = $clog2(TokenLanes),
  localparam int unsigned Groups        = Segments * SegmentRows / TokenLanes,
  localparam int unsigned Beats         = (MaxDim + NormLanes - 1) / NormLanes,
  localparam int unsigned DimWords      = MaxDim / 16,
  localparam int unsigned NormBeatWords = NormLanes / 16,
  localparam int unsigned HiddenDepth   = Groups * (MaxHidden / 16),
  localparam int unsigned KeyBlocks     = (SegmentRows + 15) / 16,
  localparam int unsigned ValueBase     = Segments * KeyBlocks * DimWords,
  localparam int unsigned NormAddrW     = $clog2(Groups * Beats),
  localparam int unsigned TokenAddrW    = $clog2(2 * Groups * DimWords),
  localparam int unsigned HiddenAddrW   = $clog2(HiddenDepth),
  localparam int unsigned StageAddrW    = $clog2(2 * DimWords),
  localparam int unsigned ExpAddrW      = $clog2(2 * KeyBlocks),
  localparam int unsigned KvAddrW       = $clog2(2 * ValueBase),
  localparam int unsigned W             = TokenLanes * 128
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // tile
  input  logic                      iss_valid_i,
  input  logic                      iss_first_i,
  input  logic                      iss_last_i,
  input  logic                      iss_shift_i,
  input  logic                      iss_scores_i,
  input  logic [2:0]                iss_src_i,
  input  logic [RowW-1:0]           iss_row_i,
  input  logic                      iss_half_i,
  input  logic [HidW-1:0]           iss_hid_i,
  input  logic [WordW-1:0]          iss_k_i,
  input  logic [1:0]                iss_wsrc_i,
  input  logic [SegIdW-1:0]         iss_kv_seg_i,
  input  logic [KeyW-1:0]           iss_kv_group_i,
  input  logic [WordW-1:0]          iss_kv_word_i,
  input  logic [2047:0]             ring_data_i,
  input  logic [W-1:0]              pix_data_i,

  // norm_out
  input  logic                      nrm_valid_i,
  input  logic [RowW-1:0]           nrm_row_i,
  input  logic [BeatW-1:0]          nrm_beat_i,
  input  logic [NormLanes*8-1:0]    nrm_z8_i,
  input  logic [NormLanes*8-1:0]    nrm_lo_i,

  // rows of 16 int8 values; of hidden
  input  logic                      write_pair_i,
  input  logic                      query_wen_i,
  input  logic                      attention_wen_i,
  input  logic                      kv_wen_i,
  input  logic                      kv_value_i,
  input  logic [IndexW-1:0]         write_lane_i,
  input  logic [TokenAddrW-1:0]     write_addr_i,
  input  logic [KvAddrW-1:0]        kv_addr_i,
  input  logic [3:0]                write_key_i,
  input  logic [DrainRows*128-1:0]  write_data_i,
  input  logic                      hidden_wen_i,
  input  logic                      hidden_pair_i,
  input  logic [IndexW-1:0]         hidden_lane_i,
  input  logic [HiddenAddrW-1:0]    hidden_addr_i,
  input  logic [DrainRows*128-1:0]  hidden_data_i,

  // gather
  input  logic [TokenLanes-1:0]     gat_lanes_i,
  input  logic [NormAddrW-1:0]      gat_addr_i,
  input  logic                      gat_word_i,
  output logic [W-1:0]              z8_o,
  input  logic [TokenLanes-1:0]     stage_lanes_i,
  input  logic [StageAddrW-1:0]     stage_addr_i,
  input  logic [127:0]              stage_data_i,

  // exponentials
  input  logic [TokenLanes-1:0]     exp_lanes_i,
  input  logic [ExpAddrW-1:0]       exp_addr_i,
  input  logic [W-1:0]              exp_data_i,

  // tile at the array
  output logic                      valid_o,
  output logic                      first_o,
  output logic                      shift_o,
  output logic                      last_o,
  output logic                      scores_o,
  output logic [TokenLanes*144-1:0] operand_o,
  output logic [2047:0]             weight_o
);

  function automatic logic [15:0] times(input logic [15:0] x, input logic [15:0] constant);
    times = '0;
    for (int b = 0; b < 16; b++) begin
      if (constant[b]) times = times + (x << b);
    end
  endfunction

  // Reads.
  logic z8_ren, lo_ren, token_ren, hidden_ren, staging_ren, exp_ren, kv_ren;
  logic [NormAddrW-1:0]   norm_addr;
  logic                   norm_word;
  logic [TokenAddrW-1:0]  token_addr;
  logic [HiddenAddrW-1:0] hidden_addr;
  logic [StageAddrW-1:0]  staging_addr;
  logic [ExpAddrW-1:0]    exp_addr;
  logic [KvAddrW-1:0]     kv_addr;
  edgemoe_operand_reads #(
    .TokenLanes(TokenLanes), .RowW(RowW), .WordW(WordW), .HidW(HidW), .KeyW(KeyW),
    .SegIdW(SegIdW), .NormBeatWords(NormBeatWords), .NormBeats(Beats), .DimWords(DimWords),
    .HiddenHalf(HiddenDepth / 2), .KeyBlocks(KeyBlocks), .ValueBase(ValueBase),
    .AttentionBase(Groups * DimWords), .NormAddrW(NormAddrW), .TokenAddrW(TokenAddrW),
    .HiddenAddrW(HiddenAddrW), .StageAddrW(StageAddrW), .ExpAddrW(ExpAddrW), .KvAddrW(KvAddrW)
  ) u_reads (
    .clk_i, .rst_ni, .valid_i(iss_valid_i), .src_i(iss_src_i), .row_i(iss_row_i),
    .half_i(iss_half_i), .hid_i(iss_hid_i), .k_i(iss_k_i), .wsrc_i(iss_wsrc_i),
    .kv_seg_i(iss_kv_seg_i), .kv_group_i(iss_kv_group_i), .kv_word_i(iss_kv_word_i),
    .z8_ren_o(z8_ren), .lo_ren_o(lo_ren), .token_ren_o(token_ren),
    .hidden_ren_o(hidden_ren), .staging_ren_o(staging_ren),
    .exp_ren_o(exp_ren), .kv_ren_o(kv_ren), .norm_addr_o(norm_addr), .norm_word_o(norm_word),
    .token_addr_o(token_addr), .hidden_addr_o(hidden_addr), .staging_addr_o(staging_addr),
    .exp_addr_o(exp_addr), .kv_addr_o(kv_addr)
  );

  // Buffers. norm_out is read by tiles and, while no tile reads it, by the gather unit.
  logic [TokenLanes-1:0] z8_lanes;
  logic [NormAddrW-1:0]  norm_waddr;
  logic [W-1:0]          lo, tokens, hidden, staging, exponentials;
  logic [2047:0]         kv;
  assign norm_waddr = NormAddrW'(times(16'(nrm_row_i[RowW-1:IndexW]), 16'(Beats))) +
                      NormAddrW'(nrm_beat_i);
  assign z8_lanes   = z8_ren ? {TokenLanes{1'b1}} : gat_lanes_i;
  edgemoe_norm_bank #(
    .TokenLanes(TokenLanes), .NormLanes(NormLanes), .Depth(Groups * Beats)
  ) u_z8 (
    .clk_i, .rst_ni, .wen_i(nrm_valid_i), .wlane_i(nrm_row_i[IndexW-1:0]), .waddr_i(norm_waddr),
    .wdata_i(nrm_z8_i), .rlanes_i(z8_lanes), .raddr_i(z8_ren ? norm_addr : gat_addr_i),
    .word_i(z8_ren ? norm_word : gat_word_i), .rdata_o(z8_o)
  );
  edgemoe_norm_bank #(
    .TokenLanes(TokenLanes), .NormLanes(NormLanes), .Depth(Groups * Beats)
  ) u_lo (
    .clk_i, .rst_ni, .wen_i(nrm_valid_i), .wlane_i(nrm_row_i[IndexW-1:0]), .waddr_i(norm_waddr),
    .wdata_i(nrm_lo_i), .rlanes_i({TokenLanes{lo_ren}}), .raddr_i(norm_addr),
    .word_i(norm_word), .rdata_o(lo)
  );
  // Q and attention_out: the drain writes one of them in a cycle, and a tile reads one.
  edgemoe_token_bank #(
    .TokenLanes(TokenLanes), .Depth(2 * Groups * DimWords), .WriteRows(DrainRows)
  ) u_tokens (
    .clk_i, .rst_ni, .wen_i(query_wen_i || attention_wen_i), .wpair_i(write_pair_i),
    .wlane_i(write_lane_i), .waddr_i(write_addr_i), .wdata_i(write_data_i), .ren_i(token_ren),
    .raddr_i(token_addr), .rdata_o(tokens)
  );
  // 1,024 x 126 bits fill halves of block RAMs; with 16 lanes, the other 2 would take 8 blocks.
  localparam int unsigned HiddenSpill =
      TokenLanes == 16 && HiddenDepth > 512 && HiddenDepth <= 1024 ? 2 : 0;
  edgemoe_token_bank #(
    .TokenLanes(TokenLanes), .Depth(HiddenDepth), .WriteRows(DrainRows), .Spill(HiddenSpill)
  ) u_hidden (
    .clk_i, .rst_ni, .wen_i(hidden_wen_i), .wpair_i(hidden_pair_i), .wlane_i(hidden_lane_i),
    .waddr_i(hidden_addr_i), .wdata_i(hidden_data_i), .ren_i(hidden_ren), .raddr_i(hidden_addr),
    .rdata_o(hidden)
  );
  edgemoe_kv_store #(.Depth(2 * ValueBase), .WriteRows(DrainRows)) u_kv (
    .clk_i, .rst_ni, .wen_i(kv_wen_i), .value_i(kv_value_i), .pair_i(write_pair_i),
    .key_i(write_key_i), .waddr_i(kv_addr_i), .wdata_i(write_data_i), .ren_i(kv_ren),
    .raddr_i(kv_addr), .rdata_o(kv)
  );
  edgemoe_lane_ram #(.Lanes(TokenLanes), .Width(128), .Depth(2 * DimWords)) u_staging (
    .clk_i, .rst_ni, .wlanes_i(stage_lanes_i), .waddr_i(stage_addr_i),
    .wdata_i({TokenLanes{stage_data_i}}), .ren_i(staging_ren), .raddr_i(staging_addr),
    .rdata_o(staging)
  );
  edgemoe_lane_ram #(.Lanes(TokenLanes), .Width(128), .Depth(2 * KeyBlocks)) u_exponentials (
    .clk_i, .rst_ni, .wlanes_i(exp_lanes_i), .waddr_i(exp_addr_i), .wdata_i(exp_data_i),
    .ren_i(exp_ren), .raddr_i(exp_addr), .rdata_o(exponentials)
  );

  // Four cycles later: the source, and what goes beside the tile.
  logic [3:0] valid_q, flags_q;
  logic [7:0] ctl_s4;
  edgemoe_delay #(.Width(8), .Depth(4)) u_tile (
    .clk_i,
    .data_i({iss_first_i, iss_shift_i, iss_last_i, iss_scores_i, iss_src_i, iss_wsrc_i != 2'd0}),
    .data_o(ctl_s4)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[2:0], iss_valid_i};
    end
  end
  always_ff @(posedge clk_i) flags_q <= ctl_s4[7:4];
  assign {first_o, shift_o, last_o, scores_o} = flags_q;
  edgemoe_operand_mux #(.TokenLanes(TokenLanes)) u_mux (
    .clk_i, .rst_ni, .valid_i(valid_q[3]), .src_i(ctl_s4[3:1]), .weight_kv_i(ctl_s4[0]),
    .pixels_i(pix_data_i), .z8_i(z8_o), .lo_i(lo), .attention_i(tokens), .hidden_i(hidden),
    .staging_i(staging), .query_i(tokens), .exp_i(exponentials), .ring_i(ring_data_i), .kv_i(kv),
    .valid_o, .operand_o, .weight_o
  );

  `EDGEMOE_ASSERT(GatherHasTheBank, !z8_ren || gat_lanes_i == '0)

endmodule
