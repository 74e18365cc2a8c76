// SPDX-License-Identifier: Apache-2.0
// edgemoe_axi_row_writer: AXI write master of one port: words of 64 B in, bursts of up to 256 B
//            out.
//
// Interface  a row has words, in order, with last on its last one, and an address with its number
//            of words, at any time after its begin. free_o: one more row may be begun, once the
//            address of the row before has come. idle_o: every burst has been answered.
// Handshake  words and addresses are taken when given: whoever begins a row has seen free_o.
//            awvalid_o in the cycle of aw_valid_i; if it is not taken, a FIFO keeps it in order.
//            Data comes when its address has been taken. bready_o is always 1. No path leads from
//            an input of a channel to an output of a channel.
// Latency    first beat of a burst in the cycle after its address at the earliest, a beat a cycle.
//            An answer on the wires in cycle c - 1 counts from c on, in free_o and idle_o.
// Reset      nothing in flight; the memory must be reset as well.
// Errors     error_o goes and stays up at a response other than OKAY.
// Parameters Outstanding >= 1 bursts in flight; AddrW bits of a byte address; WordW, Words of a row
//            and BeatW differ in proofs only.
// Verified   tests/rtl/result_writer: random rows, errors; formal, bounded and by induction.
`include "edgemoe_assert.svh"

module edgemoe_axi_row_writer #(
  parameter int unsigned Outstanding = 16,
  parameter int unsigned WordW = 8 * edgemoe_pkg::WriterBytes,
  parameter int unsigned Words = edgemoe_pkg::RowBytes / edgemoe_pkg::WriterBytes,
  parameter int unsigned BeatW = 128,
  localparam int unsigned AddrW = 48,
  localparam int unsigned Beats = WordW / BeatW,
  localparam int unsigned CountW = $clog2(Outstanding + 2),
  localparam int unsigned LevelW = $clog2(Outstanding * Words + 1)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // rows
  output logic                         free_o,
  output logic                         idle_o,
  input  logic                         word_valid_i,
  input  logic                         word_last_i,
  input  logic [WordW-1:0]             word_i,
  input  logic                         aw_valid_i,
  input  logic [AddrW-1:0]             aw_addr_i,
  input  logic [$clog2(Words+1)-1:0]   aw_words_i,
  output logic                         error_o,

  // AXI write address
  output logic                         awvalid_o,
  input  logic                         awready_i,
  output logic [AddrW-1:0]             awaddr_o,
  output logic [7:0]                   awlen_o,
  output logic [2:0]                   awsize_o,
  output logic [1:0]                   awburst_o,

  // AXI write data
  output logic                         wvalid_o,
  input  logic                         wready_i,
  output logic [BeatW-1:0]             wdata_o,
  output logic [BeatW/8-1:0]           wstrb_o,
  output logic                         wlast_o,

  // AXI write response
  input  logic                         bvalid_i,
  output logic                         bready_o,
`ifdef FORMAL
  output logic [3*CountW+LevelW+$clog2(Beats)-1:0] formal_o,  // what induction has to know
`endif
  input  logic [1:0]                   bresp_i
);

  localparam int unsigned SizeW  = $clog2(Words + 1);

  // Addresses that the memory has not taken in their cycle.
  logic              wait_valid, wait_space;
  logic [AddrW-1:0]  wait_addr;
  logic [SizeW-1:0]  wait_words, words;
  logic [$clog2(Outstanding+1)-1:0] wait_level;
  logic              wait_write;
  assign wait_write = aw_valid_i && (wait_valid || !awready_i);
  edgemoe_fifo #(.Width(AddrW + SizeW), .Depth(Outstanding)) u_waiting (
    .clk_i, .rst_ni, .wvalid_i(wait_write), .wready_o(wait_space),
    .wdata_i({aw_addr_i, aw_words_i}), .rvalid_o(wait_valid), .rready_i(awready_i),
    .rdata_o({wait_addr, wait_words}), .level_o(wait_level)
  );
  assign awvalid_o = wait_valid || aw_valid_i;
  assign awaddr_o  = wait_valid ? wait_addr : aw_addr_i;
  assign words     = wait_valid ? wait_words : aw_words_i;
  assign awlen_o   = 8'(32'(words) * Beats - 1);
  assign awsize_o  = 3'd4;
  assign awburst_o = 2'b01;

  // Words into beats; bursts whose address is out and whose data is not.
  logic              word_valid, word_last, word_space, word_taken, aw_taken, burst_done;
  logic [WordW-1:0]  word;
  logic [LevelW-1:0] word_level;
  logic [$clog2(Beats)-1:0] beat_q;
  logic [CountW-1:0] bursts_q, flight_q;
  edgemoe_fifo #(.Width(WordW + 1), .Depth(Outstanding * Words)) u_words (
    .clk_i, .rst_ni, .wvalid_i(word_valid_i), .wready_o(word_space),
    .wdata_i({word_last_i, word_i}), .rvalid_o(word_valid), .rready_i(word_taken),
    .rdata_o({word_last, word}), .level_o(word_level)
  );
  assign aw_taken   = awvalid_o && awready_i;
  assign wvalid_o   = word_valid && bursts_q != '0;
  assign wdata_o    = word[32'(beat_q)*BeatW +: BeatW];
  assign wstrb_o    = '1;
  assign wlast_o    = word_last && 32'(beat_q) == Beats - 1;
  assign word_taken = wvalid_o && wready_i && 32'(beat_q) == Beats - 1;
  assign burst_done = wvalid_o && wready_i && wlast_o;
  assign bready_o   = 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q   <= '0;
      bursts_q <= '0;
      flight_q <= '0;
      error_o  <= 1'b0;
    end else begin
      if (wvalid_o && wready_i) beat_q <= beat_q + 1'b1;  // Beats is a power of two
      bursts_q <= bursts_q + CountW'(aw_taken) - CountW'(burst_done);
      flight_q <= flight_q + CountW'(aw_valid_i) - CountW'(bvalid_i);
      if (bvalid_i && bresp_i != 2'b00) error_o <= 1'b1;
    end
  end
  assign free_o = 32'(flight_q) + 32'(aw_valid_i) < Outstanding ;
  assign idle_o = flight_q == '0 && !aw_valid_i;

`ifdef FORMAL
  assign formal_o = {CountW'(wait_level), bursts_q, flight_q, word_level, beat_q};
`endif
  `EDGEMOE_ASSERT(WordsHaveSpace, !word_valid_i || word_space)
  `EDGEMOE_ASSERT(AddressesHaveSpace, !wait_write || wait_space)
  `EDGEMOE_ASSERT(AnswersAreAwaited, !bvalid_i || flight_q != '0)
  `EDGEMOE_ASSERT(InFlight, 32'(flight_q) <= Outstanding && 32'(wait_level) <= 32'(flight_q) &&
                  32'(word_level) <= Outstanding * Words)
  // One vector each: Yosys 0.23 takes no concatenation into $past.
  logic [AddrW+7:0] address_offer;
  logic [BeatW:0]   data_offer;
  assign address_offer = {awlen_o, awaddr_o};
  assign data_offer    = {wlast_o, wdata_o};
  `EDGEMOE_ASSERT_HOLD(AddressHeld, awvalid_o, awready_i, address_offer)
  `EDGEMOE_ASSERT_HOLD(DataHeld, wvalid_o, wready_i, data_offer)

endmodule
