// SPDX-License-Identifier: Apache-2.0
// edgemoe_class_row: takes places in the drain for the class row that EMBED copies from the
// position table.
//
// Interface  in: start_i with row and number of words. out: valid_o with word_o, one a cycle.
// Latency    from the cycle of start_i on: the places in the drain have been reserved.
// Handshake  one copy at a time (asserted).
// Reset      nothing to copy.
// Verified   tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_class_row #(
  parameter int unsigned RowW       = 9,
  parameter int unsigned WordW      = 6
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             start_i,
  input  logic [2:0]       ctx_i,
  input  logic [RowW-1:0]  row_i,
  input  logic [WordW-1:0] words_i,

  output logic             valid_o,
  output logic [2:0]       ctx_o,
  output logic [RowW-1:0]  row_o,
  output logic [WordW-1:0] word_o
);

  logic             copy_d, copy_q;
  logic [2:0]       ctx_q;
  logic [RowW-1:0]  row_q;
  logic [WordW-1:0] word_d, word_q, last_q;

  always_comb begin
    valid_o = start_i || copy_q;
    ctx_o   = copy_q ? ctx_q : ctx_i;
    row_o   = copy_q ? row_q : row_i;
    word_o  = copy_q ? word_q : '0;
    word_d  = word_o + WordW'(1);
    copy_d  = valid_o && word_d != (copy_q ? last_q : words_i);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      copy_q <= 1'b0;
    end else begin
      copy_q <= copy_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_o) word_q <= word_d;
    if (start_i) begin
      ctx_q  <= ctx_i;
      row_q  <= row_i;
      last_q <= words_i;
    end
  end

  `EDGEMOE_ASSERT(OneCopyAtATime, !start_i || !copy_q)
  `EDGEMOE_ASSERT(HasWords, !start_i || words_i != '0)

endmodule
