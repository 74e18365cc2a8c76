// SPDX-License-Identifier: Apache-2.0
// Tells when rows may be read: the longest prefix of the stream that is complete, ring by ring.
//
// Why:       rows of different ports arrive out of order; readers count rows in order only.
// Interface: done_i: the port's oldest row in flight is complete. desc_*: what edgemoe_row_events
//            says of the port's oldest row that is not collected. tile_rows_o, param_rows_o: rows
//            of the rings that may be read, of all since reset. ready_valid_o[k]: the k-th row that
//            becomes readable in this cycle, of command ready_id_o; ev_*: what it signals.
// Latency:   a row whose done_i, and that of all rows before it, has come by cycle c is in
//            tile_rows_o, param_rows_o, ready_* and ev_* in cycle c + RingWriteCycles.
// Reset:     nothing requested, counts 0.
// Numbers:   counts 32 bit, wrapping; at most Ports rows become readable in a cycle, because each
//            port completes at most one.
// Parameters: Ports 1..4; Outstanding rows in flight on each.
// Verified:  tests/rtl/weight_loader, as part of the loader.
`include "edgemoe_assert.svh"

module edgemoe_row_collector #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8,
  localparam int unsigned DescW = 2 + 9 + 3 + 8 + 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // rows, by port
  input  logic [Ports-1:0]       done_i,
  input  logic [Ports-1:0]       desc_valid_i,
  output logic [Ports-1:0]       desc_ready_o,
  input  logic [Ports*DescW-1:0] desc_i,

  // readable rows
  output logic [31:0]            tile_rows_o,
  output logic [31:0]            param_rows_o,
  output logic [Ports-1:0]       ready_valid_o,
  output logic [Ports*16-1:0]    ready_id_o,

  // events
  output logic [Ports-1:0]       ev_valid_o,
  output logic [Ports-1:0]       ev_signal_o,
  output logic [Ports*8-1:0]     ev_counter_o,
  output logic [Ports*9-1:0]     ev_amount_o,
  output logic [Ports-1:0]       ev_done_o
);

  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned AmountW = $clog2(Ports + 1);
  // While a row of another port is missing, that port takes Outstanding rows at most, and the
  // stream gives each port as many; one more comes in the cycle in which that row is collected.
  localparam int unsigned PendingMax = Outstanding + 1;
  localparam int unsigned PendingW = $clog2(PendingMax + 1);

  logic [Ports-1:0] collected;
  logic [Ports*PendingW-1:0] complete_q, complete_d;
  logic [PortW-1:0] port_q, port_d;
  logic [AmountW-1:0] tiles, params;
  logic going;

  // The k-th row of this cycle.
  logic [Ports-1:0] row_valid, row_signal, row_done;
  logic [Ports*16-1:0] row_id;
  logic [Ports*8-1:0] row_counter;
  logic [Ports*9-1:0] row_amount;

  // From the port of the oldest row on: each complete row in turn, until one is missing.
  always_comb begin
    port_d = port_q;
    tiles = '0;
    params = '0;
    collected = '0;
    row_valid = '0;
    row_signal = '0;
    row_done = '0;
    row_id = '0;
    row_counter = '0;
    row_amount = '0;
    going = 1'b1;
    for (int k = 0; k < Ports; k++) begin
      logic [1:0] kind;
      logic [8:0] amount;
      logic done, group, ending;
      {kind, amount, done, group, ending, row_counter[k*8 +: 8], row_id[k*16 +: 16]} =
          desc_i[32'(port_d)*DescW +: DescW];
      going = going && desc_valid_i[port_d] &&
              (done_i[port_d] || complete_q[32'(port_d)*PendingW +: PendingW] != '0);
      if (going) begin
        collected[port_d] = 1'b1;
        row_valid[k] = 1'b1;
        row_done[k] = done;
        row_signal[k] = (group && amount != '0) || (ending && done);
        row_amount[k*9 +: 9] = group ? amount : 9'd1;
        if (kind == 2'd1) params = params + 1'b1;
        else if (kind == 2'd0) tiles = tiles + 1'b1;
        port_d = (port_d == PortW'(Ports - 1)) ? '0 : port_d + 1'b1;
      end
    end
    for (int p = 0; p < Ports; p++) begin
      complete_d[p*PendingW +: PendingW] = complete_q[p*PendingW +: PendingW] +
                                           PendingW'(done_i[p]) - PendingW'(collected[p]);
    end
  end
  assign desc_ready_o = collected;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      complete_q <= '0;
      port_q <= '0;
    end else begin
      complete_q <= complete_d;
      port_q <= port_d;
    end
  end

  // RingWriteCycles later.
  localparam int unsigned Delay = edgemoe_pkg::RingWriteCycles;
  localparam int unsigned FlagsW = Ports * 3 + 2 * AmountW;
  localparam int unsigned WordsW = Ports * (16 + 8 + 9);
  logic [FlagsW-1:0] flags;
  logic [AmountW-1:0] tiles_late, params_late;
  logic [31:0] tile_rows_q, param_rows_q;
  edgemoe_shift_register #(.Width(FlagsW), .Depth(Delay - 1)) u_flags (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i({row_valid, row_signal, row_done, tiles, params}),
    .data_o(flags)
  );
  logic [Ports-1:0] valid_q, signal_q, done_q;
  logic [WordsW-1:0] words, words_q;
  edgemoe_shift_register #(.Width(WordsW), .Depth(Delay - 1), .HasReset(1'b0)) u_words (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i({row_id, row_counter, row_amount}), .data_o(words)
  );
  assign tiles_late = flags[AmountW +: AmountW];
  assign params_late = flags[0 +: AmountW];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      signal_q <= '0;
      done_q <= '0;
      tile_rows_q <= '0;
      param_rows_q <= '0;
    end else begin
      valid_q <= flags[2*AmountW + 2*Ports +: Ports];
      signal_q <= flags[2*AmountW + Ports +: Ports];
      done_q <= flags[2*AmountW +: Ports];
      tile_rows_q <= tile_rows_q + 32'(tiles_late);
      param_rows_q <= param_rows_q + 32'(params_late);
    end
  end
  always_ff @(posedge clk_i) begin
    words_q <= words;
  end
  assign tile_rows_o = tile_rows_q;
  assign param_rows_o = param_rows_q;
  assign ready_valid_o = valid_q;
  assign ready_id_o = words_q[Ports*17 +: Ports*16];
  assign ev_valid_o = signal_q | done_q;
  assign ev_signal_o = signal_q;
  assign ev_done_o = done_q;
  assign ev_counter_o = words_q[Ports*9 +: Ports*8];
  assign ev_amount_o = words_q[0 +: Ports*9];

  // Assertions
  logic [Ports-1:0] late;
  for (genvar p = 0; p < Ports; p++) begin : gen_late
    assign late[p] = complete_q[p*PendingW +: PendingW] != '0 && !desc_valid_i[p];
  end
  `EDGEMOE_ASSERT(DescribedInTime, late == '0)

endmodule
