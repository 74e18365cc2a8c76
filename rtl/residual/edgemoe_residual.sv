// SPDX-License-Identifier: Apache-2.0
// edgemoe_residual: the residual stream of all tokens, 24 bit a value, on the chip.
//
// Interface  add_*: read-modify-write of the array's drain, a word of 16 values a cycle: the read
//            is
//            asked for with add_ren_i, the sum comes back later through add_w*. DrainRows 2: with
//            *pair_i that of the row behind as well, the first row being even. copy_*: rows of
//            another segment, a beat of Lanes values. norm_*: reads of Lanes values; store_*: reads
//            of 16 values. Each reader has a copy of the memory, so nobody ever waits.
// Rows       hardware rows: segment * SegmentRows + row within the segment.
// Handshake  none. Adds and copies never write the same segment in the same cycle (asserted): COPY
//            writes segments that the drain reaches only after it.
// Latency    2 cycles from each read to its data. A word written in cycle c is seen by reads of
//            cycle c + 1. A sum that is still on its way (read up to 3 cycles before, written while
//            the next read of the same word is in the memory) is forwarded to the drain's port.
//            With DrainRows 2 no word comes again that soon (asserted).
// Reset      none; contents undefined until written.
// Numbers    int24, LSB 2^-16, packed value 0 first.
// Banks      by segment, and with DrainRows 2 by even and odd rows.
// Parameters Lanes 16 or 32; Segments >= 1; SegmentRows; MaxDim a multiple of 16; DrainRows 1, or 2
//            (SegmentRows even).
// Verified   tests/rtl/residual: against an array of words, random and back-to-back.
`include "edgemoe_assert.svh"

module edgemoe_residual #(
  parameter int unsigned Segments    = 2,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned MaxDim      = 192,
  parameter int unsigned Lanes       = 32,
  parameter int unsigned DrainRows   = 1,
  localparam int unsigned RowW  = $clog2(Segments * SegmentRows),
  localparam int unsigned WordW = $clog2(MaxDim / 16 > 1 ? MaxDim / 16 : 2),
  localparam int unsigned ValueW = 24,
  localparam int unsigned SumW  = 16 * ValueW
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // the drain's sums
  input  logic                    add_ren_i,
  input  logic                    add_rpair_i,
  input  logic [RowW-1:0]         add_rrow_i,
  input  logic [WordW-1:0]        add_rword_i,
  output logic [DrainRows*SumW-1:0] add_rdata_o,
  input  logic                    add_wen_i,
  input  logic                    add_wpair_i,
  input  logic [RowW-1:0]         add_wrow_i,
  input  logic [WordW-1:0]        add_wword_i,
  input  logic [DrainRows*SumW-1:0] add_wdata_i,

  // COPY
  input  logic                    copy_wen_i,
  input  logic [RowW-1:0]         copy_wrow_i,
  input  logic [WordW-1:0]        copy_wbeat_i,
  input  logic [Lanes*ValueW-1:0] copy_wdata_i,

  // norm unit
  input  logic                    norm_ren_i,
  input  logic [RowW-1:0]         norm_rrow_i,
  input  logic [WordW-1:0]        norm_rbeat_i,
  output logic [Lanes*ValueW-1:0] norm_rdata_o,

  // writer
  input  logic                    store_ren_i,
  input  logic [RowW-1:0]         store_rrow_i,
  input  logic [WordW-1:0]        store_rword_i,
  output logic [SumW-1:0]         store_rdata_o
);

  localparam int unsigned Parts = Lanes / 16;  // memories side by side
  localparam int unsigned Beats = (MaxDim + Lanes - 1) / Lanes;
  localparam int unsigned Words = SegmentRows / DrainRows * Beats;
  localparam int unsigned Depth = Words > 1 ? Words : 2;
  localparam int unsigned AddrW = $clog2(Depth);
  localparam int unsigned PartShift = Parts == 2 ? 1 : 0;
  localparam int unsigned SegW = Segments > 1 ? $clog2(Segments) : 1;
  localparam int unsigned BankShift = DrainRows == 2 ? 1 : 0;

  `EDGEMOE_PARAMETER_CHECK(OneOrTwoWordsABeat, Lanes == 16 || Lanes == 32)
  `EDGEMOE_PARAMETER_CHECK(WholeWords, MaxDim % 16 == 0)
  `EDGEMOE_PARAMETER_CHECK(OneOrTwoRows, DrainRows == 1 || (DrainRows == 2 && SegmentRows % 2 == 0))

  // By a constant: additions, since a multiplication would be given a DSP.
  function automatic logic [15:0] times(input logic [15:0] x, input logic [15:0] constant);
    times = '0;
    for (int b = 0; b < 16; b++) begin
      if (constant[b]) times = times + (x << b);
    end
  endfunction

  function automatic logic [AddrW-1:0] address(input logic [RowW-1:0] row,
                                               input logic [WordW-1:0] beat);
    int unsigned offset;
    offset = 32'(row);
    for (int s = 1; s < Segments; s++) begin
      if (32'(row) >= s * SegmentRows) offset = 32'(row) - s * SegmentRows;
    end
    address = AddrW'(times(16'(offset >> BankShift), 16'(Beats)) + 16'(beat));
  endfunction

  function automatic logic in_segment(input logic [RowW-1:0] row, input int unsigned segment);
    in_segment = 32'(row) >= segment * SegmentRows && 32'(row) < (segment + 1) * SegmentRows;
  endfunction

  function automatic logic in_bank(input logic odd, input int unsigned bank);
    in_bank = DrainRows == 1 || odd == (bank != 0);
  endfunction

  function automatic logic [SegW-1:0] segment_of(input logic [RowW-1:0] row);
    segment_of = '0;
    for (int s = 1; s < Segments; s++) begin
      if (32'(row) >= s * SegmentRows) segment_of = SegW'(s);
    end
  endfunction

  // Words of a read, by segment, bank and part; which of them was meant, two cycles later.
  localparam int unsigned SegmentW = DrainRows * Parts * SumW;
  logic [Segments*SegmentW-1:0] add_word, norm_word, store_word;
  logic [RowW-1:0]  add_row_q, add_row_q2;
  logic             norm_row_q, norm_row_q2, store_row_q, store_row_q2;  // odd
  logic [SegW-1:0]  add_seg_q, add_seg_q2, norm_seg_q, norm_seg_q2, store_seg_q, store_seg_q2;
  logic [WordW-1:0] add_word_q, add_word_q2;
  logic             store_part_q, store_part_q2;
  logic [Segments-1:0] add_writes, copy_writes;

  for (genvar s = 0; s < Segments; s++) begin : gen_segment
    assign add_writes[s]  = add_wen_i && in_segment(add_wrow_i, s);
    assign copy_writes[s] = copy_wen_i && in_segment(copy_wrow_i, s);
    for (genvar n = 0; n < DrainRows * Parts; n++) begin : gen_part
      localparam int unsigned Bank = n / Parts;
      localparam int unsigned Part = n % Parts;
      localparam int unsigned Word = (s * DrainRows * Parts + n) * SumW;
      logic             wen, add_here, read_here;
      logic [AddrW-1:0] waddr;
      logic [SumW-1:0]  wdata;
      assign add_here  = (add_wpair_i && DrainRows > 1) || in_bank(add_wrow_i[0], Bank);
      assign read_here = (add_rpair_i && DrainRows > 1) || in_bank(add_rrow_i[0], Bank);
      always_comb begin
        wen   = copy_writes[s] && in_bank(copy_wrow_i[0], Bank);
        waddr = address(copy_wrow_i, copy_wbeat_i);
        wdata = copy_wdata_i[Part*SumW +: SumW];
        if (add_writes[s]) begin
          wen   = add_here && (Parts == 1 || add_wword_i[0] == 1'(Part));
          waddr = address(add_wrow_i, add_wword_i >> PartShift);
          wdata = Bank > 0 && add_wpair_i ? add_wdata_i[Bank*SumW +: SumW] : add_wdata_i[0 +: SumW];
        end
      end
      edgemoe_ram_sdp #(.Width(SumW), .Depth(Depth)) u_add (
        .clk_i, .rst_ni, .wen_i(wen), .wstrobe_i(1'b1), .waddr_i(waddr), .wdata_i(wdata),
        .ren_i(add_ren_i && in_segment(add_rrow_i, s) && read_here &&
               (Parts == 1 || add_rword_i[0] == 1'(Part))),
        .raddr_i(address(add_rrow_i, add_rword_i >> PartShift)),
        .rdata_o(add_word[Word +: SumW])
      );
      edgemoe_ram_sdp #(.Width(SumW), .Depth(Depth)) u_norm (
        .clk_i, .rst_ni, .wen_i(wen), .wstrobe_i(1'b1), .waddr_i(waddr), .wdata_i(wdata),
        .ren_i(norm_ren_i && in_segment(norm_rrow_i, s) && in_bank(norm_rrow_i[0], Bank)),
        .raddr_i(address(norm_rrow_i, norm_rbeat_i)),
        .rdata_o(norm_word[Word +: SumW])
      );
      edgemoe_ram_sdp #(.Width(SumW), .Depth(Depth)) u_store (
        .clk_i, .rst_ni, .wen_i(wen), .wstrobe_i(1'b1), .waddr_i(waddr), .wdata_i(wdata),
        .ren_i(store_ren_i && in_segment(store_rrow_i, s) && in_bank(store_rrow_i[0], Bank) &&
               (Parts == 1 || store_rword_i[0] == 1'(Part))),
        .raddr_i(address(store_rrow_i, store_rword_i >> PartShift)),
        .rdata_o(store_word[Word +: SumW])
      );
    end
  end

  always_ff @(posedge clk_i) begin
    add_row_q    <= add_rrow_i;
    add_row_q2   <= add_row_q;
    add_word_q   <= add_rword_i;
    add_word_q2  <= add_word_q;
    norm_row_q   <= norm_rrow_i[0];
    norm_row_q2  <= norm_row_q;
    store_row_q  <= store_rrow_i[0];
    store_row_q2 <= store_row_q;
    store_part_q  <= store_rword_i[0];
    store_part_q2 <= store_part_q;
    add_seg_q    <= segment_of(add_rrow_i);
    add_seg_q2   <= add_seg_q;
    norm_seg_q   <= segment_of(norm_rrow_i);
    norm_seg_q2  <= norm_seg_q;
    store_seg_q  <= segment_of(store_rrow_i);
    store_seg_q2 <= store_seg_q;
  end

  // The words that were meant: of the segment, of the part, of the bank.
  logic [SegmentW-1:0]       add_bank, norm_bank, store_bank;
  logic [DrainRows*SumW-1:0] add_part, store_part, add_read;
  always_comb begin
    add_bank   = add_word[0 +: SegmentW];
    norm_bank  = norm_word[0 +: SegmentW];
    store_bank = store_word[0 +: SegmentW];
    for (int s = 1; s < Segments; s++) begin
      if (add_seg_q2 == SegW'(s)) add_bank = add_word[s*SegmentW +: SegmentW];
      if (norm_seg_q2 == SegW'(s)) norm_bank = norm_word[s*SegmentW +: SegmentW];
      if (store_seg_q2 == SegW'(s)) store_bank = store_word[s*SegmentW +: SegmentW];
    end
    for (int b = 0; b < DrainRows; b++) begin
      add_part[b*SumW +: SumW]   = add_bank[b*Parts*SumW +: SumW];
      store_part[b*SumW +: SumW] = store_bank[b*Parts*SumW +: SumW];
      if (Parts == 2 && add_word_q2[0]) begin
        add_part[b*SumW +: SumW] = add_bank[((b+1)*Parts-1)*SumW +: SumW];
      end
      if (Parts == 2 && store_part_q2) begin
        store_part[b*SumW +: SumW] = store_bank[((b+1)*Parts-1)*SumW +: SumW];
      end
    end
    add_read      = add_part;
    norm_rdata_o  = norm_bank[0 +: Parts*SumW];
    store_rdata_o = store_part[0 +: SumW];
    if (DrainRows == 2 && add_row_q2[0]) add_read[0 +: SumW] = add_part[DrainRows*SumW-1 -: SumW];
    if (DrainRows == 2 && norm_row_q2) norm_rdata_o = norm_bank[SegmentW-1 -: Parts*SumW];
    if (DrainRows == 2 && store_row_q2) store_rdata_o = store_part[DrainRows*SumW-1 -: SumW];
  end

  if (DrainRows == 1) begin : gen_forward
    // Forwarding: a sum that is written in the cycle of the read or in one of the two after it.
    logic            hit_read_q, hit_now_q, hit_read_q2, hit_now;
    logic [SumW-1:0] sum_q, sum_q2, late_sum_q2;
    always_comb hit_now = add_wen_i && add_wrow_i == add_row_q2 && add_wword_i == add_word_q2;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        hit_read_q  <= 1'b0;
        hit_read_q2 <= 1'b0;
        hit_now_q   <= 1'b0;
      end else begin
        hit_read_q  <= add_wen_i && add_wrow_i == add_rrow_i && add_wword_i == add_rword_i;
        hit_read_q2 <= hit_read_q;
        hit_now_q   <= add_wen_i && add_wrow_i == add_row_q && add_wword_i == add_word_q;
      end
    end
    always_ff @(posedge clk_i) begin
      if (add_wen_i) begin
        sum_q       <= add_wdata_i;
        late_sum_q2 <= add_wdata_i;
      end
      sum_q2 <= sum_q;
    end
    always_comb begin
      add_rdata_o = add_read;
      if (hit_read_q2) add_rdata_o = sum_q2;
      if (hit_now_q) add_rdata_o = late_sum_q2;
      if (hit_now) add_rdata_o = add_wdata_i;
    end
    logic unused_pairs;
    assign unused_pairs = add_rpair_i ^ add_wpair_i;
  end else begin : gen_pairs
    assign add_rdata_o = add_read;

    // Reads on their way, and the words that are written.
    logic [2:0] read_q, pair_q;
    logic [2:0] clash;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        read_q <= '0;
        pair_q <= '0;
      end else begin
        read_q <= {read_q[1:0], add_ren_i};
        pair_q <= {pair_q[1:0], add_rpair_i};
      end
    end
    function automatic logic same(input logic [RowW-1:0] row, input logic pair,
                                  input logic [RowW-1:0] other, input logic other_pair);
      same = pair || other_pair ? row[RowW-1:1] == other[RowW-1:1] : row == other;
    endfunction
    assign clash[0] = add_ren_i && add_rword_i == add_wword_i &&
                      same(add_rrow_i, add_rpair_i, add_wrow_i, add_wpair_i);
    assign clash[1] = read_q[0] && add_word_q == add_wword_i &&
                      same(add_row_q, pair_q[0], add_wrow_i, add_wpair_i);
    assign clash[2] = read_q[1] && add_word_q2 == add_wword_i &&
                      same(add_row_q2, pair_q[1], add_wrow_i, add_wpair_i);
    `EDGEMOE_ASSERT(NothingToForward, !add_wen_i || clash == '0)
    `EDGEMOE_ASSERT(PairsBeginEven, (!add_wen_i || !add_wpair_i || !add_wrow_i[0]) &&
                                    (!add_ren_i || !add_rpair_i || !add_rrow_i[0]))
    logic unused_here;
    assign unused_here = ^{read_q[2], pair_q[2], clash};
  end

  `EDGEMOE_ASSERT(OneWriterASegment, (add_writes & copy_writes) == '0)
  `EDGEMOE_ASSERT(AddInside, !add_wen_i || add_writes != '0)
  `EDGEMOE_ASSERT(CopyInside, !copy_wen_i || copy_writes != '0)

endmodule
