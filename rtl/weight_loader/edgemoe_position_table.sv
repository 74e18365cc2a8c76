// SPDX-License-Identifier: Apache-2.0
// Memory of the position table: rows of 256 B in order, read by quarters of 16 values.
//
// Interface: w*: the loader's write. ren_i, row_i, quarter_i: 16 values of 32 bit.
// Latency:   2 cycles from ren_i to rdata_o: memory, selection. A row written in cycle c is seen by
//            reads of c + 1 on.
// Reset:     none; contents undefined until written. Data stays until the next read gets there.
// Parameters: Rows of 256 B.
// Verified:  tests/rtl/weight_loader.

module edgemoe_position_table #(
  parameter int unsigned Rows = 388,
  localparam int unsigned SlotW = $clog2(Rows),
  localparam int unsigned RowW = edgemoe_pkg::RowW
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              wen_i,
  input  logic [SlotW-1:0]  wslot_i,
  input  logic [RowW-1:0]   wdata_i,
  input  logic              ren_i,
  input  logic [SlotW-1:0]  row_i,
  input  logic [1:0]        quarter_i,
  output logic [RowW/4-1:0] rdata_o
);

  logic ren_q;
  logic [1:0] quarter_q;
  logic [RowW-1:0] word;
  logic [RowW/4-1:0] out_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ren_q <= 1'b0;
    end else begin
      ren_q <= ren_i;
    end
  end
  always_ff @(posedge clk_i) begin
    quarter_q <= quarter_i;
    if (ren_q) out_q <= word[32'(quarter_q)*(RowW/4) +: RowW/4];
  end

  edgemoe_ram_sdp #(.Width(RowW), .Depth(Rows), .OutputReg(1'b0)) u_memory (
    .clk_i(clk_i), .rst_ni(rst_ni), .wen_i(wen_i), .wstrobe_i(1'b1), .waddr_i(wslot_i),
    .wdata_i(wdata_i), .ren_i(ren_i), .raddr_i(row_i), .rdata_o(word)
  );
  assign rdata_o = out_q;

endmodule
