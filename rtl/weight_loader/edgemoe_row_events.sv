// SPDX-License-Identifier: Apache-2.0
// Says of every row of the load stream, in order, what becomes known when it is readable.
//
// Why:       a row is requested at least 17 cycles before it is complete, and each port completes
//            one in 16 cycles. So one row a cycle can be described at leisure, instead of up to one
//            a port in the cycle of the request.
// Interface  run_*: the rows of a job, pushed when its first may be requested (kinds as in
//            edgemoe_row_issuer). run_last_i: the command ends with the job's last row. run_hold_i:
//            not known yet; the next run decides: with run_marker_i (no rows) it did, with others
//            not. desc_*: descriptions, row i on port i mod Ports; taken with desc_ready_i. Pixels:
//            run_a_i = rows of a plane in a band, run_b_i = groups of a band, reported with the
//            band's last row. Position table: run_a_i = values of a group, run_b_i = all groups; a
//            group counts with the row that has its last value, the last one with the last row.
// Description {kind, groups, done, signals groups, signals end, counter, id}.
// Handshake  run_ready_o: there is room for a run.
// Latency    a run pushed into an idle generator in cycle c: row k of it on desc_* from c + 4 + k
//            on.
// Reset      empty.
// Parameters Ports 1..4; Outstanding rows in flight a port; Runs: depth of the queue.
// Verified   tests/rtl/weight_loader, with the loader's control, against the cycle engine.
`include "edgemoe_assert.svh"

module edgemoe_row_events #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8,
  parameter int unsigned Runs = 32,
  localparam int unsigned DescW = 2 + 9 + 3 + 8 + 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // runs of rows
  input  logic                   run_valid_i,
  output logic                   run_ready_o,
  input  logic [1:0]             run_kind_i,
  input  logic [15:0]            run_param_rows_i,
  input  logic [31:0]            run_tile_rows_i,
  input  logic                   run_last_i,
  input  logic                   run_hold_i,
  input  logic                   run_marker_i,
  input  logic [15:0]            run_id_i,
  input  logic [7:0]             run_counter_i,
  input  logic                   run_signal_group_i,
  input  logic                   run_signal_end_i,
  input  logic [15:0]            run_a_i,
  input  logic [15:0]            run_b_i,

  // descriptions, by port
  output logic [Ports-1:0]       desc_valid_o,
  input  logic [Ports-1:0]       desc_ready_i,
  output logic [Ports*DescW-1:0] desc_o
);

  localparam int unsigned RunW = 2 + 16 + 32 + 3 + 16 + 8 + 2 + 32;
  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned RowValues = edgemoe_pkg::RowBytes / 4;

  logic queue_valid, queue_pop;
  logic [RunW-1:0] queue_run;
  logic [$clog2(Runs + 1)-1:0] queue_level;
  edgemoe_fifo #(.Width(RunW), .Depth(Runs)) u_runs (
    .clk_i(clk_i), .rst_ni(rst_ni), .wvalid_i(run_valid_i), .wready_o(run_ready_o),
    .wdata_i({run_kind_i, run_param_rows_i, run_tile_rows_i, run_last_i, run_hold_i, run_marker_i,
              run_id_i, run_counter_i, run_signal_group_i, run_signal_end_i, run_a_i, run_b_i}),
    .rvalid_o(queue_valid), .rready_i(queue_pop), .rdata_o(queue_run), .level_o(queue_level)
  );
  logic [1:0]  head_kind;
  logic [15:0] head_params, head_id, head_a, head_b;
  logic [31:0] head_tiles;
  logic        head_last, head_hold, head_marker, head_group, head_end;
  logic [7:0]  head_counter;
  assign {head_kind, head_params, head_tiles, head_last, head_hold, head_marker, head_id,
          head_counter, head_group, head_end, head_a, head_b} = queue_run;

  // The run in work.
  logic [1:0]  kind_q, plane_q, plane_d;
  logic [15:0] params_q, params_d, id_q, a_q, b_q, place_q, place_d, groups_q, groups_d;
  logic [31:0] tiles_q, tiles_d;
  logic        last_q, hold_q, group_q, end_q;
  logic [7:0]  counter_q;
  logic [PortW-1:0] port_q, port_d;
  logic [Ports-1:0] space, push;
  logic working, last_row, decided, take, is_param, band_end;
  logic [15:0] filled, amount;
  logic [DescW-1:0] desc;

  assign working = params_q != '0 || tiles_q != '0;
  assign is_param = params_q != '0;
  assign last_row = 32'(params_q) + tiles_q == 32'd1;
  assign decided = !(last_row && hold_q) || queue_valid;
  assign take = working && space[port_q] && decided;
  assign band_end = place_q + 16'd1 == a_q;

  always_comb begin
    amount = '0;
    place_d = place_q;
    plane_d = plane_q;
    groups_d = groups_q;
    filled = place_q + 16'(RowValues);
    if (kind_q == 2'd2) begin
      place_d = band_end ? '0 : place_q + 16'd1;
      if (band_end) plane_d = plane_q == 2'd2 ? 2'd0 : plane_q + 2'd1;
      if (band_end && plane_q == 2'd2) amount = b_q;
    end else if (kind_q == 2'd3) begin
      // A group has at least 32 values, so a row fills two at most.
      if (filled >= {a_q[14:0], 1'b0}) begin
        amount = 16'd2;
        place_d = filled - {a_q[14:0], 1'b0};
      end else if (filled >= a_q) begin
        amount = 16'd1;
        place_d = filled - a_q;
      end else begin
        place_d = filled;
      end
      if (last_row) amount = b_q - groups_q;
      groups_d = groups_q + amount;
    end
  end

  logic ends;
  assign ends = last_row && (last_q || (hold_q && head_marker));
  assign desc = {kind_q[1] ? kind_q : {1'b0, is_param}, amount[8:0], ends, group_q, end_q,
                 counter_q, id_q};

  always_comb begin
    params_d = params_q;
    tiles_d = tiles_q;
    port_d = port_q;
    push = '0;
    queue_pop = 1'b0;
    if (take) begin
      push[port_q] = 1'b1;
      port_d = port_q == PortW'(Ports - 1) ? '0 : port_q + 1'b1;
      if (is_param) params_d = params_q - 16'd1;
      else tiles_d = tiles_q - 32'd1;
      queue_pop = last_row && hold_q && head_marker;
    end else if (!working && queue_valid) begin
      params_d = head_params;
      tiles_d = head_tiles;
      queue_pop = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      params_q <= '0;
      tiles_q <= '0;
      port_q <= '0;
    end else begin
      params_q <= params_d;
      tiles_q <= tiles_d;
      port_q <= port_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      place_q <= place_d;
      plane_q <= plane_d;
      groups_q <= groups_d;
    end else if (!working) begin
      place_q <= '0;
      plane_q <= '0;
      groups_q <= '0;
      kind_q <= head_kind;
      last_q <= head_last;
      hold_q <= head_hold;
      id_q <= head_id;
      counter_q <= head_counter;
      group_q <= head_group;
      end_q <= head_end;
      a_q <= head_a;
      b_q <= head_b;
    end
  end

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic [$clog2(Outstanding + 9)-1:0] level;
    edgemoe_fifo #(.Width(DescW), .Depth(Outstanding + 8)) u_desc (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .wvalid_i(push[p]), .wready_o(space[p]), .wdata_i(desc),
      .rvalid_o(desc_valid_o[p]), .rready_i(desc_ready_i[p]), .rdata_o(desc_o[p*DescW +: DescW]),
      .level_o(level)
    );
    logic unused_level;
    assign unused_level = ^level;
  end

  // Assertions
  `EDGEMOE_ASSERT(MarkerOnlyForHeldRows, working || !queue_valid || !head_marker)
  `EDGEMOE_ASSERT(GroupsOfTwoRows, !take || kind_q != 2'd3 || a_q >= 16'd32)

  logic unused;
  assign unused = ^{queue_level, amount[15:9]};

endmodule
