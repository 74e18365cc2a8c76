// SPDX-License-Identifier: Apache-2.0
// For any entry number n: the n-th entry pushed since the last clear is what reading n gives,
// however often it is read, and the length is the number of pushes. Entry n is read in every
// cycle, which is also what lets induction know the store.
module formal_expert_queue #(
  parameter int unsigned Depth = 4,
  parameter int unsigned Width = 3
) (
  input logic             clk_i,
  input logic             clear_i,
  input logic             push_i,
  input logic [Width-1:0] entry_i
);

  localparam int unsigned LengthWidth = $clog2(Depth + 1);
  localparam int unsigned IndexWidth  = $clog2(Depth);

  logic                   rst_n = 1'b0;
  (* anyconst *) logic [IndexWidth-1:0] n;
  logic [Width-1:0]       entry, nth;
  logic [LengthWidth-1:0] length, pushed = '0;
  logic                   asked = 1'b0;

  edgemoe_expert_queue #(
    .Depth(Depth), .Width(Width)
  ) u_queue (
    .clk_i, .rst_ni(rst_n), .clear_i, .push_i, .entry_i, .index_i(n), .entry_o(entry),
    .length_o(length)
  );

  // The caller's promise: no more pushes than rows.
  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    assume (!push_i || pushed != LengthWidth'(Depth));
    assume (32'(n) < Depth);
    asked <= 1'b0;
    if (rst_n) begin
      if (clear_i) begin
        pushed <= '0;
      end else if (push_i) begin
        pushed <= pushed + 1'b1;
        if (pushed == LengthWidth'(n)) nth <= entry_i;
      end
      asked <= !clear_i && pushed > LengthWidth'(n);
    end
  end

  always @(posedge clk_i) begin
    if (rst_n) begin
      counts : assert (length == pushed);
      bounded : assert (length <= LengthWidth'(Depth));
      if (asked) begin
        reads : assert (entry == nth);
      end
    end
  end

endmodule
