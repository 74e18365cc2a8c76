// SPDX-License-Identifier: Apache-2.0
// Writes the rows of all ports into rings and buffers, one a cycle, in fixed slots of time.
//
// Why:       a block RAM has one write address; and fixed slots keep the cycle of a write from
//            depending on what other ports do, so that a constant covers it (RingWriteCycles).
// Interface: in the slot of port p, every Ports cycles, its row is taken if there is one.
// Handshake: a row waits Ports - 1 cycles at most; a port delivers one in 16 cycles at most.
// Latency:   row_taken_o in cycle c: wvalid_o, with kind, place and data, in cycle c + 1.
// Reset:     slot of port 0; no write.
// Parameters: Ports 1..8; SlotW bits of a place in a ring or buffer.
// Verified:  tests/rtl/weight_loader, as part of the loader.

module edgemoe_ring_writer #(
  parameter int unsigned Ports = 3,
  parameter int unsigned SlotW = 13
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // rows, by port; a tag is {kind, place}, kinds as in edgemoe_row_issuer
  input  logic [Ports-1:0]                   row_valid_i,
  output logic [Ports-1:0]                   row_taken_o,
  input  logic [Ports*edgemoe_pkg::RowW-1:0] row_data_i,
  input  logic [Ports*(SlotW+2)-1:0]         row_tag_i,

  // write port
  output logic                               wvalid_o,
  output logic [1:0]                         wkind_o,
  output logic [SlotW-1:0]                   wslot_o,
  output logic [edgemoe_pkg::RowW-1:0]       wdata_o
);

  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned TagW = SlotW + 2;

  logic [PortW-1:0] turn_q, turn_d;
  logic valid_q, valid_d;
  logic [TagW-1:0] tag_q, tag_d;
  logic [edgemoe_pkg::RowW-1:0] data_q, data_d;

  assign valid_d = row_valid_i[turn_q];
  assign tag_d = row_tag_i[32'(turn_q)*TagW +: TagW];
  assign data_d = row_data_i[32'(turn_q)*edgemoe_pkg::RowW +: edgemoe_pkg::RowW];
  assign turn_d = (turn_q == PortW'(Ports - 1)) ? '0 : turn_q + 1'b1;

  always_comb begin
    row_taken_o = '0;
    row_taken_o[turn_q] = valid_d;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= '0;
      valid_q <= 1'b0;
    end else begin
      turn_q <= turn_d;
      valid_q <= valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_d) tag_q <= tag_d;
    if (valid_d) data_q <= data_d;
  end

  assign wvalid_o = valid_q;
  assign wkind_o = tag_q[SlotW +: 2];
  assign wslot_o = tag_q[SlotW-1:0];
  assign wdata_o = data_q;

endmodule
