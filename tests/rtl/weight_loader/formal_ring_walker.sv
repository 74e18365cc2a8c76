// SPDX-License-Identifier: Apache-2.0
// Everything is free but what the handshake forbids; the properties stand in
// edgemoe_ring_walker.sv.
module formal_ring_walker #(
  parameter int unsigned Segments = 2,
  parameter int unsigned RowW = 3
) (
  input logic                          clk_i,
  input logic                          rst_ni,
  input logic                          open_i,
  input logic [RowW-1:0]               rows_i,
  input logic [1:0]                    consume_i,
  input logic [2*$clog2(Segments)-1:0] consume_segment_i,
  input logic [2*RowW-1:0]             consume_rows_i,
  input logic                          all_i
);
  // Every proof starts in reset; afterwards reset is free.
  logic started_q;
  initial started_q = 1'b0;
  always @(posedge clk_i) started_q <= 1'b1;
  always @* if (!started_q) assume (!rst_ni);

  logic ready, head;
  logic [$clog2(Segments)-1:0] number, head_number;
  logic [RowW-1:0] freed;

  edgemoe_ring_walker #(.Segments(Segments), .RowW(RowW), .Consumers(2)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .open_valid_i(open_i), .open_ready_o(ready),
    .open_rows_i(rows_i), .open_segment_o(number), .consume_valid_i(consume_i),
    .consume_segment_i(consume_segment_i), .consume_rows_i(consume_rows_i), .head_valid_o(head),
    .head_segment_o(head_number), .all_i(all_i), .free_o(freed)
  );

  always @* assume (!open_i || rows_i != '0);
  always @* assume (!all_i || head);
  // Nothing is freed while nothing is consumed and nothing waits: seen from outside.
  logic idle_q;
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) idle_q <= 1'b1;
    else idle_q <= idle_q && consume_i == '0 && !all_i;
  end
  always @(posedge clk_i) if (rst_ni) begin
    frees_nothing_by_itself : assert (!idle_q || consume_i != '0 || all_i || freed == '0);
  end
endmodule
