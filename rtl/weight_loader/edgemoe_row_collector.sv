// SPDX-License-Identifier: Apache-2.0
// Tells when rows may be read: the longest prefix of the stream that is complete, ring by ring.
//
// Why:       rows of different ports arrive out of order; readers count rows in order only.
// Interface: req_valid_i/req_param_i: rows requested in this cycle, in stream order from port
//            first_port on; done_i: the port's oldest row in flight is complete.
// Latency:   a row whose done_i, and that of all rows before it, has come by cycle c is in
//            tile_rows_o or param_rows_o from cycle c + RingWriteCycles on.
// Reset:     nothing requested, counts 0.
// Numbers:   counts of all rows since reset, 32 bit; at most Ports rows become readable in a cycle,
//            because each port completes at most one.
// Parameters: Ports 1..8; Outstanding rows in flight on each.
// Verified:  tests/rtl/weight_loader, as part of the loader.
`include "edgemoe_assert.svh"

module edgemoe_row_collector #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Ports-1:0] req_valid_i,
  input  logic [Ports-1:0] req_param_i,
  input  logic [Ports-1:0] done_i,
  output logic [31:0]      tile_rows_o,
  output logic [31:0]      param_rows_o
);

  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned AmountW = $clog2(Ports + 1);
  // While a row of another port is missing, that port takes Outstanding rows at most, and the
  // stream gives each port as many; one more comes in the cycle in which that row is collected.
  localparam int unsigned PendingMax = Outstanding + 1;
  localparam int unsigned PendingW = $clog2(PendingMax + 1);

  logic [Ports-1:0] kind, kind_valid, collected;
  logic [Ports-1:0] has_space, was_requested;  // for the assertions
  logic [Ports*PendingW-1:0] complete_q, complete_d;
  logic [PortW-1:0] port_q, port_d;
  logic [AmountW-1:0] tiles, params;
  logic going;

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic space;
    logic [PendingW-1:0] level;

    // The ring of each row of this port that is not collected.
    edgemoe_fifo #(.Width(1), .Depth(PendingMax)) u_kinds (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .wvalid_i(req_valid_i[p]), .wready_o(space), .wdata_i(req_param_i[p]),
      .rvalid_o(kind_valid[p]), .rready_i(collected[p]), .rdata_o(kind[p]), .level_o(level)
    );

    assign has_space[p] = !req_valid_i[p] || space;
    assign was_requested[p] = complete_q[p*PendingW +: PendingW] <= level;
  end

  // From the port of the oldest row on: each complete row in turn, until one is missing.
  always_comb begin
    port_d = port_q;
    tiles = '0;
    params = '0;
    collected = '0;
    going = 1'b1;
    for (int k = 0; k < Ports; k++) begin
      going = going && (done_i[port_d] || complete_q[32'(port_d)*PendingW +: PendingW] != '0);
      if (going) begin
        collected[port_d] = 1'b1;
        if (kind[port_d]) params = params + 1'b1;
        else tiles = tiles + 1'b1;
        port_d = (port_d == PortW'(Ports - 1)) ? '0 : port_d + 1'b1;
      end
    end
    complete_d = complete_q;
    for (int p = 0; p < Ports; p++) begin
      complete_d[p*PendingW +: PendingW] = complete_q[p*PendingW +: PendingW] +
                                           PendingW'(done_i[p]) - PendingW'(collected[p]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      complete_q <= '0;
      port_q <= '0;
    end else begin
      complete_q <= complete_d;
      port_q <= port_d;
    end
  end

  logic tiles_reached, params_reached;
  edgemoe_progress_counter #(
    .CountW(32), .AddW(AmountW), .Latency(edgemoe_pkg::RingWriteCycles)
  ) u_tiles (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(1'b0), .add_i(tiles), .target_i(32'd0),
    .count_o(tile_rows_o), .reached_o(tiles_reached)
  );
  edgemoe_progress_counter #(
    .CountW(32), .AddW(AmountW), .Latency(edgemoe_pkg::RingWriteCycles)
  ) u_params (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(1'b0), .add_i(params), .target_i(32'd0),
    .count_o(param_rows_o), .reached_o(params_reached)
  );

  // Assertions
  `EDGEMOE_ASSERT(KindHasSpace, &has_space)
  `EDGEMOE_ASSERT(CompleteWasRequested, &was_requested)
  `EDGEMOE_ASSERT(CollectedWasRequested, (collected & ~kind_valid) == '0)

  logic unused;
  assign unused = tiles_reached ^ params_reached;

endmodule
