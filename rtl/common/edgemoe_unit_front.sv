// SPDX-License-Identifier: Apache-2.0
// edgemoe_unit_front: queue, program memory and waits of one unit.
//
// Why:       every unit takes its commands in the same way (sim/units/unit.cpp); only what a
//            command does differs.
// Interface  dispatch_*: a command number for this unit. pmem_*: rows of the program as they arrive
//            (two commands each). start_o: a pulse in the first cycle in which the command may act;
//            cmd_o stays until the next one. next_*: the same one cycle earlier. free_i: no command
//            is in execution in this cycle (for one that takes no cycle, also in that of start_o).
//            start_reached_o: all kStart waits hold; group_i -> group_reached_o: all kGroup waits
//            hold for that group. count_i: the counter file's counts.
// Handshake  dispatch: always taken; the queue holds as many numbers as there are commands.
// Latency    dispatch in cycle c: taken out of the queue in c + QueueCycles at the earliest, in a
//            cycle with free_i; start_o DecodeCycles after that. A counted event of cycle e is in
//            *_reached_o from e + SignalCycles on (one register in the counter file, one here).
// Reset      queue empty, no command.
// Parameters KeepMask: the bytes of a command that the unit uses; the others read as 0. Counters as
//            edgemoe_counter_file.
// Verified   tests/rtl/common: against a queue and counters in C++; as part of every program.
`include "edgemoe_assert.svh"

module edgemoe_unit_front #(
  parameter logic [edgemoe_pkg::CommandBytes-1:0] KeepMask = {edgemoe_pkg::CommandBytes{1'b1}},
  parameter int unsigned Counters = 16,
  localparam int unsigned PmemW = $clog2(edgemoe_pkg::ProgramCommands / 2),
  localparam int unsigned IdW = PmemW + 1,
  localparam int unsigned Bytes = edgemoe_pkg::CommandBytes,
  localparam int unsigned Waits = edgemoe_pkg::MaxWaits,
  localparam int unsigned CountsW = Counters * 16
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // from the sequencer
  input  logic                             dispatch_valid_i,
  input  logic [15:0]                      dispatch_id_i,
  input  logic                             pmem_wvalid_i,
  input  logic [PmemW-1:0]                 pmem_wrow_i,
  input  logic [edgemoe_pkg::RowW-1:0]     pmem_wdata_i,

  // to the unit
  input  logic                             free_i,
  output logic                             start_o,
  output logic [edgemoe_pkg::CommandW-1:0] cmd_o,
  output logic                             next_valid_o,
  output logic [edgemoe_pkg::CommandW-1:0] next_cmd_o,

  // waits
  input  logic [CountsW-1:0]               count_i,
  output logic                             start_reached_o,
  input  logic [15:0]                      group_i,
  output logic                             group_reached_o
);

  localparam int unsigned CmdW = edgemoe_pkg::CommandW;
  // Waits lie one after the other in four bytes each: mode, counter, value.
  localparam int unsigned WaitLsb = edgemoe_pkg::CmdWait0ModeLsb;
  localparam int unsigned WaitW = edgemoe_pkg::CmdWait1ModeLsb - edgemoe_pkg::CmdWait0ModeLsb;
  localparam int unsigned CounterW = $clog2(Counters);

  // Bytes below this one that are kept.
  function automatic int unsigned kept_below(input int unsigned byte_number);
    kept_below = 0;
    for (int unsigned b = 0; b < Bytes; b++) begin
      if (b < byte_number && KeepMask[b]) kept_below = kept_below + 1;
    end
  endfunction
  localparam int unsigned Kept = kept_below(Bytes);

  // Queue
  logic queue_ready, queue_valid, pop, pop_q, start_q, half_q;
  logic [IdW-1:0] id;
  logic [$clog2(edgemoe_pkg::ProgramCommands + 1)-1:0] queue_level;
  edgemoe_fifo_registered #(.Width(IdW), .Depth(edgemoe_pkg::ProgramCommands)) u_queue (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .wvalid_i(dispatch_valid_i), .wready_o(queue_ready), .wdata_i(dispatch_id_i[IdW-1:0]),
    .rvalid_o(queue_valid), .rready_i(pop), .rdata_o(id), .level_o(queue_level)
  );
  assign pop = queue_valid && free_i && !pop_q;

  // Program memory: even and odd commands.
  logic [2*Kept*8-1:0] write_row, read_row;
  logic [Kept*8-1:0] read_command;
  logic [CmdW-1:0] cmd_q, cmd_d;
  for (genvar b = 0; b < Bytes; b++) begin : gen_byte
    if (KeepMask[b]) begin : gen_kept
      localparam int unsigned Place = kept_below(b) * 8;
      assign write_row[Place +: 8] = pmem_wdata_i[b*8 +: 8];
      assign write_row[Kept*8 + Place +: 8] = pmem_wdata_i[CmdW + b*8 +: 8];
      assign cmd_d[b*8 +: 8] = read_command[Place +: 8];
    end else begin : gen_dropped
      assign cmd_d[b*8 +: 8] = 8'd0;
    end
  end
  edgemoe_ram_sdp #(
    .Width(2 * Kept * 8), .Depth(edgemoe_pkg::ProgramCommands / 2), .OutputReg(1'b0)
  ) u_pmem (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .wen_i(pmem_wvalid_i), .wstrobe_i(1'b1), .waddr_i(pmem_wrow_i), .wdata_i(write_row),
    .ren_i(pop), .raddr_i(id[IdW-1:1]), .rdata_o(read_row)
  );
  assign read_command = half_q ? read_row[Kept*8 +: Kept*8] : read_row[0 +: Kept*8];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pop_q <= 1'b0;
      start_q <= 1'b0;
    end else begin
      pop_q <= pop;
      start_q <= pop_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (pop) half_q <= id[0];
    if (pop_q) cmd_q <= cmd_d;
  end
  assign start_o = start_q;
  assign cmd_o = cmd_q;
  assign next_valid_o = pop_q;
  assign next_cmd_o = cmd_d;

  // Waits: the counts of the command's counters, in a register.
  logic [Waits-1:0] start_holds, group_holds;
  for (genvar w = 0; w < Waits; w++) begin : gen_wait
    localparam int unsigned Lsb = WaitLsb + w * WaitW;
    logic [CounterW-1:0] counter;
    logic [15:0] count_q;
    logic [7:0] mode;
    logic [16:0] group_target;
    assign counter = pop_q ? cmd_d[Lsb+8 +: CounterW] : cmd_q[Lsb+8 +: CounterW];
    logic [15:0] count;
    edgemoe_select #(.Words(Counters), .Width(16)) u_select (
      .data_i(count_i), .index_i(counter), .word_o(count)
    );
    always_ff @(posedge clk_i) count_q <= count;
    assign mode = cmd_q[Lsb +: 8];
    assign group_target = 17'(cmd_q[Lsb+16 +: 16]) + 17'(group_i) + 17'd1;
    assign start_holds[w] = mode != edgemoe_pkg::WaitStart || count_q >= cmd_q[Lsb+16 +: 16];
    assign group_holds[w] = mode != edgemoe_pkg::WaitGroup || 17'(count_q) >= group_target;
  end
  assign start_reached_o = &start_holds;
  assign group_reached_o = &group_holds;

  // Assertions
  `EDGEMOE_ASSERT(QueueHasSpace, !dispatch_valid_i || queue_ready)
  `EDGEMOE_PARAMETER_CHECK(Latencies, edgemoe_pkg::QueueCycles == 2 &&
                           edgemoe_pkg::DecodeCycles == 2 && edgemoe_pkg::SignalCycles == 2)

  logic unused;
  assign unused = ^{queue_level, dispatch_id_i, pmem_wdata_i};

endmodule
