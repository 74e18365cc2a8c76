// SPDX-License-Identifier: Apache-2.0
// Memory of the parameter ring, with a read port for the requantiser and one for the norm unit.
//
// Interface: w*: the loader's write. req_*: half a row, 16 channels of 8 B. norm_*: a row.
// Latency:   3 cycles from ren to data: memory, its output register, and one for the way.
//            A row written in cycle c is seen by reads of c + 1 on.
// Reset:     none; contents undefined until written. Data stays until the next read gets there.
// Parameters: Rows of 256 B. Two copies of the memory, so nobody waits.
// Verified:  tests/rtl/weight_loader.

module edgemoe_param_ring #(
  parameter int unsigned Rows = edgemoe_pkg::ParameterRingRows,
  localparam int unsigned SlotW = $clog2(Rows),
  localparam int unsigned RowW = edgemoe_pkg::RowW
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              wen_i,
  input  logic [SlotW-1:0]  wslot_i,
  input  logic [RowW-1:0]   wdata_i,
  input  logic              req_ren_i,
  input  logic [SlotW-1:0]  req_slot_i,
  input  logic              req_half_i,
  output logic [RowW/2-1:0] req_rdata_o,
  input  logic              norm_ren_i,
  input  logic [SlotW-1:0]  norm_slot_i,
  output logic [RowW-1:0]   norm_rdata_o
);

  logic [1:0] req_q, norm_q, half_q;
  logic [RowW-1:0] req_word, norm_word, norm_word_q;
  logic [RowW/2-1:0] req_word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_q <= '0;
      norm_q <= '0;
    end else begin
      req_q <= {req_q[0], req_ren_i};
      norm_q <= {norm_q[0], norm_ren_i};
    end
  end
  always_ff @(posedge clk_i) begin
    half_q <= {half_q[0], req_half_i};
    if (req_q[1]) req_word_q <= half_q[1] ? req_word[RowW-1:RowW/2] : req_word[RowW/2-1:0];
    if (norm_q[1]) norm_word_q <= norm_word;
  end

  edgemoe_ram_sdp #(.Width(RowW), .Depth(Rows)) u_requantiser (
    .clk_i(clk_i), .rst_ni(rst_ni), .wen_i(wen_i), .wstrobe_i(1'b1), .waddr_i(wslot_i),
    .wdata_i(wdata_i), .ren_i(req_ren_i), .raddr_i(req_slot_i), .rdata_o(req_word)
  );
  edgemoe_ram_sdp #(.Width(RowW), .Depth(Rows)) u_norm (
    .clk_i(clk_i), .rst_ni(rst_ni), .wen_i(wen_i), .wstrobe_i(1'b1), .waddr_i(wslot_i),
    .wdata_i(wdata_i), .ren_i(norm_ren_i), .raddr_i(norm_slot_i), .rdata_o(norm_word)
  );
  assign req_rdata_o = req_word_q;
  assign norm_rdata_o = norm_word_q;

endmodule
