// SPDX-License-Identifier: Apache-2.0
// The loader: load commands in, rows in rings and buffers out, and where they lie.
//
// Interface: front and routing as edgemoe_loader_control; AXI read ports and write port as
//            edgemoe_weight_loader. tag_*, exp_*: look-ups (edgemoe_matrix_table), reader p in the
//            p-th field. consume_tile_*: the array's reads; consume_param_*: those of array (0, 1)
//            and norm unit (2). tile_rows_o, param_rows_o: rows that may be read, of all since
//            reset. A matrix of t tiles may be read up to row r when found and tile_rows_o - tile
//            count >= r (signed). ev_*: rows (0 .. Ports-1) and commands without rows (Ports).
// Rules:     a fetched expert that no token has chosen counts as read as soon as the routing is
//            public and it is complete.
// Latency:   as the parts say.
// Reset:     idle, rings empty.
// Parameters: Ports, Outstanding, TileRing, ParamRing, Experts, TokenLanes, Prefetch as the
//             accelerator;
//            Matrices: numbers of matrices in a ring, and of tags in use; a power of two.
// Verified:  tests/rtl/weight_loader, against the cycle engine.
`include "edgemoe_assert.svh"

module edgemoe_loader #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8,
  parameter int unsigned TileRing = 6144,
  parameter int unsigned ParamRing = edgemoe_pkg::ParameterRingRows,
  parameter int unsigned PixelRows = 384,
  parameter int unsigned PositionRows = 388,
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned Experts = 16,
  parameter int unsigned Prefetch = 1,
  parameter int unsigned Matrices = 128,
  localparam int unsigned RingMax = TileRing > ParamRing ? TileRing : ParamRing,
  localparam int unsigned BufferMax = PixelRows > PositionRows ? PixelRows : PositionRows,
  localparam int unsigned SlotW = $clog2(RingMax > BufferMax ? RingMax : BufferMax),
  localparam int unsigned TileW = $clog2(TileRing),
  localparam int unsigned ParamW = $clog2(ParamRing),
  localparam int unsigned SegW = $clog2(Matrices),
  localparam int unsigned ExpertW = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned CountW = $clog2(Experts + 1),
  localparam int unsigned Events = Ports + 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // front
  input  logic                             next_valid_i,
  input  logic [edgemoe_pkg::CommandW-1:0] next_cmd_i,
  input  logic [edgemoe_pkg::CommandW-1:0] cmd_i,
  input  logic                             start_reached_i,
  output logic                             free_o,
  output logic                             error_o,

  // routing
  input  logic [15:0]                      pub_count_i,
  input  logic [Experts-1:0]               pub_active_i,
  input  logic [CountW-1:0]                rest_count_i,
  input  logic [Experts*ExpertW-1:0]       rest_list_i,

  // AXI read address, by port
  output logic [Ports-1:0]                 arvalid_o,
  input  logic [Ports-1:0]                 arready_i,
  output logic [Ports*48-1:0]              araddr_o,
  output logic [Ports*8-1:0]               arlen_o,
  output logic [Ports*3-1:0]               arsize_o,
  output logic [Ports*2-1:0]               arburst_o,

  // AXI read data, by port
  input  logic [Ports-1:0]                 rvalid_i,
  output logic [Ports-1:0]                 rready_o,
  input  logic [Ports*128-1:0]             rdata_i,
  input  logic [Ports*2-1:0]               rresp_i,
  input  logic [Ports-1:0]                 rlast_i,

  // write port; kind 0 tile ring, 1 parameter ring, 2 pixels, 3 position table
  output logic                             wvalid_o,
  output logic [1:0]                       wkind_o,
  output logic [SlotW-1:0]                 wslot_o,
  output logic [edgemoe_pkg::RowW-1:0]     wdata_o,

  // readable rows, and where matrices lie; readers: 0 array, 1 norm unit
  output logic [31:0]                      tile_rows_o,
  output logic [31:0]                      param_rows_o,
  input  logic [31:0]                      tag_i,
  output logic [1:0]                       tag_found_o,
  output logic [2*TileW-1:0]               tag_tile_slot_o,
  output logic [63:0]                      tag_tile_count0_o,
  output logic [2*SegW-1:0]                tag_tile_seg_o,
  output logic [2*ParamW-1:0]              tag_param_slot_o,
  output logic [63:0]                      tag_param_count0_o,
  output logic [2*SegW-1:0]                tag_param_seg_o,
  output logic [31:0]                      tag_param_rows_o,
  input  logic                             exp_parity_i,
  input  logic [ExpertW-1:0]               exp_number_i,
  input  logic                             exp_matrix_i,
  output logic                             exp_found_o,
  output logic [TileW-1:0]                 exp_tile_slot_o,
  output logic [31:0]                      exp_tile_count0_o,
  output logic [SegW-1:0]                  exp_tile_seg_o,
  output logic [ParamW-1:0]                exp_param_slot_o,
  output logic [SegW-1:0]                  exp_param_seg_o,
  output logic [15:0]                      exp_param_rows_o,

  // rows read for the last time
  input  logic                             consume_tile_valid_i,
  input  logic [SegW-1:0]                  consume_tile_seg_i,
  input  logic [15:0]                      consume_tile_rows_i,
  input  logic [2:0]                       consume_param_valid_i,
  input  logic [3*SegW-1:0]                consume_param_seg_i,
  input  logic [47:0]                      consume_param_rows_i,

  // events
  output logic [Events-1:0]                ev_valid_o,
  output logic [Events-1:0]                ev_signal_o,
  output logic [Events*8-1:0]              ev_counter_o,
  output logic [Events*9-1:0]              ev_amount_o,
  output logic [Events-1:0]                ev_done_o,
  output logic [Events*16-1:0]             ev_id_o,

  // trace: requests by port, readable rows
  output logic [Ports-1:0]                 trc_request_valid_o,
  output logic [Ports-1:0]                 trc_readable_valid_o
);

  localparam int unsigned RowAddrW = 40;
  localparam int unsigned TileCountW = $clog2(TileRing + 1);
  localparam int unsigned ParamCountW = $clog2(ParamRing + 1);
  localparam int unsigned FreeW = TileCountW > ParamCountW ? TileCountW : ParamCountW;
  localparam int unsigned EntryW = TileW + 32 + SegW + ParamW + 32 + SegW + 16;
  localparam int unsigned AttrW = 2 + ExpertW + 16;

  // Control
  logic job_valid, job_ready, go, drop, begins, busy;
  logic opened_expert, opened_guess, opened_matrix, parity, block_end, open_ready;
  logic [1:0] job_kind, opened_kind;
  logic [RowAddrW-1:0] job_row;
  logic [15:0] job_params, job_plane_rows, opened_params, run_a, run_b;
  logic [31:0] job_tiles, opened_tiles;
  logic [7:0] job_band_rows, counter;
  logic [15:0] id;
  logic [ExpertW-1:0] opened_number;
  logic run_valid, run_ready, run_last, run_hold, run_marker, run_group, run_end;
  logic end_valid, end_signal;
  edgemoe_loader_control #(
    .TokenLanes(TokenLanes), .Experts(Experts), .Prefetch(Prefetch)
  ) u_control (
    .clk_i(clk_i), .rst_ni(rst_ni), .next_valid_i(next_valid_i), .next_cmd_i(next_cmd_i),
    .cmd_i(cmd_i), .start_reached_i(start_reached_i), .free_o(free_o), .pub_count_i(pub_count_i),
    .pub_active_i(pub_active_i), .rest_count_i(rest_count_i), .rest_list_i(rest_list_i),
    .job_valid_o(job_valid), .job_ready_i(job_ready), .job_kind_o(job_kind), .job_row_o(job_row),
    .job_param_rows_o(job_params), .job_tile_rows_o(job_tiles), .job_band_rows_o(job_band_rows),
    .job_plane_rows_o(job_plane_rows), .go_o(go), .drop_o(drop), .open_ready_i(open_ready),
    .begin_o(begins), .opened_kind_o(opened_kind), .opened_param_rows_o(opened_params),
    .opened_tile_rows_o(opened_tiles), .opened_expert_o(opened_expert),
    .opened_guess_o(opened_guess), .opened_number_o(opened_number),
    .opened_matrix_o(opened_matrix), .block_parity_o(parity), .block_end_o(block_end),
    .run_valid_o(run_valid), .run_last_o(run_last), .run_hold_o(run_hold),
    .run_marker_o(run_marker), .run_signal_group_o(run_group), .run_signal_end_o(run_end),
    .run_a_o(run_a), .run_b_o(run_b), .ev_valid_o(end_valid), .ev_signal_o(end_signal),
    .ev_counter_o(counter), .ev_id_o(id)
  );

  // The load stream
  logic [FreeW-1:0] free_tiles, free_params;
  logic [SlotW-1:0] tile_slot, param_slot;
  logic [Ports-1:0] row_valid, row_signal, row_done;
  logic [Ports*8-1:0] row_counter;
  logic [Ports*9-1:0] row_amount;
  logic [Ports*16-1:0] row_id;
  edgemoe_weight_loader #(
    .Ports(Ports), .Outstanding(Outstanding), .TileRing(TileRing), .ParamRing(ParamRing),
    .FreeW(FreeW), .SlotW(SlotW)
  ) u_stream (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .job_valid_i(job_valid), .job_ready_o(job_ready), .job_kind_i(job_kind), .job_row_i(job_row),
    .job_param_rows_i(job_params), .job_tile_rows_i(job_tiles), .job_band_rows_i(job_band_rows),
    .job_plane_rows_i(job_plane_rows), .go_i(go), .drop_i(drop), .busy_o(busy), .error_o(error_o),
    .run_valid_i(run_valid), .run_ready_o(run_ready), .run_kind_i(opened_kind),
    .run_param_rows_i(run_marker ? 16'd0 : opened_params),
    .run_tile_rows_i(run_marker ? 32'd0 : opened_tiles), .run_last_i(run_last),
    .run_hold_i(run_hold), .run_marker_i(run_marker), .run_id_i(id), .run_counter_i(counter),
    .run_signal_group_i(run_group), .run_signal_end_i(run_end), .run_a_i(run_a), .run_b_i(run_b),
    .arvalid_o(arvalid_o), .arready_i(arready_i), .araddr_o(araddr_o), .arlen_o(arlen_o),
    .arsize_o(arsize_o), .arburst_o(arburst_o), .rvalid_i(rvalid_i), .rready_o(rready_o),
    .rdata_i(rdata_i), .rresp_i(rresp_i), .rlast_i(rlast_i),
    .wvalid_o(wvalid_o), .wkind_o(wkind_o), .wslot_o(wslot_o), .wdata_o(wdata_o),
    .free_tiles_i(free_tiles), .free_params_i(free_params), .tile_rows_o(tile_rows_o),
    .param_rows_o(param_rows_o), .tile_slot_o(tile_slot), .param_slot_o(param_slot),
    .req_valid_o(trc_request_valid_o), .ready_valid_o(trc_readable_valid_o), .ready_id_o(row_id),
    .ev_valid_o(row_valid), .ev_signal_o(row_signal), .ev_counter_o(row_counter),
    .ev_amount_o(row_amount), .ev_done_o(row_done)
  );
  assign ev_valid_o = {end_valid, row_valid};
  assign ev_signal_o = {end_signal, row_signal};
  assign ev_counter_o = {counter, row_counter};
  assign ev_amount_o = {9'd1, row_amount};
  assign ev_done_o = {1'b1, row_done};
  assign ev_id_o = {id, row_id};

  // Rings: a segment for each matrix that has rows in it.
  logic tile_open, tile_ready, param_open, param_ready, tile_head, param_head, tile_all, param_all;
  logic [SegW-1:0] tile_seg, param_seg, tile_head_seg, param_head_seg;
  logic [15:0] tile_free;  // a matrix may be longer than the ring
  logic [ParamCountW-1:0] param_free;
  logic [3*ParamCountW-1:0] param_consumed;
  assign open_ready = tile_ready && param_ready && run_ready;
  assign tile_open = begins && opened_kind == 2'd0 && opened_tiles != '0;
  assign param_open = begins && opened_kind == 2'd0 && opened_params != '0;
  assign free_tiles = FreeW'(tile_free);
  assign free_params = FreeW'(param_free);
  for (genvar c = 0; c < 3; c++) begin : gen_consumed
    assign param_consumed[c*ParamCountW +: ParamCountW] = consume_param_rows_i[c*16 +: ParamCountW];
  end
  edgemoe_ring_walker #(.Segments(Matrices), .RowW(16), .Consumers(1)) u_tile_walker (
    .clk_i(clk_i), .rst_ni(rst_ni), .open_valid_i(tile_open), .open_ready_o(tile_ready),
    .open_rows_i(opened_tiles[15:0]), .open_segment_o(tile_seg),
    .consume_valid_i(consume_tile_valid_i), .consume_segment_i(consume_tile_seg_i),
    .consume_rows_i(consume_tile_rows_i), .head_valid_o(tile_head),
    .head_segment_o(tile_head_seg), .all_i(tile_all), .free_o(tile_free)
  );
  edgemoe_ring_walker #(.Segments(Matrices), .RowW(ParamCountW), .Consumers(3)) u_param_walker (
    .clk_i(clk_i), .rst_ni(rst_ni), .open_valid_i(param_open), .open_ready_o(param_ready),
    .open_rows_i(opened_params[ParamCountW-1:0]), .open_segment_o(param_seg),
    .consume_valid_i(consume_param_valid_i), .consume_segment_i(consume_param_seg_i),
    .consume_rows_i(param_consumed), .head_valid_o(param_head), .head_segment_o(param_head_seg),
    .all_i(param_all), .free_o(param_free)
  );

  // Wrong guesses: {guess, parity of the block, expert, tiles of all matrices up to this one}.
  logic [31:0] tile_total_q, param_total_q;
  logic [15:0] tile_end;
  logic [AttrW-1:0] tile_attr_mem [0:Matrices-1];
  logic [AttrW-1:0] param_attr_mem [0:Matrices-1];
  logic [AttrW-1:0] attr;
  assign tile_end = tile_total_q[15:0] + opened_tiles[15:0];
  assign attr = {opened_guess && opened_expert, parity, opened_number, tile_end};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tile_total_q <= '0;
      param_total_q <= '0;
    end else begin
      if (tile_open) tile_total_q <= tile_total_q + opened_tiles;
      if (param_open) param_total_q <= param_total_q + 32'(opened_params);
    end
  end
  always_ff @(posedge clk_i) begin
    if (tile_open) tile_attr_mem[tile_seg] <= attr;
    if (param_open) param_attr_mem[param_seg] <= attr;
  end
  logic [AttrW-1:0] tile_attr, param_attr;
  logic [15:0] tile_ahead, param_ahead;  // readable rows beyond the matrix
  assign tile_attr = tile_attr_mem[tile_head_seg];
  assign param_attr = param_attr_mem[param_head_seg];
  assign tile_ahead = tile_rows_o[15:0] - tile_attr[15:0];
  assign param_ahead = tile_rows_o[15:0] - param_attr[15:0];
  assign tile_all = tile_head && tile_attr[AttrW-1] && tile_attr[AttrW-2] != pub_count_i[0] &&
                    !pub_active_i[tile_attr[16 +: ExpertW]] && !tile_ahead[15];
  assign param_all = param_head && param_attr[AttrW-1] && param_attr[AttrW-2] != pub_count_i[0] &&
                     !pub_active_i[param_attr[16 +: ExpertW]] && !param_ahead[15];

  // Where matrices lie
  logic [2*EntryW-1:0] tag_entry;
  logic [EntryW-1:0] entry, exp_entry;
  logic [31:0] unused_exp_count0;
  assign entry = {tile_slot[TileW-1:0], tile_total_q, tile_seg, param_slot[ParamW-1:0],
                  param_total_q, param_seg, opened_params};
  edgemoe_matrix_table #(
    .Tags(Matrices), .Readers(2), .Experts(Experts), .EntryW(EntryW)
  ) u_table (
    .clk_i(clk_i), .rst_ni(rst_ni), .open_valid_i(begins && opened_kind == 2'd0),
    .open_expert_i(opened_expert), .open_tag_i(cmd_i[edgemoe_pkg::CmdTagLsb +: 16]),
    .open_parity_i(parity), .open_number_i(opened_number), .open_matrix_i(opened_matrix),
    .open_entry_i(entry), .clear_valid_i(block_end), .clear_parity_i(!parity),
    .tag_i(tag_i), .found_o(tag_found_o), .entry_o(tag_entry), .exp_parity_i(exp_parity_i),
    .exp_number_i(exp_number_i), .exp_matrix_i(exp_matrix_i), .exp_found_o(exp_found_o),
    .exp_entry_o(exp_entry)
  );
  for (genvar p = 0; p < 2; p++) begin : gen_reader
    assign {tag_tile_slot_o[p*TileW +: TileW], tag_tile_count0_o[p*32 +: 32],
            tag_tile_seg_o[p*SegW +: SegW], tag_param_slot_o[p*ParamW +: ParamW],
            tag_param_count0_o[p*32 +: 32], tag_param_seg_o[p*SegW +: SegW],
            tag_param_rows_o[p*16 +: 16]} = tag_entry[p*EntryW +: EntryW];
  end
  assign {exp_tile_slot_o, exp_tile_count0_o, exp_tile_seg_o, exp_param_slot_o, unused_exp_count0,
          exp_param_seg_o, exp_param_rows_o} = exp_entry;

  // Assertions
  `EDGEMOE_ASSERT(RowsInSixteenBits, !tile_open || opened_tiles < 32'd65536)
  `EDGEMOE_ASSERT(ParametersFitTheRing, !param_open || 32'(opened_params) <= ParamRing)
  `EDGEMOE_ASSERT(IssuerAgrees, !begins || busy)

  logic unused;
  assign unused = ^{busy, cmd_i, tile_slot, param_slot, consume_param_rows_i, tile_ahead,
                    param_ahead, tile_free};

endmodule
