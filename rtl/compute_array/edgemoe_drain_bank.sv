// SPDX-License-Identifier: Apache-2.0
// edgemoe_drain_bank: a finished block of sums, handed on a few tokens a cycle.
//
// Interface  in: load_i with a whole block. out: valid_o with PerCycle tokens' sums, token 0 first,
//            index_o the first of them, tag_o the block's tag.
// Handshake  valid only. The next block may be loaded in the cycle of the last row of this one or
//            later (asserted): blocks are Tokens / PerCycle cycles apart.
// Latency    1 cycle from load_i to the first row; then a row every cycle.
// Reset      clears the count of rows left; data needs none.
// Parameters Tokens a multiple of PerCycle; RowWidth bits a token; TagWidth >= 1.
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

  // rows
  output logic                         valid_o,
  output logic                         last_o,
  output logic [IndexWidth-1:0]        index_o,
  output logic [TagWidth-1:0]          tag_o,
  output logic [PerCycle*RowWidth-1:0] row_o
);

  localparam int unsigned Rows      = Tokens / PerCycle;
  localparam int unsigned LeftWidth = $clog2(Rows + 1);

  `EDGEMOE_PARAMETER_CHECK(TokensAreWholeRows, Tokens % PerCycle == 0 && Rows >= 1)

  logic [Tokens*RowWidth-1:0] sum_d, sum_q;
  logic [TagWidth-1:0]        tag_d, tag_q;
  logic [IndexWidth-1:0]      index_d, index_q;
  logic [LeftWidth-1:0]       left_d, left_q;

  always_comb begin
    sum_d   = sum_q;
    tag_d   = tag_q;
    index_d = index_q;
    left_d  = left_q;
    if (load_i) begin
      sum_d   = sum_i;
      tag_d   = tag_i;
      index_d = '0;
      left_d  = LeftWidth'(Rows);
    end else if (left_q != '0) begin
      sum_d   = sum_q >> (PerCycle * RowWidth);
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
    sum_q   <= sum_d;
    tag_q   <= tag_d;
    index_q <= index_d;
  end

  assign valid_o = left_q != '0;
  assign last_o  = left_q == LeftWidth'(1);
  assign index_o = index_q;
  assign tag_o   = tag_q;
  assign row_o   = sum_q[PerCycle*RowWidth-1:0];

  `EDGEMOE_ASSERT(BlockWasDrained, !load_i || left_q <= LeftWidth'(1))

endmodule
