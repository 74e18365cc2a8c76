// SPDX-License-Identifier: Apache-2.0
// edgemoe_result_writer: executes STORE_TOKENS: residual rows, as int32, to memory.
//
// Interface  start_i, cmd_i, start_reached_i, group_*: the unit's front. Residual reads of a word
//            of
//            16 values; AXI write channels by port.
// Rules      sim/units/writer.cpp: the result is one run of bytes, cut into rows of 256 B; row i of
//            all stores of the program goes to write channel i mod Ports. A row is begun when the
//            group of its last token has been reached and its port has fewer than Outstanding
//            bursts unanswered; reading it takes a cycle for 64 B; its address is at the port in
//            the cycle after that, in which the next row may be begun.
// Handshake  free_o: no command is in execution in this cycle; a store ends when all its bursts
//            have
//            been answered.
// Latency    group signals: in the cycle of the address of the row with the group's last value.
// Reset      idle; the next row goes to port 0.
// Numbers    int24, LSB 2^-16, sign-extended to int32, little-endian.
// Requires   out_dim a multiple of 16, at least one token; 256-B aligned address.
// Errors     error_o: a memory's answer was not OKAY.
// Parameters as edgemoe_residual; Ports 1..4; TokenLanes a power of two.
// Verified   tests/rtl/result_writer: rows, cycles and signals against the cycle engine.
`include "edgemoe_assert.svh"

module edgemoe_result_writer #(
  parameter int unsigned Ports       = 3,
  parameter int unsigned Outstanding = 16,
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned Segments    = 2,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned MaxDim      = 192,
  localparam int unsigned RowW  = $clog2(Segments * SegmentRows),
  localparam int unsigned WordW = $clog2(MaxDim / 16 > 1 ? MaxDim / 16 : 2),
  localparam int unsigned AddrW = 48
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // front
  input  logic                             start_i,
  input  logic [edgemoe_pkg::CommandW-1:0] cmd_i,
  output logic                             free_o,
  input  logic                             start_reached_i,
  output logic [15:0]                      group_o,
  input  logic                             group_reached_i,

  // residual
  output logic                             residual_ren_o,
  output logic [RowW-1:0]                  residual_rrow_o,
  output logic [WordW-1:0]                 residual_rword_o,
  input  logic [16*24-1:0]                 residual_rdata_i,

  // AXI write channels, by port
  output logic [Ports-1:0]                 awvalid_o,
  input  logic [Ports-1:0]                 awready_i,
  output logic [Ports*AddrW-1:0]           awaddr_o,
  output logic [Ports*8-1:0]               awlen_o,
  output logic [Ports*3-1:0]               awsize_o,
  output logic [Ports*2-1:0]               awburst_o,
  output logic [Ports-1:0]                 wvalid_o,
  input  logic [Ports-1:0]                 wready_i,
  output logic [Ports*128-1:0]             wdata_o,
  output logic [Ports*16-1:0]              wstrb_o,
  output logic [Ports-1:0]                 wlast_o,
  input  logic [Ports-1:0]                 bvalid_i,
  output logic [Ports-1:0]                 bready_o,
  input  logic [Ports*2-1:0]               bresp_i,
  output logic                             error_o,

  // events
  output logic                             event_valid_o,
  output logic                             event_signal_o,
  output logic [7:0]                       event_counter_o,
  output logic [8:0]                       event_amount_o,
  output logic                             event_done_o,
  output logic [15:0]                      event_id_o,

  // trace: addresses of rows
  output logic                             trc_write_o,
  output logic [15:0]                      trc_write_id_o,
  output logic [31:0]                      trc_write_index_o
);

  localparam int unsigned Words  = edgemoe_pkg::RowBytes / edgemoe_pkg::WriterBytes;
  localparam int unsigned CountW = $clog2(Words + 1);
  localparam int unsigned PortW  = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned LaneShift = $clog2(TokenLanes);
  localparam int unsigned PlaceW = 16 + 16 + 16 + 16;

  // Fields of the command.
  logic        signal_end, signal_group;
  logic [15:0] tokens, segments, words, segment_groups;
  assign tokens         = cmd_i[edgemoe_pkg::CmdTokensLsb +: 16];
  assign segments       = cmd_i[edgemoe_pkg::CmdSegmentsLsb +: 16];
  assign words          = cmd_i[edgemoe_pkg::CmdOutDimLsb +: 16] >> 4;
  assign segment_groups = (tokens + 16'(TokenLanes - 1)) >> LaneShift;
  assign signal_end     = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalEnd;
  assign signal_group   = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalGroup;

  // A place in the result: segment, first group of the segment, row, word. After the last word the
  // segment is `segments`.
  function automatic logic [PlaceW-1:0] next_place(input logic [PlaceW-1:0] place);
    next_place = place;
    if (place[0 +: 16] + 16'd1 != words) begin
      next_place[0 +: 16] = place[0 +: 16] + 16'd1;
    end else begin
      next_place[0 +: 16] = 16'd0;
      if (place[16 +: 16] + 16'd1 != tokens) begin
        next_place[16 +: 16] = place[16 +: 16] + 16'd1;
      end else begin
        next_place[16 +: 16] = 16'd0;
        next_place[32 +: 16] = place[32 +: 16] + segment_groups;
        next_place[48 +: 16] = place[48 +: 16] + 16'd1;
      end
    end
  endfunction

  function automatic logic past_end(input logic [15:0] segment);
    past_end = segment == segments;
  endfunction

  // The last of `Words` words from a place on, or of those that are left.
  function automatic logic [PlaceW-1:0] last_of_row(input logic [PlaceW-1:0] first);
    logic [PlaceW-1:0] place, after;
    place = first;
    for (int i = 1; i < Words; i++) begin
      after = next_place(place);
      if (!past_end(after[48 +: 16])) place = after;
    end
    last_of_row = place;
  endfunction

  function automatic logic [15:0] group_of(input logic [31:0] group0_row);
    group_of = group0_row[16 +: 16] + (group0_row[0 +: 16] >> LaneShift);
  endfunction

  // Reading. place: the word that is read next; row_end: the last word of the row.
  logic              active_q, active_d, reading_q, reading_d, draining_q, draining_d;
  logic [PlaceW-1:0] origin;
  logic [PlaceW-1:0] place_q, place_d, place, row_end_q, row_end_d, row_end;
  logic [15:0]       freed_q, freed_d;
  logic [CountW-1:0] count_q, count_d;
  logic [31:0]       offset_q, offset_d;
  logic [PortW-1:0]  port_q, port_d;
  logic [31:0]       index_q, index_d;
  logic              active, row_starts, read, row_done, finish;
  logic [Ports-1:0]  port_free, port_idle, port_error;

  assign active     = start_i || active_q;
  assign place      = start_i ? '0 : place_q;
  // While a row is read the end of the next one moves along, a word a cycle; of the first row it is
  // found at once.
  assign origin     = '0;  // a signal: Yosys takes a call with constants alone for a constant
  assign row_end    = start_i ? last_of_row(origin) : row_end_q;
  assign group_o    = group_of(row_end[16 +: 32]);
  assign row_starts = active && !reading_q && !draining_q && start_reached_i && group_reached_i &&
                      port_free[port_q];
  assign read       = row_starts || reading_q;
  assign row_done   = read && place == row_limit;
  assign finish     = draining_q && (&port_idle);
  assign free_o     = (!active_q && !start_i) || finish;

  logic [PlaceW-1:0] row_limit_q, row_limit, after_read;
  assign row_limit  = row_starts ? row_end : row_limit_q;
  assign after_read = next_place(place);

  always_comb begin
    logic [PlaceW-1:0] moved;
    active_d   = active && !finish;
    reading_d  = read && !row_done;
    draining_d = (draining_q && !finish) || (row_done && past_end(after_read[48 +: 16]));
    place_d    = read ? after_read : place;
    row_end_d  = row_end;
    moved      = next_place(row_end);
    if (read && !past_end(moved[48 +: 16])) row_end_d = moved;
    count_d    = read ? (row_done ? '0 : count_q + CountW'(1)) : count_q;
    if (start_i && !read) count_d = '0;
  end

  // The row's address, in the cycle after its last read; what has been freed by it.
  logic              aw_q;
  logic [CountW-1:0] aw_words_q;
  logic [PortW-1:0]  aw_port_q;
  logic [AddrW-1:0]  aw_addr_q;
  logic [15:0]       id_q, free_group;
  logic [7:0]        counter_q;
  logic              group_mode_q, end_mode_q;
  logic [31:0]       offset;
  assign offset     = start_i ? 32'd0 : offset_q;
  assign free_group = group_of(place_q[16 +: 32]);
  always_comb begin
    port_d   = port_q;
    index_d  = index_q;
    offset_d = offset;
    freed_d  = start_i ? 16'd0 : freed_q;
    if (row_done) begin
      port_d   = 32'(port_q) == Ports - 1 ? '0 : port_q + PortW'(1);
      index_d  = index_q + 32'd1;
      offset_d = offset + edgemoe_pkg::RowBytes;
    end
    if (aw_q) freed_d = free_group;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q   <= 1'b0;
      reading_q  <= 1'b0;
      draining_q <= 1'b0;
      aw_q       <= 1'b0;
      port_q     <= '0;
      index_q    <= '0;
      place_q    <= '0;
      row_end_q  <= '0;
      freed_q    <= '0;
      count_q    <= '0;
      offset_q   <= '0;
    end else begin
      active_q   <= active_d;
      reading_q  <= reading_d;
      draining_q <= draining_d;
      aw_q       <= row_done;
      port_q     <= port_d;
      index_q    <= index_d;
      place_q    <= place_d;
      row_end_q  <= row_end_d;
      freed_q    <= freed_d;
      count_q    <= count_d;
      offset_q   <= offset_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (row_starts) row_limit_q <= row_end;
    if (row_done) begin
      aw_words_q   <= count_q + CountW'(1);
      aw_port_q    <= port_q;
      aw_addr_q    <= cmd_i[edgemoe_pkg::CmdAddressLsb +: AddrW] +
                      AddrW'(offset);
      id_q         <= cmd_i[edgemoe_pkg::CmdIdLsb +: 16];
      counter_q    <= cmd_i[edgemoe_pkg::CmdSignalLsb +: 8];
      group_mode_q <= signal_group;
      end_mode_q   <= signal_end;
    end
  end

  assign residual_ren_o   = read;
  assign residual_rrow_o  = RowW'(32'(place[48 +: 16]) * SegmentRows + 32'(place[16 +: 16]));
  assign residual_rword_o = WordW'(place[0 +: 16]);

  // The words arrive two cycles after their reads.
  logic [1:0]       read_q, last_q;
  logic [PortW-1:0] word_port_q, word_port_q2;
  logic [511:0]     word;
  for (genvar n = 0; n < 16; n++) begin : gen_value
    assign word[n*32 +: 32] = {{8{residual_rdata_i[n*24+23]}}, residual_rdata_i[n*24 +: 24]};
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) read_q <= '0;
    else read_q <= {read_q[0], read};
  end
  always_ff @(posedge clk_i) begin
    last_q       <= {last_q[0], row_done};
    word_port_q  <= port_q;
    word_port_q2 <= word_port_q;
  end

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    edgemoe_axi_row_writer #(.Outstanding(Outstanding)) u_writer (
      .clk_i, .rst_ni,
      .free_o(port_free[p]), .idle_o(port_idle[p]),
      .word_valid_i(read_q[1] && 32'(word_port_q2) == p), .word_last_i(last_q[1]), .word_i(word),
      .aw_valid_i(aw_q && 32'(aw_port_q) == p), .aw_addr_i(aw_addr_q), .aw_words_i(aw_words_q),
      .error_o(port_error[p]),
      .awvalid_o(awvalid_o[p]), .awready_i(awready_i[p]), .awaddr_o(awaddr_o[p*AddrW +: AddrW]),
      .awlen_o(awlen_o[p*8 +: 8]), .awsize_o(awsize_o[p*3 +: 3]), .awburst_o(awburst_o[p*2 +: 2]),
      .wvalid_o(wvalid_o[p]), .wready_i(wready_i[p]), .wdata_o(wdata_o[p*128 +: 128]),
      .wstrb_o(wstrb_o[p*16 +: 16]), .wlast_o(wlast_o[p]),
      .bvalid_i(bvalid_i[p]), .bready_o(bready_o[p]), .bresp_i(bresp_i[p*2 +: 2])
    );
  end
  assign error_o = |port_error;

  assign event_valid_o   = (aw_q && group_mode_q && free_group != freed_q) || finish;
  assign event_signal_o  = finish ? end_mode_q : 1'b1;
  assign event_counter_o = counter_q;
  assign event_amount_o  = finish ? 9'd1 : 9'(free_group - freed_q);
  assign event_done_o    = finish;
  assign event_id_o      = id_q;

  assign trc_write_o       = aw_q;
  assign trc_write_id_o    = id_q;
  assign trc_write_index_o = index_q - 32'd1;

  logic unused;
  assign unused = ^cmd_i;

  `EDGEMOE_ASSERT(SomethingToDo, !start_i || (tokens != '0 && segments != '0 && words != '0))
  `EDGEMOE_ASSERT(Aligned, !start_i || cmd_i[edgemoe_pkg::CmdAddressLsb +: 8] == 8'd0)

endmodule
