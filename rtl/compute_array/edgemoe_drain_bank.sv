// SPDX-License-Identifier: Apache-2.0
// edgemoe_drain_bank: a finished block of sums, handed on a few tokens a cycle.
//
// Interface  in: load_i with a whole block; hold_i: what is shown stays for another cycle. out:
//            valid_o with PerCycle tokens' sums, token 0 first, index_o the first of them, tag_o
//            the block's tag.
// Handshake  valid only. The next block may be loaded in the cycle of the last row of this one or
//            later (asserted): blocks are Tokens / PerCycle cycles apart, and held cycles more.
// Latency    1 cycle from load_i to the first row; then a row every cycle.
// Reset      clears the count of rows left; data needs none.
// Parameters Tokens / PerCycle a power of two; RowWidth bits a token; TagWidth >= 1.
// Verified   tests/rtl/compute_array.
`include "edgemoe_assert.svh"

module edgemoe_drain_bank #(
  parameter int unsigned Tokens   = 8,
  parameter int unsigned PerCycle = 1,
  parameter int unsigned RowWidth = 512,
  parameter int unsigned TagWidth = 1,
  localparam int unsigned IndexWidth = $clog2(Tokens)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // finished block
  input  logic                         load_i,
  input  logic [TagWidth-1:0]          tag_i,
  input  logic [Tokens*RowWidth-1:0]   sum_i,
  input  logic                         hold_i,

  // rows
  output logic                         valid_o,
  output logic                         last_o,
  output logic [IndexWidth-1:0]        index_o,
  output logic [TagWidth-1:0]          tag_o,
  output logic [PerCycle*RowWidth-1:0] row_o
);

  localparam int unsigned Rows      = Tokens / PerCycle;
  localparam int unsigned LeftWidth = $clog2(Rows + 1);

  `EDGEMOE_PARAMETER_CHECK(TokensAreWholeRows, Tokens % PerCycle == 0 && (Rows & (Rows - 1)) == 0)

  localparam int unsigned BeatWidth = PerCycle * RowWidth;

  // The row that is offered is a register of its own; the others stay where they are until their
  // turn. That takes a multiplexer a bit of a row instead of one a bit of the block.
  logic [BeatWidth-1:0]       row_d, row_q;
  logic [TagWidth-1:0]        tag_d, tag_q;
  logic [IndexWidth-1:0]      index_d, index_q;
  logic [LeftWidth-1:0]       left_d, left_q;

  if (Rows > 1) begin : gen_rest
    logic [Tokens*RowWidth-1:0] block, rest_q;
    always_ff @(posedge clk_i) begin
      if (load_i) rest_q <= sum_i;
    end
    // Row 0 is needed when the block arrives, never later.
    assign block = {rest_q[Tokens*RowWidth-1:BeatWidth], sum_i[BeatWidth-1:0]};
    localparam int unsigned RowsWidth = $clog2(Rows);
    logic [RowsWidth-1:0] next;
    assign next  = load_i ? '0 : RowsWidth'(Rows - 32'(left_q) + 1);
    edgemoe_select #(.Words(Rows), .Width(BeatWidth)) u_select (
      .data_i(block), .index_i(next), .word_o(row_d)
    );
    logic unused_row;
    assign unused_row = ^rest_q[BeatWidth-1:0];
  end else begin : gen_one
    assign row_d = sum_i;
  end

  always_comb begin
    tag_d   = tag_q;
    index_d = index_q;
    left_d  = left_q;
    if (load_i) begin
      tag_d   = tag_i;
      index_d = '0;
      left_d  = LeftWidth'(Rows);
    end else if (left_q != '0 && !hold_i) begin
      index_d = index_q + IndexWidth'(PerCycle);
      left_d  = left_q - LeftWidth'(1);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
    end else begin
      left_q <= left_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_i || (left_q != '0 && !hold_i)) row_q <= row_d;
    tag_q   <= tag_d;
    index_q <= index_d;
  end

  assign valid_o = left_q != '0;
  assign last_o  = left_q == LeftWidth'(1);
  assign index_o = index_q;
  assign tag_o   = tag_q;
  assign row_o   = row_q;

  `EDGEMOE_ASSERT(BlockWasDrained, !load_i || left_q == '0 || (left_q == LeftWidth'(1) && !hold_i))

endmodule
