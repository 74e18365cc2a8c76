// SPDX-License-Identifier: Apache-2.0
// edgemoe_drain_target: where a row of results goes, beside its way through requantiser and GELU.
//
// Interface  in: the row in the cycle in which its sums are at the requantiser (stage 0). out:
//            reads of residual or position table at stage 10, so that they are there at stage 12;
//            writes at stage 13 (residual, Q, attention_out, K and V) and 19 (hidden), one at most
//            each. dim_words_i answers dim_ctx_o in the same cycle. pair_i, *_pair_o: the row
//            behind, in the lane behind, goes with it to the same address.
// Reset      clears valid bits.
// Numbers    position table: value d of token t is number t * D + d, 64 in a row of 256 B.
// Parameters those of edgemoe_array_datapath.sv; KeyBlocks of a segment, ValueBase: V behind K;
//            AttentionBase: attention_out behind Q.
// Verified   tests/rtl/array_datapath.
module edgemoe_drain_target #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned RowW        = 9,
  parameter int unsigned WordW       = 6,
  parameter int unsigned HidW        = 11,
  parameter int unsigned SegIdW      = 1,
  parameter int unsigned PosW        = 9,
  parameter int unsigned DimWords    = 12,
  parameter int unsigned HiddenHalf  = 816,
  parameter int unsigned KeyBlocks   = 9,
  parameter int unsigned ValueBase   = 216,
  parameter int unsigned AttentionBase = 408,
  parameter int unsigned TokenAddrW  = 10,
  parameter int unsigned HiddenAddrW = 11,
  parameter int unsigned KvAddrW     = 9,
  localparam int unsigned IndexW     = $clog2(TokenLanes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // row, stage 0
  input  logic                   valid_i,
  input  logic                   pair_i,
  input  logic [2:0]             dst_i,
  input  logic [2:0]             ctx_i,
  input  logic [RowW-1:0]        row_i,
  input  logic [IndexW-1:0]      lane_i,
  input  logic                   half_i,
  input  logic [HidW-1:0]        hid_i,
  input  logic [WordW-1:0]       word_i,
  input  logic [SegIdW-1:0]      seg_i,

  // constants of the command
  output logic [2:0]             dim_ctx_o,
  input  logic [WordW-1:0]       dim_words_i,
  output logic [2:0]             gelu_ctx_o,  // stage 12

  // reads, stage 10
  output logic                   res_ren_o,
  output logic                   read_pair_o,
  output logic                   pos_ren_o,
  output logic [RowW-1:0]        read_row_o,
  output logic [WordW-1:0]       read_word_o,
  output logic [PosW-1:0]        pos_row_o,
  output logic [1:0]             pos_quarter_o,
  output logic                   pos_x_o,     // stage 12: the row adds to the position table

  // writes, stage 13
  output logic                   res_wen_o,
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
  output logic [3:0]             write_key_o,
  output logic [TokenAddrW-1:0]  write_addr_o,
  output logic [KvAddrW-1:0]     kv_addr_o,

  // write, stage 19
  output logic                   hidden_wen_o,
  output logic                   hidden_pair_o,
  output logic [IndexW-1:0]      hidden_lane_o,
  output logic [HiddenAddrW-1:0] hidden_addr_o
);

  localparam int unsigned GroupW = RowW > IndexW ? RowW - IndexW : 1;
  localparam int unsigned PosIdW = PosW + 2;

  // Kinds of rows from stage 2 on: dst, with Q, K and V apart.
  localparam logic [2:0] KindResidual  = 3'd0;
  localparam logic [2:0] KindEmbed     = 3'd1;
  localparam logic [2:0] KindQuery     = 3'd2;
  localparam logic [2:0] KindAttention = 3'd3;
  localparam logic [2:0] KindHidden    = 3'd4;
  localparam logic [2:0] KindKey       = 3'd5;
  localparam logic [2:0] KindValue     = 3'd6;

  function automatic logic [15:0] times(input logic [15:0] x, input logic [15:0] factor);
    times = '0;
    for (int b = 0; b < 16; b++) begin
      if (factor[b]) times = times + (x << b);
    end
  endfunction

  // Stage 1: kind, and the products of the addresses.
  logic [2:0]        dst_q, ctx_q;
  logic [RowW-1:0]   row_q;
  logic [IndexW-1:0] lane_q;
  logic              half_q, pair_q;
  logic [HidW-1:0]   hid_q;
  logic [WordW-1:0]  word_q;
  logic [SegIdW-1:0] seg_q;
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      pair_q <= pair_i;
      dst_q  <= dst_i;
      ctx_q  <= ctx_i;
      row_q  <= row_i;
      lane_q <= lane_i;
      half_q <= half_i;
      hid_q  <= hid_i;
      word_q <= word_i;
      seg_q  <= seg_i;
    end
  end
  assign dim_ctx_o = ctx_q;

  logic [2:0]         kind_d, kind_q, ctx_q2;
  logic [15:0]        key_row, key_row_q2, key_block;
  logic [WordW-1:0]   place_d, place_q, word_q2;
  logic [TokenAddrW-1:0] group_d, group_q;
  logic [PosIdW-1:0]  position_d, position_q;
  logic [HiddenAddrW-1:0] hidden_d, hidden_q;
  logic [RowW-1:0]    row_q2;
  logic [IndexW-1:0]  lane_q2;
  logic               half_q2, pair_q2;
  logic [SegIdW-1:0]  seg_q2;
  always_comb begin
    kind_d  = dst_q;
    place_d = word_q;
    if (dst_q == KindQuery && word_q >= dim_words_i) begin
      kind_d  = KindKey;
      place_d = word_q - dim_words_i;
      if (place_d >= dim_words_i) begin
        kind_d  = KindValue;
        place_d = place_d - dim_words_i;
      end
    end
    key_row    = 16'(row_q) - times(16'(seg_q), 16'(SegmentRows));
    group_d    = TokenAddrW'(times(16'(row_q[RowW-1 -: GroupW]), 16'(DimWords)));
    position_d = PosIdW'(times(16'(row_q), 16'(dim_words_i)));
    hidden_d   = HiddenAddrW'(hid_q) + HiddenAddrW'(word_q) +
                 (half_q ? HiddenAddrW'(HiddenHalf) : '0);
  end
  always_ff @(posedge clk_i) begin
    kind_q     <= kind_d;
    pair_q2    <= pair_q;
    ctx_q2     <= ctx_q;
    place_q    <= place_d;
    group_q    <= group_d;
    position_q <= position_d;
    hidden_q   <= hidden_d;
    row_q2     <= row_q;
    word_q2    <= word_q;
    lane_q2    <= lane_q;
    half_q2    <= half_q;
    seg_q2     <= seg_q;
    key_row_q2 <= key_row;
  end

  // Stage 2: addresses of rows; the tile of a key takes a stage more. Then delays, as needed.
  logic [PosIdW-1:0]     position;
  logic [TokenAddrW-1:0] token_addr;
  logic [KvAddrW-1:0]    kv_addr_d, kv_addr_q3;
  assign position   = position_q + PosIdW'(word_q2);
  assign token_addr = group_q + TokenAddrW'(place_q) +
                      (kind_q == KindAttention ? TokenAddrW'(AttentionBase) : '0);
  always_comb begin
    key_block = times(16'(seg_q2), 16'(KeyBlocks)) + (key_row_q2 >> 4);
    kv_addr_d = KvAddrW'(times(key_block, 16'(DimWords))) + KvAddrW'(place_q) +
                (kind_q == KindValue ? KvAddrW'(ValueBase) : '0);
  end
  always_ff @(posedge clk_i) kv_addr_q3 <= kv_addr_d;

  localparam int unsigned PlaceW = RowW + WordW;
  localparam int unsigned WriteW = 1 + IndexW + 4 + TokenAddrW;

  logic [12:0]       valid_q;
  logic [6:0]        kind_s10, kind_s12, kind_s13;
  logic              hidden_s13;
  logic [5:0]        hidden_q13;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q    <= '0;
      hidden_q13 <= '0;
    end else begin
      valid_q    <= {valid_q[11:0], valid_i};
      hidden_q13 <= {hidden_q13[4:0], hidden_s13};
    end
  end
  edgemoe_delay #(.Width(7), .Depth(8)) u_kind10 (
    .clk_i, .data_i({pair_q2, kind_q, ctx_q2}), .data_o(kind_s10)
  );
  edgemoe_delay #(.Width(7), .Depth(2)) u_kind12 (.clk_i, .data_i(kind_s10), .data_o(kind_s12));
  edgemoe_delay #(.Width(7), .Depth(1)) u_kind13 (.clk_i, .data_i(kind_s12), .data_o(kind_s13));
  edgemoe_delay #(.Width(PosIdW), .Depth(8)) u_position (
    .clk_i, .data_i(position), .data_o({pos_row_o, pos_quarter_o})
  );
  edgemoe_delay #(.Width(PlaceW), .Depth(8)) u_read (
    .clk_i, .data_i({row_q2, word_q2}), .data_o({read_row_o, read_word_o})
  );
  edgemoe_delay #(.Width(PlaceW), .Depth(3)) u_place (
    .clk_i, .data_i({read_row_o, read_word_o}), .data_o({write_row_o, write_word_o})
  );
  edgemoe_delay #(.Width(WriteW), .Depth(11)) u_write (
    .clk_i,
    .data_i({half_q2, lane_q2, key_row_q2[3:0], token_addr}),
    .data_o({write_half_o, write_lane_o, write_key_o, write_addr_o})
  );
  edgemoe_delay #(.Width(KvAddrW), .Depth(10)) u_kv (
    .clk_i, .data_i(kv_addr_q3), .data_o(kv_addr_o)
  );
  edgemoe_delay #(.Width(HiddenAddrW), .Depth(17)) u_hidden (
    .clk_i, .data_i(hidden_q), .data_o(hidden_addr_o)
  );
  edgemoe_delay #(.Width(IndexW + 1), .Depth(6)) u_lane (
    .clk_i, .data_i({write_pair_o, write_lane_o}), .data_o({hidden_pair_o, hidden_lane_o})
  );

  logic [2:0] kind_now10, kind_now12, kind_now13;
  assign kind_now10 = kind_s10[5:3];
  assign kind_now12 = kind_s12[5:3];
  assign kind_now13 = kind_s13[5:3];

  assign res_ren_o       = valid_q[9] && kind_now10 == KindResidual;
  assign pos_ren_o       = valid_q[9] && kind_now10 == KindEmbed;
  assign pos_x_o         = kind_now12 == KindEmbed;
  assign gelu_ctx_o      = kind_s12[2:0];
  assign res_wen_o       = valid_q[12] && (kind_now13 == KindResidual || kind_now13 == KindEmbed);
  assign query_wen_o     = valid_q[12] && kind_now13 == KindQuery;
  assign attention_wen_o = valid_q[12] && kind_now13 == KindAttention;
  assign kv_wen_o        = valid_q[12] && (kind_now13 == KindKey || kind_now13 == KindValue);
  assign kv_value_o      = kind_now13 == KindValue;
  assign read_pair_o     = kind_s10[6];
  assign write_pair_o    = kind_s13[6];
  assign write_ctx_o     = kind_s13[2:0];
  assign hidden_s13      = valid_q[12] && kind_now13 == KindHidden;
  assign hidden_wen_o    = hidden_q13[5];

  // Some bits are more than a small buffer needs.
  logic unused_bits;
  assign unused_bits = ^{hid_q, place_q};

endmodule
