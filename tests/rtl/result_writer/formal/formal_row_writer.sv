// SPDX-License-Identifier: Apache-2.0
// The row writer on a memory that does what AXI allows. Addresses and data that are offered stay
// until they are taken (asserted in the module); no data before its address has been taken; never
// more bursts in flight than Outstanding, nor more than rows; free and idle say exactly that.
//
// Promise 1: words come by the rules of the interface, and the store never overflows (bounded; the
//            order of words in the store is the FIFO's own proof, which induction does not see).
// Promise 0: words come whenever there is space for them, in any number: induction.
module formal_row_writer #(
  parameter int unsigned Outstanding = 2,
  parameter int unsigned Words = 2,
  parameter bit          Promise = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        begin_i,
  input logic [7:0]  size_i,
  input logic        word_valid_i,
  input logic [15:0] word_i,
  input logic        any_last_i,
  input logic        aw_valid_i,
  input logic [47:0] aw_addr_i,
  input logic        awready_i,
  input logic        wready_i,
  input logic        bvalid_i,
  input logic [1:0]  bresp_i
);
  `include "../../common/formal/formal_start.svh"

  localparam int unsigned BeatW  = 8;
  localparam int unsigned Beats  = 2;
  localparam int unsigned SizeW  = $clog2(Words + 1);
  localparam int unsigned CountW = $clog2(Outstanding + 2);
  localparam int unsigned LevelW = $clog2(Outstanding * Words + 1);
  localparam int unsigned BeatsW = $clog2(Beats);

  logic [SizeW-1:0] size;
  logic free, idle, error, awvalid, wvalid, wlast, bready, word_last;
  logic [47:0] awaddr;
  logic [7:0] awlen;
  logic [2:0] awsize;
  logic [1:0] awburst;
  logic [BeatW-1:0] wdata;
  logic [BeatW/8-1:0] wstrb;
  logic [3*CountW+LevelW+BeatsW-1:0] state;

  // Rows that have begun: one whose address is still to come; words that are still to come of the
  // oldest row, and of the one behind it.
  logic pending_q;
  logic [SizeW-1:0] pending_size_q, owed_q, owed_next_q;
  assign size = SizeW'(size_i);
  assign word_last = Promise ? owed_q == 1 : any_last_i;

  edgemoe_axi_row_writer #(
    .Outstanding(Outstanding), .WordW(16), .Words(Words), .BeatW(BeatW)
  ) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .free_o(free), .idle_o(idle), .word_valid_i(word_valid_i),
    .word_last_i(word_last), .word_i(word_i), .aw_valid_i(aw_valid_i), .aw_addr_i(aw_addr_i),
    .aw_words_i(pending_size_q), .error_o(error), .awvalid_o(awvalid), .awready_i(awready_i),
    .awaddr_o(awaddr), .awlen_o(awlen), .awsize_o(awsize), .awburst_o(awburst), .wvalid_o(wvalid),
    .wready_i(wready_i), .wdata_o(wdata), .wstrb_o(wstrb), .wlast_o(wlast), .bvalid_i(bvalid_i),
    .bready_o(bready), .formal_o(state), .bresp_i(bresp_i)
  );

  // Counted from outside: bursts whose address waits, is taken, whose data is sent; words, beats.
  logic [CountW:0] waiting_q, taken_q, sent_q;
  logic [LevelW:0] words_q;
  logic [BeatsW-1:0] beat_q;
  logic aw_done, w_done, word_done, row_done;
  assign aw_done   = awvalid && awready_i;
  assign w_done    = wvalid && wready_i;
  assign word_done = w_done && 32'(beat_q) == Beats - 1;
  assign row_done  = w_done && wlast;

  always @(posedge clk_i) begin
    assume (!begin_i || ((!pending_q || aw_valid_i) && free && owed_next_q == 0));
    assume (size != 0 && 32'(size) <= Words && 32'(size_i) <= Words);
    assume (!aw_valid_i || pending_q);
    assume (!bvalid_i || sent_q != 0);
    if (Promise) assume (!word_valid_i || owed_q != 0);
    else assume (!word_valid_i || 32'(words_q) < Outstanding * Words);
  end

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pending_q   <= 1'b0;
      owed_q      <= '0;
      owed_next_q <= '0;
      waiting_q   <= '0;
      taken_q     <= '0;
      sent_q      <= '0;
      words_q     <= '0;
      beat_q      <= '0;
    end else begin
      pending_q <= begin_i || (pending_q && !aw_valid_i);
      if (begin_i) pending_size_q <= size;
      if (Promise) begin
        if (word_valid_i && owed_q == 1) begin
          owed_q      <= owed_next_q != 0 ? owed_next_q : begin_i ? size : '0;
          owed_next_q <= owed_next_q != 0 && begin_i ? size : '0;
        end else begin
          if (word_valid_i) owed_q <= owed_q - 1'b1;
          if (begin_i && owed_q == 0) owed_q <= size;
          if (begin_i && owed_q != 0) owed_next_q <= size;
        end
      end
      waiting_q <= waiting_q + aw_valid_i - aw_done;
      taken_q   <= taken_q + aw_done - row_done;
      sent_q    <= sent_q + row_done - bvalid_i;
      words_q   <= words_q + word_valid_i - word_done;
      beat_q    <= beat_q + w_done;
    end
  end

  logic [CountW+1:0] bursts;
  assign bursts = waiting_q + taken_q + sent_q;
  always @(posedge clk_i) if (rst_ni) begin
    no_data_before_its_address : assert (!wvalid || taken_q != 0);
    not_too_many_bursts : assert (bursts + pending_q <= Outstanding);
    says_when_it_is_free : assert (free == (bursts + aw_valid_i < Outstanding));
    says_when_it_is_idle : assert (idle == (bursts == 0 && !aw_valid_i));
    offers_what_waits : assert (awvalid == (waiting_q != 0 || aw_valid_i));
    sends_what_it_has : assert (wvalid == (words_q != 0 && taken_q != 0));
    takes_answers : assert (bready);
    waiting_known : assert (state[BeatsW+LevelW+2*CountW +: CountW] == waiting_q);
    taken_known : assert (state[BeatsW+LevelW+CountW +: CountW] == taken_q);
    flight_known : assert (state[BeatsW+LevelW +: CountW] == bursts);
    words_known : assert (state[BeatsW +: LevelW] == words_q);
    beat_known : assert (state[0 +: BeatsW] == beat_q);
  end

  // One row, freely chosen by its number, from outside: address, size and words come out as they
  // went in. Only where rows come by the rules.
  if (Promise) begin : gen_order
    (* anyconst *) logic [3:0] chosen;
    logic [3:0] begun_q, addressed_q, taken_rows_q, filled_q, sent_rows_q;
    logic [SizeW-1:0] size_q, in_q, out_q;
    logic [47:0] addr_q;
    logic [15:0] data_q, expected;
    (* anyconst *) logic [SizeW-1:0] place;  // of the word that is compared
    assign expected = data_q;
    always @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        begun_q      <= '0;
        addressed_q  <= '0;
        taken_rows_q <= '0;
        filled_q     <= '0;
        sent_rows_q  <= '0;
        in_q         <= '0;
        out_q        <= '0;
      end else begin
        begun_q      <= begun_q + begin_i;
        addressed_q  <= addressed_q + aw_valid_i;
        taken_rows_q <= taken_rows_q + aw_done;
        if (begin_i && begun_q == chosen) size_q <= size;
        if (aw_valid_i && addressed_q == chosen) addr_q <= aw_addr_i;
        if (word_valid_i) begin
          in_q <= word_last ? '0 : in_q + 1'b1;
          if (word_last) filled_q <= filled_q + 1'b1;
          if (filled_q == chosen && in_q == place) data_q <= word_i;
        end
        if (word_done) begin
          out_q <= wlast ? '0 : out_q + 1'b1;
          if (wlast) sent_rows_q <= sent_rows_q + 1'b1;
        end
      end
    end
    always @(posedge clk_i) if (rst_ni) begin
      if (awvalid && taken_rows_q == chosen) begin
        address_is_the_rows : assert (awaddr == (addressed_q == chosen ? aw_addr_i : addr_q));
        length_is_the_rows : assert (awlen == Beats * size_q - 1);
      end
      if (wvalid && sent_rows_q == chosen) begin
        last_is_the_rows : assert (wlast == (out_q + 1'b1 == size_q && 32'(beat_q) == Beats - 1));
        if (out_q == place) begin
          data_is_the_rows : assert (wdata == expected[32'(beat_q) * BeatW +: BeatW]);
        end
      end
    end
  end
endmodule
