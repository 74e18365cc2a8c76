// SPDX-License-Identifier: Apache-2.0
// The load stream: jobs in, rows of 256 B in rings and buffers out, over several AXI read ports.
//
// Interface: jobs as in edgemoe_row_issuer, one a matrix; for each a run as in edgemoe_row_events,
//            not later than its first request. Rows are written through one write port (wkind_o as
//            the issuer's kinds); tile_rows_o and param_rows_o count the rows of the rings that may
//            be read, in load order. free_tiles_i and free_params_i give places back, in load
//            order, that have been read for the last time. ready_*, ev_*: as in
//            edgemoe_row_collector.
// Handshake: a request is made only with a place in the ring and in the port's flight reserved, so
//            every response is accepted at once (rready_o is 1).
// Latency:   request (arvalid_o) in the cycle in which port and ring have room. Last beat on the
//            wires in cycle c - 1, all rows before complete: counted from c + RingWriteCycles on.
//            Places freed in cycle c can be requested for from c + RingCreditCycles on. A job taken
//            in cycle c makes its first request in c + 1.
// Reset:     rings empty, nothing in flight; the memory must be reset as well.
// Errors:    error_o goes and stays up at an AXI error response or a burst of a wrong length.
// Parameters: Ports 1..4 (a write slot comes within RingWriteCycles); Outstanding rows in flight a
//            port; ring capacities in rows; FreeW bits of the amounts freed in a cycle.
// Verified:  tests/rtl/weight_loader: cycle for cycle against the loader's rules on the DRAM model;
//            data, order, credits under stalls of every channel.
`include "edgemoe_assert.svh"

module edgemoe_weight_loader #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8,
  parameter int unsigned TileRing = 6144,
  parameter int unsigned ParamRing = edgemoe_pkg::ParameterRingRows,
  parameter int unsigned FreeW = 8,
  parameter int unsigned SlotW = 13,
  localparam int unsigned RowAddrW = 40
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // jobs
  input  logic                         job_valid_i,
  output logic                         job_ready_o,
  input  logic [1:0]                   job_kind_i,
  input  logic [RowAddrW-1:0]          job_row_i,
  input  logic [15:0]                  job_param_rows_i,
  input  logic [31:0]                  job_tile_rows_i,
  input  logic [7:0]                   job_band_rows_i,
  input  logic [15:0]                  job_plane_rows_i,
  input  logic                         go_i,
  input  logic                         drop_i,
  output logic                         busy_o,
  output logic                         error_o,

  // runs
  input  logic                         run_valid_i,
  output logic                         run_ready_o,
  input  logic [1:0]                   run_kind_i,
  input  logic [15:0]                  run_param_rows_i,
  input  logic [31:0]                  run_tile_rows_i,
  input  logic                         run_last_i,
  input  logic                         run_hold_i,
  input  logic                         run_marker_i,
  input  logic [15:0]                  run_id_i,
  input  logic [7:0]                   run_counter_i,
  input  logic                         run_signal_group_i,
  input  logic                         run_signal_end_i,
  input  logic [15:0]                  run_a_i,
  input  logic [15:0]                  run_b_i,

  // AXI read address, by port
  output logic [Ports-1:0]             arvalid_o,
  input  logic [Ports-1:0]             arready_i,
  output logic [Ports*48-1:0]          araddr_o,
  output logic [Ports*8-1:0]           arlen_o,
  output logic [Ports*3-1:0]           arsize_o,
  output logic [Ports*2-1:0]           arburst_o,

  // AXI read data, by port
  input  logic [Ports-1:0]             rvalid_i,
  output logic [Ports-1:0]             rready_o,
  input  logic [Ports*128-1:0]         rdata_i,
  input  logic [Ports*2-1:0]           rresp_i,
  input  logic [Ports-1:0]             rlast_i,

  // write port
  output logic                         wvalid_o,
  output logic [1:0]                   wkind_o,
  output logic [SlotW-1:0]             wslot_o,
  output logic [edgemoe_pkg::RowW-1:0] wdata_o,

  // rings
  input  logic [FreeW-1:0]             free_tiles_i,
  input  logic [FreeW-1:0]             free_params_i,
  output logic [31:0]                  tile_rows_o,
  output logic [31:0]                  param_rows_o,
  output logic [SlotW-1:0]             tile_slot_o,
  output logic [SlotW-1:0]             param_slot_o,

  // requests, for the trace; rows that become readable, and their events
  output logic [Ports-1:0]             req_valid_o,
  output logic [Ports-1:0]             ready_valid_o,
  output logic [Ports*16-1:0]          ready_id_o,
  output logic [Ports-1:0]             ev_valid_o,
  output logic [Ports-1:0]             ev_signal_o,
  output logic [Ports*8-1:0]           ev_counter_o,
  output logic [Ports*9-1:0]           ev_amount_o,
  output logic [Ports-1:0]             ev_done_o
);

  `EDGEMOE_PARAMETER_CHECK(PortsInRange, Ports >= 1 && Ports <= 4)

  localparam int unsigned RowW = edgemoe_pkg::RowW;
  localparam int unsigned TagW = SlotW + 2;
  localparam int unsigned DescW = 2 + 9 + 3 + 8 + 16;
  localparam int unsigned TakeW = $clog2(Ports + 1);
  localparam int unsigned AmountW = TakeW > FreeW ? TakeW : FreeW;
  localparam int unsigned TileW = $clog2(TileRing + 1);
  localparam int unsigned ParamW = $clog2(ParamRing + 1);

  logic [TakeW-1:0] tiles_taken, params_taken;
  logic [TileW-1:0] tiles_available;
  logic [ParamW-1:0] params_available;
  logic [FreeW-1:0] tiles_freed, params_freed;
  logic [Ports-1:0] port_free, req_valid, desc_valid, desc_ready, row_valid, row_taken, done;
  logic [Ports-1:0] port_error;
  logic [Ports*RowAddrW-1:0] req_row;
  logic [Ports*2-1:0] req_kind;
  logic [Ports*DescW-1:0] desc;
  logic [Ports*SlotW-1:0] req_slot;
  logic [Ports*RowW-1:0] row_data;
  logic [Ports*TagW-1:0] row_tag;

  assign error_o = |port_error;

  assign req_valid_o = req_valid;

  edgemoe_row_issuer #(
    .Ports(Ports), .TileRing(TileRing), .ParamRing(ParamRing), .SlotW(SlotW), .RowAddrW(RowAddrW)
  ) u_issuer (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .job_valid_i(job_valid_i), .job_ready_o(job_ready_o), .job_kind_i(job_kind_i),
    .job_row_i(job_row_i), .job_param_rows_i(job_param_rows_i), .job_tile_rows_i(job_tile_rows_i),
    .job_band_rows_i(job_band_rows_i), .job_plane_rows_i(job_plane_rows_i),
    .go_i(go_i), .drop_i(drop_i), .busy_o(busy_o),
    .tile_available_i(tiles_available), .param_available_i(params_available),
    .tile_taken_o(tiles_taken), .param_taken_o(params_taken),
    .tile_slot_o(tile_slot_o), .param_slot_o(param_slot_o),
    .port_free_i(port_free), .req_valid_o(req_valid), .req_row_o(req_row),
    .req_kind_o(req_kind), .req_slot_o(req_slot)
  );

  // The last of the RingCreditCycles is the credit counter itself.
  edgemoe_shift_register #(
    .Width(2 * FreeW), .Depth(edgemoe_pkg::RingCreditCycles - 1)
  ) u_freed (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i({free_params_i, free_tiles_i}),
    .data_o({params_freed, tiles_freed})
  );

  edgemoe_credit_counter #(.Capacity(TileRing), .AmountW(AmountW)) u_tile_credit (
    .clk_i(clk_i), .rst_ni(rst_ni), .take_i(AmountW'(tiles_taken)), .give_i(AmountW'(tiles_freed)),
    .available_o(tiles_available)
  );
  edgemoe_credit_counter #(.Capacity(ParamRing), .AmountW(AmountW)) u_param_credit (
    .clk_i(clk_i), .rst_ni(rst_ni), .take_i(AmountW'(params_taken)),
    .give_i(AmountW'(params_freed)), .available_o(params_available)
  );

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    edgemoe_axi_row_reader #(
      .Outstanding(Outstanding), .TagW(TagW), .RowAddrW(RowAddrW)
    ) u_reader (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .free_o(port_free[p]), .req_valid_i(req_valid[p]),
      .req_row_i(req_row[p*RowAddrW +: RowAddrW]),
      .req_tag_i({req_kind[p*2 +: 2], req_slot[p*SlotW +: SlotW]}),
      .arvalid_o(arvalid_o[p]), .arready_i(arready_i[p]), .araddr_o(araddr_o[p*48 +: 48]),
      .arlen_o(arlen_o[p*8 +: 8]), .arsize_o(arsize_o[p*3 +: 3]), .arburst_o(arburst_o[p*2 +: 2]),
      .rvalid_i(rvalid_i[p]), .rready_o(rready_o[p]), .rdata_i(rdata_i[p*128 +: 128]),
      .rresp_i(rresp_i[p*2 +: 2]), .rlast_i(rlast_i[p]),
      .row_valid_o(row_valid[p]), .row_taken_i(row_taken[p]), .row_data_o(row_data[p*RowW +: RowW]),
      .row_tag_o(row_tag[p*TagW +: TagW]), .done_o(done[p]), .error_o(port_error[p])
    );
  end

  edgemoe_ring_writer #(.Ports(Ports), .SlotW(SlotW)) u_writer (
    .clk_i(clk_i), .rst_ni(rst_ni), .row_valid_i(row_valid), .row_taken_o(row_taken),
    .row_data_i(row_data), .row_tag_i(row_tag),
    .wvalid_o(wvalid_o), .wkind_o(wkind_o), .wslot_o(wslot_o), .wdata_o(wdata_o)
  );

  edgemoe_row_events #(.Ports(Ports), .Outstanding(Outstanding)) u_events (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .run_valid_i(run_valid_i), .run_ready_o(run_ready_o), .run_kind_i(run_kind_i),
    .run_param_rows_i(run_param_rows_i), .run_tile_rows_i(run_tile_rows_i),
    .run_last_i(run_last_i), .run_hold_i(run_hold_i), .run_marker_i(run_marker_i),
    .run_id_i(run_id_i), .run_counter_i(run_counter_i), .run_signal_group_i(run_signal_group_i),
    .run_signal_end_i(run_signal_end_i), .run_a_i(run_a_i), .run_b_i(run_b_i),
    .desc_valid_o(desc_valid), .desc_ready_i(desc_ready), .desc_o(desc)
  );

  edgemoe_row_collector #(.Ports(Ports), .Outstanding(Outstanding)) u_collector (
    .clk_i(clk_i), .rst_ni(rst_ni), .done_i(done), .desc_valid_i(desc_valid),
    .desc_ready_o(desc_ready), .desc_i(desc), .tile_rows_o(tile_rows_o),
    .param_rows_o(param_rows_o), .ready_valid_o(ready_valid_o), .ready_id_o(ready_id_o),
    .ev_valid_o(ev_valid_o), .ev_signal_o(ev_signal_o), .ev_counter_o(ev_counter_o),
    .ev_amount_o(ev_amount_o), .ev_done_o(ev_done_o)
  );

endmodule
