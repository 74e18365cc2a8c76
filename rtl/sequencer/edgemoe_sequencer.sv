// SPDX-License-Identifier: Apache-2.0
// Fetches the program from memory and hands command numbers to the units' queues, in program order.
//
// Interface: start_i in the cycle of the doorbell, image_row_i the row (256 B) of the header.
//            Program rows (two commands) go to the program memory through pmem_*; a unit that
//            gets a number reads its command there. barrier_*: the waits of the command at the
//            head; reached_i says which of their counters have got there. event_*: a BARRIER or
//            END has ended, for the counter file.
// Rules:     one request or one dispatch a cycle. Row r is requested when row r - FetchOutstanding
//            is dispatched; requests go before dispatches. A command is dispatched in the cycle in
//            which its row is done at the earliest, while its unit's queue_ready_i is up. BARRIER
//            takes a cycle in which all its waits hold; END one in which commands_done_i, the
//            commands that have ended, has reached its number as well.
// Handshake: dispatch_valid_o is given only with queue_ready_i: no ready of its own.
// Latency:   header request in the cycle of start_i; done_o goes up in the cycle after END; event_*
//            in the cycle after that of its command.
// Reset:     idle. start_i is looked at only then, so a program runs once after a reset.
// Errors:    error_o goes and stays up, and nothing more is dispatched: wrong magic or version, no
//            commands or more than ProgramCommands, an unknown opcode, a counter that does not
//            exist, an AXI error. A program that does not finish with END leaves done_o down.
// Verified:  tests/rtl/sequencer, cycle by cycle against these rules; hostile images.
`include "edgemoe_assert.svh"

module edgemoe_sequencer #(
  parameter int unsigned Counters = edgemoe_pkg::MaxCounters,
  localparam int unsigned RowAddrW = 40,
  localparam int unsigned PmemW = $clog2(edgemoe_pkg::ProgramCommands / 2),
  localparam int unsigned Waits = edgemoe_pkg::MaxWaits
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // control
  input  logic                         start_i,
  input  logic [RowAddrW-1:0]          image_row_i,
  output logic                         done_o,
  output logic                         error_o,

  // AXI read port
  output logic                         arvalid_o,
  input  logic                         arready_i,
  output logic [47:0]                  araddr_o,
  output logic [7:0]                   arlen_o,
  output logic [2:0]                   arsize_o,
  output logic [1:0]                   arburst_o,
  input  logic                         rvalid_i,
  output logic                         rready_o,
  input  logic [127:0]                 rdata_i,
  input  logic [1:0]                   rresp_i,
  input  logic                         rlast_i,

  // program memory, write port
  output logic                         pmem_wvalid_o,
  output logic [PmemW-1:0]             pmem_wrow_o,
  output logic [edgemoe_pkg::RowW-1:0] pmem_wdata_o,

  // dispatch; queue_ready_i by unit code
  output logic                         dispatch_valid_o,
  output logic [2:0]                   dispatch_unit_o,
  output logic [15:0]                  dispatch_id_o,
  input  logic [7:0]                   queue_ready_i,

  // barriers
  output logic [Waits*8-1:0]           barrier_counter_o,
  output logic [Waits*16-1:0]          barrier_value_o,
  input  logic [Waits-1:0]             reached_i,
  input  logic [15:0]                  commands_done_i,

  // ends of the sequencer's own commands
  output logic                         event_valid_o,
  output logic                         event_signal_o,
  output logic [7:0]                   event_counter_o,
  output logic [15:0]                  event_id_o,

  // trace: a BARRIER or END is at the head
  output logic                         trc_barrier_o
);

  localparam int unsigned RowW = edgemoe_pkg::RowW;
  localparam int unsigned CmdW = edgemoe_pkg::CommandW;
  localparam int unsigned KeepW = edgemoe_pkg::CmdWait2ValueLsb + edgemoe_pkg::CmdWait2ValueW;
  localparam int unsigned FetchW = $clog2(edgemoe_pkg::FetchOutstanding + 1);
  localparam int unsigned CountW = PmemW + 2;  // of commands, up to ProgramCommands
  localparam logic [1:0] StIdle = 2'd0, StHeader = 2'd1, StRun = 2'd2, StStop = 2'd3;
  // Header words, byte offsets of ImageHeader.
  localparam int unsigned MagicLsb = 0, VersionLsb = 32, ProgramLsb = 128, CountLsb = 192;

  logic [1:0] state_q, state_d;
  logic [RowAddrW-1:0] base_q, base_d;
  logic [CountW-1:0] count_q, count_d, index_q, index_d;
  logic [PmemW:0] rows, requested_q, requested_d, row_q, row_d, arrived_q, arrived_d;
  logic done_q, done_d, error_q, error_d;

  // Reader
  logic free, req_valid, row_valid, row_done, reader_error, row_tag;
  logic [RowAddrW-1:0] req_row;
  logic [RowW-1:0] row_data;
  edgemoe_axi_row_reader #(
    .Outstanding(edgemoe_pkg::FetchOutstanding), .TagW(1), .RowAddrW(RowAddrW)
  ) u_reader (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .free_o(free), .req_valid_i(req_valid), .req_row_i(req_row), .req_tag_i(1'b0),
    .arvalid_o(arvalid_o), .arready_i(arready_i), .araddr_o(araddr_o), .arlen_o(arlen_o),
    .arsize_o(arsize_o), .arburst_o(arburst_o), .rvalid_i(rvalid_i), .rready_o(rready_o),
    .rdata_i(rdata_i), .rresp_i(rresp_i), .rlast_i(rlast_i),
    .row_valid_o(row_valid), .row_taken_i(1'b1), .row_data_o(row_data), .row_tag_o(row_tag),
    .done_o(row_done), .error_o(reader_error)
  );

  // What dispatch needs of rows that have come; the newest is passed on in its cycle.
  logic program_row, keep_write, keep_space, keep_valid, row_finished, head_valid;
  logic [2*KeepW-1:0] arriving, kept, head;
  logic [FetchW-1:0] keep_level;
  assign program_row = row_valid && state_q == StRun;
  assign arriving = {row_data[CmdW +: KeepW], row_data[0 +: KeepW]};
  assign head_valid = keep_valid || program_row;
  assign head = keep_valid ? kept : arriving;
  assign keep_write = program_row && (keep_valid || !row_finished);
  edgemoe_fifo #(.Width(2 * KeepW), .Depth(edgemoe_pkg::FetchOutstanding)) u_kept (
    .clk_i(clk_i), .rst_ni(rst_ni), .wvalid_i(keep_write), .wready_o(keep_space),
    .wdata_i(arriving), .rvalid_o(keep_valid), .rready_i(row_finished), .rdata_o(kept),
    .level_o(keep_level)
  );

  // Command at the head
  logic [KeepW-1:0] cmd;
  logic [7:0] opcode, unit;
  logic known, waits_hold, is_end;
  assign cmd = index_q[0] ? head[KeepW +: KeepW] : head[0 +: KeepW];
  assign opcode = cmd[edgemoe_pkg::CmdOpcodeLsb +: edgemoe_pkg::CmdOpcodeW];
  assign is_end = opcode == edgemoe_pkg::OpEnd;
  assign barrier_counter_o = {cmd[edgemoe_pkg::CmdWait2CounterLsb +: 8],
                              cmd[edgemoe_pkg::CmdWait1CounterLsb +: 8],
                              cmd[edgemoe_pkg::CmdWait0CounterLsb +: 8]};
  assign barrier_value_o = {cmd[edgemoe_pkg::CmdWait2ValueLsb +: 16],
                            cmd[edgemoe_pkg::CmdWait1ValueLsb +: 16],
                            cmd[edgemoe_pkg::CmdWait0ValueLsb +: 16]};
  assign waits_hold =
      (reached_i[0] || cmd[edgemoe_pkg::CmdWait0ModeLsb +: 8] == edgemoe_pkg::WaitNone) &&
      (reached_i[1] || cmd[edgemoe_pkg::CmdWait1ModeLsb +: 8] == edgemoe_pkg::WaitNone) &&
      (reached_i[2] || cmd[edgemoe_pkg::CmdWait2ModeLsb +: 8] == edgemoe_pkg::WaitNone);

  // Of fields that are not in use as well: they are 0 then.
  logic [4*8-1:0] named;
  logic [3:0] exists;
  logic counters_exist;
  assign named = {cmd[edgemoe_pkg::CmdSignalLsb +: 8], barrier_counter_o};
  for (genvar i = 0; i < 4; i++) begin : gen_named
    assign exists[i] = 32'(named[i*8 +: 8]) < Counters;
  end
  assign counters_exist = &exists;

  edgemoe_unit_of u_unit_of (.opcode_i(opcode), .unit_o(unit), .known_o(known));

  logic header_good, fetch, advance;
  assign header_good = row_data[MagicLsb +: 32] == edgemoe_pkg::ImageMagic &&
                       row_data[VersionLsb +: 32] == edgemoe_pkg::ImageVersion &&
                       row_data[ProgramLsb +: 8] == '0 && row_data[ProgramLsb + 48 +: 16] == '0 &&
                       row_data[CountLsb +: 32] != '0 &&
                       row_data[CountLsb +: 32] <= edgemoe_pkg::ProgramCommands;
  assign rows = count_q[CountW-1:1] + (PmemW + 1)'(count_q[0]);
  assign fetch = state_q == StRun && requested_q < rows &&
                 requested_q - row_q < (PmemW + 1)'(edgemoe_pkg::FetchOutstanding);

  always_comb begin
    state_d = state_q;
    base_d = base_q;
    count_d = count_q;
    index_d = index_q;
    requested_d = requested_q;
    row_d = row_q;
    arrived_d = arrived_q + (PmemW + 1)'(program_row);
    done_d = done_q;
    error_d = error_q || reader_error;
    req_valid = 1'b0;
    req_row = base_q + RowAddrW'(requested_q);
    dispatch_valid_o = 1'b0;
    advance = 1'b0;
    row_finished = 1'b0;
    if (state_q == StIdle && start_i) begin
      req_valid = 1'b1;
      req_row = image_row_i;
      state_d = StHeader;
    end
    if (state_q == StHeader && row_valid) begin
      if (header_good && !reader_error) begin
        // The first program row is requested in the cycle in which the header is there.
        req_valid = 1'b1;
        req_row = row_data[ProgramLsb + 8 +: RowAddrW];
        base_d = row_data[ProgramLsb + 8 +: RowAddrW];
        count_d = row_data[CountLsb +: CountW];
        requested_d = (PmemW + 1)'(1);
        state_d = StRun;
      end else begin
        error_d = 1'b1;
        state_d = StStop;
      end
    end
    if (fetch) begin
      req_valid = 1'b1;
      requested_d = requested_q + 1'b1;
    end else if (state_q == StRun && head_valid) begin
      if (!known || !counters_exist || reader_error) begin
        error_d = 1'b1;
        state_d = StStop;
      end else if (unit == edgemoe_pkg::UnitSequencer) begin
        advance = waits_hold && (!is_end || commands_done_i >= dispatch_id_o);
      end else begin
        advance = queue_ready_i[unit[2:0]];
        dispatch_valid_o = advance;
      end
    end
    if (advance) begin
      index_d = index_q + 1'b1;
      row_finished = index_q[0] || index_q == count_q - 1'b1;
      if (row_finished) row_d = row_q + 1'b1;
      if (is_end) done_d = 1'b1;
      if (is_end || index_q == count_q - 1'b1) state_d = StStop;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      index_q <= '0;
      requested_q <= '0;
      row_q <= '0;
      arrived_q <= '0;
      done_q <= 1'b0;
      error_q <= 1'b0;
    end else begin
      state_q <= state_d;
      index_q <= index_d;
      requested_q <= requested_d;
      row_q <= row_d;
      arrived_q <= arrived_d;
      done_q <= done_d;
      error_q <= error_d;
    end
  end

  always_ff @(posedge clk_i) begin
    base_q <= base_d;
    count_q <= count_d;
  end

  // Ends of BARRIER and END.
  logic event_q, signal_q;
  logic [7:0] counter_q;
  logic [15:0] id_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      event_q <= 1'b0;
    end else begin
      event_q <= advance && unit == edgemoe_pkg::UnitSequencer;
    end
  end
  always_ff @(posedge clk_i) begin
    if (advance) begin
      signal_q <= cmd[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalEnd;
      counter_q <= cmd[edgemoe_pkg::CmdSignalLsb +: 8];
      id_q <= dispatch_id_o;
    end
  end
  assign trc_barrier_o = state_q == StRun && head_valid && !fetch && known &&
                         unit == edgemoe_pkg::UnitSequencer;
  assign event_valid_o = event_q;
  assign event_signal_o = signal_q;
  assign event_counter_o = counter_q;
  assign event_id_o = id_q;

  assign dispatch_unit_o = unit[2:0];
  assign dispatch_id_o = cmd[edgemoe_pkg::CmdIdLsb +: edgemoe_pkg::CmdIdW];
  assign pmem_wvalid_o = program_row;
  assign pmem_wrow_o = arrived_q[PmemW-1:0];
  assign pmem_wdata_o = row_data;
  assign done_o = done_q;
  assign error_o = error_q;

  // Assertions
  `EDGEMOE_ASSERT(RequestWhenFree, !req_valid || free)
  `EDGEMOE_ASSERT(KeepHasSpace, !keep_write || keep_space)
  `EDGEMOE_ASSERT(DoneMeansRow, row_done == row_valid)
  `EDGEMOE_ASSERT(RowsInOrder, row_q <= requested_q && arrived_q <= requested_q)

  logic unused;
  assign unused = ^{keep_level, row_tag, unit[7:3], cmd};

endmodule
