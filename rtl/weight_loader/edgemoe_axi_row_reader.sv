// SPDX-License-Identifier: Apache-2.0
// AXI read master of one port and its two-row assembler: row requests in, whole rows out.
//
// Interface: a request is a row number and a tag, taken when given; free_o: one may be given.
//            A row is one burst of 16 beats of 128 bits, INCR, 256-B aligned (never crosses 4 KB).
//            Rows leave in request order with their tags; row_taken_i empties the holding register.
// Handshake: arvalid_o in the cycle of the request; if it is not taken, a FIFO keeps it in order.
//            rready_o is always 1: space was reserved before the request, and row_taken_i comes
//            within 15 cycles of row_valid_o (asserted), before the next row can be complete.
// Latency:   last beat on the wires in cycle c - 1: in cycle c the row is in the holding register
//            (row_valid_o), done_o is 1 for this cycle and the place in flight is free again.
// Reset:     nothing in flight; the memory must be reset as well.
// Errors:    error_o goes and stays up at a response other than OKAY or a burst of a wrong length.
// Parameters: Outstanding >= 1 rows in flight; TagW, RowAddrW bits.
// Verified:  tests/rtl/weight_loader, as part of the loader: stalls of AR, gaps in R, errors.
`include "edgemoe_assert.svh"

module edgemoe_axi_row_reader #(
  parameter int unsigned Outstanding = 8,
  parameter int unsigned TagW = 8,
  parameter int unsigned RowAddrW = 40,
  localparam int unsigned BeatW = 128,
  localparam int unsigned Beats = edgemoe_pkg::RowW / BeatW
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // requests
  output logic                         free_o,
  input  logic                         req_valid_i,
  input  logic [RowAddrW-1:0]          req_row_i,
  input  logic [TagW-1:0]              req_tag_i,

  // AXI read address
  output logic                         arvalid_o,
  input  logic                         arready_i,
  output logic [RowAddrW+7:0]          araddr_o,
  output logic [7:0]                   arlen_o,
  output logic [2:0]                   arsize_o,
  output logic [1:0]                   arburst_o,

  // AXI read data
  input  logic                         rvalid_i,
  output logic                         rready_o,
  input  logic [BeatW-1:0]             rdata_i,
  input  logic [1:0]                   rresp_i,
  input  logic                         rlast_i,

  // rows
  output logic                         row_valid_o,
  input  logic                         row_taken_i,
  output logic [edgemoe_pkg::RowW-1:0] row_data_o,
  output logic [TagW-1:0]              row_tag_o,
  output logic                         done_o,
  output logic                         error_o
);

  localparam int unsigned CreditW = $clog2(Outstanding + 1);
  localparam int unsigned BeatCountW = $clog2(Beats);
  localparam int unsigned HeldW = (Beats - 1) * BeatW;

  // Requests that the memory has not taken in their cycle.
  logic wait_valid, wait_ready, wait_write, wait_space;
  logic [RowAddrW-1:0] wait_row, ar_row;
  logic [CreditW-1:0] wait_level, tag_level, credit;

  assign wait_write = req_valid_i && (wait_valid || !arready_i);
  assign wait_ready = arready_i;
  assign arvalid_o = wait_valid || req_valid_i;
  assign ar_row = wait_valid ? wait_row : req_row_i;
  assign araddr_o = {ar_row, 8'h00};
  assign arlen_o = 8'(Beats - 1);
  assign arsize_o = 3'd4;
  assign arburst_o = 2'b01;

  edgemoe_fifo #(.Width(RowAddrW), .Depth(Outstanding)) u_waiting (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .wvalid_i(wait_write), .wready_o(wait_space), .wdata_i(req_row_i),
    .rvalid_o(wait_valid), .rready_i(wait_ready), .rdata_o(wait_row), .level_o(wait_level)
  );

  // Beats into rows.
  logic beat, last_beat, tag_valid, tag_space;
  logic [TagW-1:0] tag;
  logic [BeatCountW-1:0] beat_q, beat_d;
  logic [HeldW-1:0] beats_q, beats_d;
  logic [edgemoe_pkg::RowW-1:0] row_q, row_d;
  logic [TagW-1:0] row_tag_q, row_tag_d;
  logic row_valid_q, row_valid_d, done_q, error_q, error_d;

  assign rready_o = 1'b1;
  assign beat = rvalid_i;
  assign last_beat = beat && beat_q == BeatCountW'(Beats - 1);

  edgemoe_fifo #(.Width(TagW), .Depth(Outstanding)) u_tags (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .wvalid_i(req_valid_i), .wready_o(tag_space), .wdata_i(req_tag_i),
    .rvalid_o(tag_valid), .rready_i(last_beat), .rdata_o(tag), .level_o(tag_level)
  );

  edgemoe_credit_counter #(.Capacity(Outstanding), .AmountW(1)) u_credit (
    .clk_i(clk_i), .rst_ni(rst_ni), .take_i(req_valid_i), .give_i(last_beat), .available_o(credit)
  );
  assign free_o = credit != '0;

  always_comb begin
    beat_d = beat_q;
    beats_d = {rdata_i, beats_q[HeldW-1:BeatW]};
    row_d = {rdata_i, beats_q};
    row_tag_d = tag;
    row_valid_d = row_valid_q && !row_taken_i;
    error_d = error_q;
    if (beat) begin
      beat_d = beat_q + 1'b1;  // Beats is a power of two
      if (rresp_i != 2'b00 || rlast_i != last_beat) error_d = 1'b1;
    end
    if (last_beat) begin
      row_valid_d = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q <= '0;
      row_valid_q <= 1'b0;
      done_q <= 1'b0;
      error_q <= 1'b0;
    end else begin
      beat_q <= beat_d;
      row_valid_q <= row_valid_d;
      done_q <= last_beat;
      error_q <= error_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (beat) beats_q <= beats_d;
    if (last_beat) begin
      row_q <= row_d;
      row_tag_q <= row_tag_d;
    end
  end

  assign row_valid_o = row_valid_q;
  assign row_data_o = row_q;
  assign row_tag_o = row_tag_q;
  assign done_o = done_q;
  assign error_o = error_q;

  // Assertions
  `EDGEMOE_ASSERT(RequestOnlyWhenFree, !req_valid_i || free_o)
  `EDGEMOE_ASSERT(WaitingHasSpace, !wait_write || wait_space)
  `EDGEMOE_ASSERT(TagHasSpace, !req_valid_i || tag_space)
  `EDGEMOE_ASSERT(BeatsOnlyForRequests, !rvalid_i || tag_valid)
  `EDGEMOE_ASSERT(HoldingIsFree, !last_beat || !row_valid_q || row_taken_i)
  `EDGEMOE_ASSERT(InFlightIsTagged, 32'(tag_level) + 32'(credit) == Outstanding)
  `EDGEMOE_ASSERT(WaitingAreInFlight, wait_level <= tag_level)
  `EDGEMOE_ASSERT_HOLD(AddressHeld, arvalid_o, arready_i, araddr_o)

endmodule
