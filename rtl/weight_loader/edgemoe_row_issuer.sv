// SPDX-License-Identifier: Apache-2.0
// Turns load jobs into one in-order stream of row requests, up to one a port and cycle.
//
// Why:       the memory is a pure function of request times; so the order and the cycle of every
//            request are fixed by rules that the cycle engine follows as well (sim/units, loader).
// Interface: a job is param_rows_i + tile_rows_i consecutive rows of 256 B from row number
//            job_row_i on: first those of the parameter ring, then those of the tile ring. Each
//            request carries the ring and the place in it that its row will have.
// Rules:     row i of the whole stream goes to port i mod Ports. In a cycle, rows are requested in
//            order while the row's port has not been used, port_free_i is set, and its ring has
//            a free row; the first row that lacks one ends the cycle. Rows of one job only.
// Handshake: a job is taken when the one before has no rows left after this cycle; its rows are
//            requested from the next cycle on. A job without rows is taken and leaves no trace.
//            Requests are not held: the receiver takes them (it had set port_free_i).
// Latency:   port_free_i and the credits act in the same cycle (they are registers of others).
// Reset:     no job; stream, ports and ring places start at 0.
// Parameters: Ports 1..8; ring capacities in rows, >= 2; RowAddrW bits of a row number.
// Verified:  tests/rtl/weight_loader, as part of the loader, against the rules above.
`include "edgemoe_assert.svh"

module edgemoe_row_issuer #(
  parameter int unsigned Ports = 3,
  parameter int unsigned TileRing = 6144,
  parameter int unsigned ParamRing = 512,
  parameter int unsigned RowAddrW = 40,
  localparam int unsigned TileW = $clog2(TileRing + 1),
  localparam int unsigned ParamW = $clog2(ParamRing + 1),
  localparam int unsigned SlotW = $clog2(TileRing > ParamRing ? TileRing : ParamRing),
  localparam int unsigned AmountW = $clog2(Ports + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // jobs
  input  logic                      job_valid_i,
  output logic                      job_ready_o,
  input  logic [RowAddrW-1:0]       job_row_i,
  input  logic [15:0]               job_param_rows_i,
  input  logic [31:0]               job_tile_rows_i,
  output logic                      busy_o,

  // credits, and what is taken of them in this cycle
  input  logic [TileW-1:0]          tile_available_i,
  input  logic [ParamW-1:0]         param_available_i,
  output logic [AmountW-1:0]        tile_taken_o,
  output logic [AmountW-1:0]        param_taken_o,

  // requests, by port
  input  logic [Ports-1:0]          port_free_i,
  output logic [Ports-1:0]          req_valid_o,
  output logic [Ports*RowAddrW-1:0] req_row_o,
  output logic [Ports-1:0]          req_param_o,
  output logic [Ports*SlotW-1:0]    req_slot_o
);

  `EDGEMOE_PARAMETER_CHECK(PortsInRange, Ports >= 1 && Ports <= 8)
  `EDGEMOE_PARAMETER_CHECK(RingsOfTwoRows, TileRing >= 2 && ParamRing >= 2)

  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;

  logic [RowAddrW-1:0] row_q, row_d, row;
  logic [15:0] params_q, params_d, params;
  logic [31:0] tiles_q, tiles_d, tiles;
  logic [PortW-1:0] port_q, port_d, port;
  logic [SlotW-1:0] tile_slot_q, tile_slot_d, param_slot_q, param_slot_d;
  logic going;

  assign busy_o = params_q != '0 || tiles_q != '0;

  // One step per port: row, params, tiles, ... are the state after the rows of this cycle so far.
  always_comb begin
    row = row_q;
    params = params_q;
    tiles = tiles_q;
    port = port_q;
    tile_slot_d = tile_slot_q;
    param_slot_d = param_slot_q;
    tile_taken_o = '0;
    param_taken_o = '0;
    req_valid_o = '0;
    req_row_o = '0;
    req_param_o = '0;
    req_slot_o = '0;
    going = 1'b1;
    for (int k = 0; k < Ports; k++) begin
      if (params != '0) begin
        going = going && port_free_i[port] && ParamW'(param_taken_o) < param_available_i;
      end else begin
        going = going && tiles != '0 && port_free_i[port] &&
                TileW'(tile_taken_o) < tile_available_i;
      end
      if (going) begin
        req_valid_o[port] = 1'b1;
        req_row_o[32'(port)*RowAddrW +: RowAddrW] = row;
        if (params != '0) begin
          req_param_o[port] = 1'b1;
          req_slot_o[32'(port)*SlotW +: SlotW] = param_slot_d;
          param_slot_d = (param_slot_d == SlotW'(ParamRing - 1)) ? '0 : param_slot_d + 1'b1;
          param_taken_o = param_taken_o + 1'b1;
          params = params - 1'b1;
        end else begin
          req_slot_o[32'(port)*SlotW +: SlotW] = tile_slot_d;
          tile_slot_d = (tile_slot_d == SlotW'(TileRing - 1)) ? '0 : tile_slot_d + 1'b1;
          tile_taken_o = tile_taken_o + 1'b1;
          tiles = tiles - 1'b1;
        end
        row = row + 1'b1;
        port = (port == PortW'(Ports - 1)) ? '0 : port + 1'b1;
      end
    end
    job_ready_o = params == '0 && tiles == '0;
    row_d = row;
    params_d = params;
    tiles_d = tiles;
    port_d = port;
    if (job_ready_o && job_valid_i) begin
      row_d = job_row_i;
      params_d = job_param_rows_i;
      tiles_d = job_tile_rows_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      params_q <= '0;
      tiles_q <= '0;
      port_q <= '0;
      tile_slot_q <= '0;
      param_slot_q <= '0;
    end else begin
      params_q <= params_d;
      tiles_q <= tiles_d;
      port_q <= port_d;
      tile_slot_q <= tile_slot_d;
      param_slot_q <= param_slot_d;
    end
  end

  always_ff @(posedge clk_i) begin
    row_q <= row_d;
  end

  // Assertions
  `EDGEMOE_ASSERT(OnlyFreePorts, (req_valid_o & ~port_free_i) == '0)
  `EDGEMOE_ASSERT(TilesWithinCredit, TileW'(tile_taken_o) <= tile_available_i)
  `EDGEMOE_ASSERT(ParamsWithinCredit, ParamW'(param_taken_o) <= param_available_i)

endmodule
