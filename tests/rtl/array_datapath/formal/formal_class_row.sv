// SPDX-License-Identifier: Apache-2.0
// A class row takes exactly as many places as it has words, one after another from the pulse on,
// and names its words in order; another one may follow at once.
module formal_class_row #(
  parameter int unsigned RowW  = 3,
  parameter int unsigned WordW = 3
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             start_i,
  input logic [2:0]       ctx_i,
  input logic [RowW-1:0]  row_i,
  input logic [WordW-1:0] words_i
);
  // Every proof starts in reset; afterwards reset is free.
  logic started_q;
  initial started_q = 1'b0;
  always @(posedge clk_i) started_q <= 1'b1;
  always @* if (!started_q) assume (!rst_ni);

  logic             valid;
  logic [2:0]       ctx;
  logic [RowW-1:0]  row;
  logic [WordW-1:0] word;
  edgemoe_class_row #(.RowW(RowW), .WordW(WordW)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(start_i), .ctx_i(ctx_i), .row_i(row_i),
    .words_i(words_i), .valid_o(valid), .ctx_o(ctx), .row_o(row), .word_o(word)
  );

  // What is left of the row, counted down from its pulse.
  logic [WordW-1:0] left_q, words_q;
  logic [RowW-1:0]  row_q;
  logic [2:0]       ctx_q;
  always @* assume (!start_i || (words_i != '0 && left_q == '0));
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
    end else begin
      if (start_i) left_q <= words_i - 1'b1;
      else if (left_q != '0) left_q <= left_q - 1'b1;
    end
  end
  always @(posedge clk_i) begin
    if (start_i) begin
      words_q <= words_i;
      row_q   <= row_i;
      ctx_q   <= ctx_i;
    end
  end

  always @(posedge clk_i) if (rst_ni) begin
    takes_its_places : assert (valid == (start_i || left_q != '0));
    begins_with_word_0 : assert (!start_i || (word == '0 && row == row_i && ctx == ctx_i));
    names_words_in_order : assert (left_q == '0 || (word == words_q - left_q && row == row_q &&
                                                    ctx == ctx_q));
  end
endmodule
