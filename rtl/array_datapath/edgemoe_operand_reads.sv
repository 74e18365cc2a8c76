// SPDX-License-Identifier: Apache-2.0
// edgemoe_operand_reads: a tile's addresses in the buffers of the datapath.
//
// Interface  in: a tile of edgemoe_array_control. out: one read enable for each buffer with its
//            address, two cycles later, so that data with a latency of 2 is there in cycle c + 4.
// Latency    2 cycles.
// Reset      clears the enables.
// Parameters those of edgemoe_array_datapath.sv; NormBeatWords words of 16 in a beat of norm_out;
//            AttentionBase: attention_out behind Q.
// Verified   tests/rtl/array_datapath.
module edgemoe_operand_reads #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned RowW          = 9,
  parameter int unsigned WordW         = 6,
  parameter int unsigned HidW          = 11,
  parameter int unsigned KeyW          = 4,
  parameter int unsigned SegIdW        = 1,
  parameter int unsigned NormBeatWords = 2,
  parameter int unsigned NormBeats     = 6,
  parameter int unsigned DimWords      = 12,
  parameter int unsigned HiddenHalf    = 816,
  parameter int unsigned KeyBlocks     = 9,
  parameter int unsigned ValueBase     = 216,
  parameter int unsigned AttentionBase = 408,
  parameter int unsigned NormAddrW     = 8,
  parameter int unsigned TokenAddrW    = 10,
  parameter int unsigned HiddenAddrW   = 11,
  parameter int unsigned StageAddrW    = 5,
  parameter int unsigned ExpAddrW      = 5,
  parameter int unsigned KvAddrW       = 9
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // tile
  input  logic                   valid_i,
  input  logic [2:0]             src_i,
  input  logic [RowW-1:0]        row_i,
  input  logic                   half_i,
  input  logic [HidW-1:0]        hid_i,
  input  logic [WordW-1:0]       k_i,
  input  logic [1:0]             wsrc_i,
  input  logic [SegIdW-1:0]      kv_seg_i,
  input  logic [KeyW-1:0]        kv_group_i,
  input  logic [WordW-1:0]       kv_word_i,

  // reads
  output logic                   z8_ren_o,
  output logic                   lo_ren_o,
  output logic                   token_ren_o,
  output logic                   hidden_ren_o,
  output logic                   staging_ren_o,
  output logic                   exp_ren_o,
  output logic                   kv_ren_o,
  output logic [NormAddrW-1:0]   norm_addr_o,
  output logic                   norm_word_o,
  output logic [TokenAddrW-1:0]  token_addr_o,
  output logic [HiddenAddrW-1:0] hidden_addr_o,
  output logic [StageAddrW-1:0]  staging_addr_o,
  output logic [ExpAddrW-1:0]    exp_addr_o,
  output logic [KvAddrW-1:0]     kv_addr_o
);

  localparam int unsigned LaneW  = $clog2(TokenLanes);
  localparam int unsigned GroupW = RowW > LaneW ? RowW - LaneW : 1;

  // The tile, and what its addresses are.
  logic              valid_q, half_q;
  logic [2:0]        src_q;
  logic [1:0]        wsrc_q;
  logic [GroupW-1:0] group_q;
  logic [HidW-1:0]   hid_q;
  logic [WordW-1:0]  k_q, kv_word_q;
  logic [SegIdW-1:0] kv_seg_q;
  logic [KeyW-1:0]   kv_group_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      src_q      <= src_i;
      half_q     <= half_i;
      wsrc_q     <= wsrc_i;
      group_q    <= row_i[RowW-1 -: GroupW];
      hid_q      <= hid_i;
      k_q        <= k_i;
      kv_seg_q   <= kv_seg_i;
      kv_group_q <= kv_group_i;
      kv_word_q  <= kv_word_i;
    end
  end

  // By a constant: additions, since a multiplication would be given a DSP.
  function automatic logic [15:0] times(input logic [15:0] x, input logic [15:0] constant);
    times = '0;
    for (int b = 0; b < 16; b++) begin
      if (constant[b]) times = times + (x << b);
    end
  endfunction

  logic [NormAddrW-1:0]   norm_d;
  logic [TokenAddrW-1:0]  token_d;
  logic [HiddenAddrW-1:0] hidden_d;
  logic [StageAddrW-1:0]  staging_d;
  logic [ExpAddrW-1:0]    exp_d;
  logic [KvAddrW-1:0]     kv_d;
  logic [15:0]            kv_block;
  always_comb begin
    norm_d    = NormAddrW'(times(16'(group_q), 16'(NormBeats))) +
                (NormBeatWords == 2 ? NormAddrW'(k_q[WordW-1:1]) : NormAddrW'(k_q));
    token_d   = TokenAddrW'(times(16'(group_q), 16'(DimWords))) + TokenAddrW'(k_q) +
                (src_q == 3'd3 ? TokenAddrW'(AttentionBase) : '0);
    hidden_d  = HiddenAddrW'(hid_q) + HiddenAddrW'(k_q) + (half_q ? HiddenAddrW'(HiddenHalf) : '0);
    staging_d = StageAddrW'(k_q) + (half_q ? StageAddrW'(DimWords) : '0);
    exp_d     = ExpAddrW'(k_q) + (half_q ? ExpAddrW'(KeyBlocks) : '0);
    kv_block  = times(16'(kv_seg_q), 16'(KeyBlocks)) + 16'(kv_group_q);
    kv_d      = KvAddrW'(times(kv_block, 16'(DimWords))) + KvAddrW'(kv_word_q) +
                (wsrc_q[1] ? KvAddrW'(ValueBase) : '0);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      z8_ren_o        <= 1'b0;
      lo_ren_o        <= 1'b0;
      token_ren_o     <= 1'b0;
      hidden_ren_o    <= 1'b0;
      staging_ren_o   <= 1'b0;
      exp_ren_o       <= 1'b0;
      kv_ren_o        <= 1'b0;
    end else begin
      z8_ren_o        <= valid_q && src_q == 3'd1;
      lo_ren_o        <= valid_q && src_q == 3'd2;
      token_ren_o     <= valid_q && (src_q == 3'd3 || src_q == 3'd6);
      hidden_ren_o    <= valid_q && src_q == 3'd4;
      staging_ren_o   <= valid_q && src_q == 3'd5;
      exp_ren_o       <= valid_q && src_q == 3'd7;
      kv_ren_o        <= valid_q && wsrc_q != 2'd0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_q) begin
      norm_addr_o    <= norm_d;
      norm_word_o    <= NormBeatWords == 2 && k_q[0];
      token_addr_o   <= token_d;
      hidden_addr_o  <= hidden_d;
      staging_addr_o <= staging_d;
      exp_addr_o     <= exp_d;
      kv_addr_o      <= kv_d;
    end
  end

  // Some bits are more than a small buffer needs.
  logic unused_bits;
  assign unused_bits = ^{row_i[LaneW-1:0], hid_q, k_q, kv_word_q, kv_seg_q, kv_group_q};

endmodule
