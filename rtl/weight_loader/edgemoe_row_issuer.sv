// SPDX-License-Identifier: Apache-2.0
// Turns load jobs into one in-order stream of row requests, up to one a port and cycle.
//
// Why:       the memory is a pure function of request times; so the order and the cycle of every
//            request are fixed by rules that the cycle engine follows as well (sim/units, loader).
// Interface: a job of the rings is param_rows_i + tile_rows_i consecutive rows of 256 B from row
//            number job_row_i on: first those of the parameter ring, then those of the tile ring.
//            A job of the position table is tile_rows_i consecutive rows; one of pixels as many, in
//            turns of job_band_rows_i rows of each of three planes, job_plane_rows_i apart. Each
//            request carries its kind and the place in ring or buffer that its row will have.
// Rules:     row i of the whole stream goes to port i mod Ports. In a cycle, rows are requested in
//            order while the row's port has not been used, port_free_i is set, and its ring has
//            a free row; the first row that lacks one ends the cycle. Rows of one job only.
// Handshake: a job is taken when the one before has no rows left after this cycle, or in the cycle
//            in which drop_i forgets it; its rows are requested from the next cycle on, in cycles
//            in which go_i is set. A job without rows is taken and leaves no trace. Requests are
//            not held: the receiver takes them (it had set port_free_i).
// Latency:   port_free_i, go_i and the credits act in the same cycle.
// Reset:     no job; stream, ports and ring places start at 0.
// Parameters: Ports 1..4; ring capacities in rows, >= 2; SlotW bits of any place; RowAddrW bits of
//             a
//            row number. Pixels: job_band_rows_i >= 2.
// Verified:  tests/rtl/weight_loader, as part of the loader, against the rules above.
`include "edgemoe_assert.svh"

module edgemoe_row_issuer #(
  parameter int unsigned Ports = 3,
  parameter int unsigned TileRing = 6144,
  parameter int unsigned ParamRing = 512,
  parameter int unsigned SlotW = 13,
  parameter int unsigned RowAddrW = 40,
  localparam int unsigned TileW = $clog2(TileRing + 1),
  localparam int unsigned ParamW = $clog2(ParamRing + 1),
  localparam int unsigned AmountW = $clog2(Ports + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // jobs; kind: 0 rings, 2 pixels, 3 position table
  input  logic                      job_valid_i,
  output logic                      job_ready_o,
  input  logic [1:0]                job_kind_i,
  input  logic [RowAddrW-1:0]       job_row_i,
  input  logic [15:0]               job_param_rows_i,
  input  logic [31:0]               job_tile_rows_i,
  input  logic [7:0]                job_band_rows_i,
  input  logic [15:0]               job_plane_rows_i,
  input  logic                      go_i,
  input  logic                      drop_i,
  output logic                      busy_o,

  // credits, and what is taken of them in this cycle
  input  logic [TileW-1:0]          tile_available_i,
  input  logic [ParamW-1:0]         param_available_i,
  output logic [AmountW-1:0]        tile_taken_o,
  output logic [AmountW-1:0]        param_taken_o,

  // places of the next rows of the rings
  output logic [SlotW-1:0]          tile_slot_o,
  output logic [SlotW-1:0]          param_slot_o,

  // requests, by port; kind 0 tile, 1 parameter, 2 pixels, 3 position table
  input  logic [Ports-1:0]          port_free_i,
  output logic [Ports-1:0]          req_valid_o,
  output logic [Ports*RowAddrW-1:0] req_row_o,
  output logic [Ports*2-1:0]        req_kind_o,
  output logic [Ports*SlotW-1:0]    req_slot_o
);

  `EDGEMOE_PARAMETER_CHECK(PortsInRange, Ports >= 1 && Ports <= 4)
  `EDGEMOE_PARAMETER_CHECK(RingsOfTwoRows, TileRing >= 2 && ParamRing >= 2)

  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  localparam logic [1:0] KindPixels = 2'd2;

  logic [RowAddrW-1:0] row_q, row_d, up_q, wrap_q;
  logic [15:0] params_q, params_d;
  logic [31:0] tiles_q, tiles_d;
  logic [1:0] kind_q, plane_q, plane_d;
  logic [8:0] band_rows_q, band_q, band_d;  // rows of a plane in a band; place among them
  logic [PortW-1:0] port_q, port_d;
  logic [SlotW-1:0] tile_slot_q, tile_slot_d, param_slot_q, param_slot_d, place_q, place_d;
  logic [AmountW-1:0] taken, params_taken;
  logic going, load;

  assign busy_o = params_q != '0 || tiles_q != '0;

  // What the rows after the first and second turn of the planes are further on.
  logic [RowAddrW-1:0] turn1, turn2;
  logic [1:0] plane1, plane2;
  logic [9:0] band_end1, band_end2;
  assign turn1 = plane_q == 2'd2 ? wrap_q : up_q;
  assign plane1 = plane_q == 2'd2 ? 2'd0 : plane_q + 2'd1;
  assign turn2 = turn1 + (plane1 == 2'd2 ? wrap_q : up_q);
  assign plane2 = plane1 == 2'd2 ? 2'd0 : plane1 + 2'd1;
  assign band_end1 = 10'(band_rows_q);
  assign band_end2 = {band_rows_q, 1'b0};

  // Row k of this cycle, as if the k before it were requested: where it comes from, where it goes.
  logic [Ports-1:0] row_param, row_fits;
  logic [Ports*PortW-1:0] row_port;
  logic [Ports*RowAddrW-1:0] row_address;
  logic [Ports*SlotW-1:0] row_slot;
  for (genvar k = 0; k < Ports; k++) begin : gen_row
    logic [1:0] earlier;  // tiles of this cycle before row k
    logic [RowAddrW-1:0] turn;
    logic [SlotW:0] first, slot, bound;
    logic [9:0] place;
    logic [PortW:0] port;
    assign port = (PortW + 1)'(port_q) + (PortW + 1)'(k);
    assign row_port[k*PortW +: PortW] =
        port >= (PortW + 1)'(Ports) ? PortW'(port - (PortW + 1)'(Ports)) : port[PortW-1:0];
    assign row_param[k] = 32'(params_q) > k;
    assign earlier = row_param[k] || params_q > 16'd3 ? 2'd0 : 2'(k) - params_q[1:0];
    assign row_fits[k] =
        row_param[k] ? 32'(param_available_i) > k
                     : tiles_q > 32'(earlier) &&
                           (kind_q[1] || 32'(tile_available_i) > 32'(earlier));
    assign place = 10'(band_q) + 10'(k);
    assign turn = kind_q != KindPixels || place < band_end1 ? '0
                  : (place < band_end2 ? turn1 : turn2);
    assign row_address[k*RowAddrW +: RowAddrW] = row_q + RowAddrW'(k) + turn;
    assign first = row_param[k] ? (SlotW + 1)'(param_slot_q) + (SlotW + 1)'(k)
                                : (SlotW + 1)'(tile_slot_q) + (SlotW + 1)'(earlier);
    assign bound = row_param[k] ? (SlotW + 1)'(ParamRing) : (SlotW + 1)'(TileRing);
    assign slot = kind_q[1] ? (SlotW + 1)'(place_q) + (SlotW + 1)'(k)
                            : (first >= bound ? first - bound : first);
    assign row_slot[k*SlotW +: SlotW] = slot[SlotW-1:0];
    logic unused_slot;
    assign unused_slot = slot[SlotW];
  end

  // As many as go; the chain is one bit a row.
  always_comb begin
    tile_taken_o = '0;
    param_taken_o = '0;
    req_valid_o = '0;
    req_row_o = '0;
    req_kind_o = '0;
    req_slot_o = '0;
    taken = '0;
    going = go_i;
    for (int k = 0; k < Ports; k++) begin
      going = going && row_fits[k] && port_free_i[row_port[k*PortW +: PortW]];
      if (going) begin
        taken = AmountW'(k + 1);
        if (row_param[k]) param_taken_o = AmountW'(k + 1);
        for (int p = 0; p < Ports; p++) begin
          if (row_port[k*PortW +: PortW] == PortW'(p)) begin
            req_valid_o[p] = 1'b1;
            req_row_o[p*RowAddrW +: RowAddrW] = row_address[k*RowAddrW +: RowAddrW];
            req_kind_o[p*2 +: 2] = kind_q[1] ? kind_q : {1'b0, row_param[k]};
            req_slot_o[p*SlotW +: SlotW] = row_slot[k*SlotW +: SlotW];
          end
        end
      end
    end
    if (!kind_q[1]) tile_taken_o = taken - param_taken_o;
  end
  assign params_taken = param_taken_o;

  // What is left, and where the next row goes.
  logic [31:0] rings_taken;
  logic [SlotW:0] tile_next, param_next;
  logic [PortW:0] port_next;
  logic [9:0] band_next;
  always_comb begin
    rings_taken = 32'(taken) - 32'(params_taken);  // tiles, or rows of a buffer
    params_d = params_q - 16'(params_taken);
    tiles_d = tiles_q - rings_taken;
    tile_next = (SlotW + 1)'(tile_slot_q) + (SlotW + 1)'(tile_taken_o);
    tile_slot_d = tile_next >= (SlotW + 1)'(TileRing) ? SlotW'(tile_next - (SlotW + 1)'(TileRing))
                                                      : tile_next[SlotW-1:0];
    param_next = (SlotW + 1)'(param_slot_q) + (SlotW + 1)'(param_taken_o);
    param_slot_d = param_next >= (SlotW + 1)'(ParamRing)
                       ? SlotW'(param_next - (SlotW + 1)'(ParamRing))
                       : param_next[SlotW-1:0];
    port_next = (PortW + 1)'(port_q) + (PortW + 1)'(taken);
    port_d = port_next >= (PortW + 1)'(Ports) ? PortW'(port_next - (PortW + 1)'(Ports))
                                              : port_next[PortW-1:0];
    place_d = place_q + SlotW'(taken);
    row_d = row_q + RowAddrW'(taken);
    band_next = 10'(band_q) + 10'(taken);
    band_d = band_next[8:0];
    plane_d = plane_q;
    if (kind_q == KindPixels && band_next >= band_end2) begin
      row_d = row_d + turn2;
      plane_d = plane2;
      band_d = 9'(band_next - band_end2);
    end else if (kind_q == KindPixels && band_next >= band_end1) begin
      row_d = row_d + turn1;
      plane_d = plane1;
      band_d = 9'(band_next - band_end1);
    end
    job_ready_o = drop_i || (params_d == '0 && tiles_d == '0);
    load = job_ready_o && job_valid_i;
    if (job_ready_o) begin
      params_d = load ? job_param_rows_i : 16'd0;
      tiles_d = load ? job_tile_rows_i : 32'd0;
    end
    if (load) begin
      row_d = job_row_i;
      place_d = '0;
      band_d = '0;
      plane_d = '0;
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
    place_q <= place_d;
    band_q <= band_d;
    plane_q <= plane_d;
    if (load) begin
      kind_q <= job_kind_i;
      band_rows_q <= 9'(job_band_rows_i);
      up_q <= RowAddrW'(job_plane_rows_i) - RowAddrW'(job_band_rows_i);
      wrap_q <= RowAddrW'(0) - RowAddrW'({job_plane_rows_i, 1'b0});
    end
  end

  assign tile_slot_o = tile_slot_q;
  assign param_slot_o = param_slot_q;

  // Assertions
  `EDGEMOE_ASSERT(OnlyFreePorts, (req_valid_o & ~port_free_i) == '0)
  `EDGEMOE_ASSERT(TilesWithinCredit, TileW'(tile_taken_o) <= tile_available_i)
  `EDGEMOE_ASSERT(ParamsWithinCredit, ParamW'(param_taken_o) <= param_available_i)
  `EDGEMOE_ASSERT(BandsOfTwoRows, !load || job_kind_i != KindPixels || job_band_rows_i >= 8'd2)

endmodule
