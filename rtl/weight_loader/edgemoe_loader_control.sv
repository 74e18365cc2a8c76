// SPDX-License-Identifier: Apache-2.0
// Executes the load commands: makes jobs of them, in the cycles of sim/units/loader.cpp.
//
// Interface: next_*, start_reached_i, free_o: the unit's front; the command is known one cycle
//            before it may act, so that its first job is in the issuer then. pub_*: blocks whose
//            routing is public, and the active experts of the latest; rest_*: the experts to be
//            loaded by LOAD_EXPERTS, in order, valid at least one cycle before pub_count_i counts
//            the block. job_*, go_o, drop_o: edgemoe_row_issuer. begin_o: the first row of the
//            issuer's job may be requested, opened_*: which matrix that is; run_*: its run
//            (edgemoe_row_events), or with run_marker_o the end of a PREFETCH. ev_*: end of a
//            command without rows.
// Rules:     LOAD_WEIGHTS: a job. LOAD_PIXELS, LOAD_TOKENS: a job. PREFETCH_EXPERTS: two jobs for
//            each listed expert; one that is known to be idle when its first row is due costs a
//            cycle. LOAD_EXPERTS: waits for the routing, then two jobs for each expert of the rest.
//            The next command can be taken from the queue in the cycle after the last request.
// Handshake: open_ready_i: rings, table and run queue have room for what begin_o opens.
// Latency:   job offered in the cycle before its first request.
// Reset:     idle, block 0.
// Requires:  LOAD_EXPERTS and PREFETCH_EXPERTS carry in_dim and hidden_dim of their experts; images
//            whose patches in a row are a multiple of TokenLanes.
// Parameters: Experts <= 16; TokenLanes; Prefetch 0: lists are ignored.
// Verified:  tests/rtl/weight_loader, against the cycle engine.
`include "edgemoe_assert.svh"

module edgemoe_loader_control #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned Experts = 16,
  parameter int unsigned Prefetch = 1,
  localparam int unsigned ExpertW = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned CountW = $clog2(Experts + 1),
  localparam int unsigned RowAddrW = 40
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // front
  input  logic                             next_valid_i,
  input  logic [edgemoe_pkg::CommandW-1:0] next_cmd_i,
  input  logic [edgemoe_pkg::CommandW-1:0] cmd_i,
  input  logic                             start_reached_i,
  output logic                             free_o,

  // routing
  input  logic [15:0]                      pub_count_i,
  input  logic [Experts-1:0]               pub_active_i,
  input  logic [CountW-1:0]                rest_count_i,
  input  logic [Experts*ExpertW-1:0]       rest_list_i,

  // jobs
  output logic                             job_valid_o,
  input  logic                             job_ready_i,
  output logic [1:0]                       job_kind_o,
  output logic [RowAddrW-1:0]              job_row_o,
  output logic [15:0]                      job_param_rows_o,
  output logic [31:0]                      job_tile_rows_o,
  output logic [7:0]                       job_band_rows_o,
  output logic [15:0]                      job_plane_rows_o,
  output logic                             go_o,
  output logic                             drop_o,

  // the issuer's job begins
  input  logic                             open_ready_i,
  output logic                             begin_o,
  output logic [1:0]                       opened_kind_o,
  output logic [15:0]                      opened_param_rows_o,
  output logic [31:0]                      opened_tile_rows_o,
  output logic                             opened_expert_o,
  output logic                             opened_guess_o,
  output logic [ExpertW-1:0]               opened_number_o,
  output logic                             opened_matrix_o,
  output logic                             block_parity_o,
  output logic                             block_end_o,

  // runs
  output logic                             run_valid_o,
  output logic                             run_last_o,
  output logic                             run_hold_o,
  output logic                             run_marker_o,
  output logic                             run_signal_group_o,
  output logic                             run_signal_end_o,
  output logic [15:0]                      run_a_o,
  output logic [15:0]                      run_b_o,

  // ends without rows
  output logic                             ev_valid_o,
  output logic                             ev_signal_o,
  output logic [7:0]                       ev_counter_o,
  output logic [15:0]                      ev_id_o
);

  localparam int unsigned LaneW = $clog2(TokenLanes);
  localparam logic [1:0] KindRings = 2'd0, KindPixels = 2'd2, KindPosition = 2'd3;

  // The command that is known now: in the cycle before its start it comes from the front.
  logic [edgemoe_pkg::CommandW-1:0] cmd;
  logic [7:0] opcode, next_opcode, list_count;
  logic [15:0] hidden_dim, in_dim;
  logic is_prefetch, is_rest, is_experts;
  assign cmd = next_valid_i ? next_cmd_i : cmd_i;
  assign opcode = cmd_i[edgemoe_pkg::CmdOpcodeLsb +: 8];
  assign next_opcode = cmd[edgemoe_pkg::CmdOpcodeLsb +: 8];
  assign list_count = cmd[edgemoe_pkg::CmdListCountLsb +: 8];
  assign hidden_dim = cmd[edgemoe_pkg::CmdHiddenDimLsb +: 16];
  assign in_dim = cmd[edgemoe_pkg::CmdInDimLsb +: 16];
  assign is_prefetch = opcode == edgemoe_pkg::OpPrefetchExperts;
  assign is_rest = opcode == edgemoe_pkg::OpLoadExperts;
  assign is_experts = is_prefetch || is_rest;

  // The command in execution; the job in the issuer.
  logic active_q, active_d, loaded_q, loaded_d, begun_q, begun_d, some_q, some_d;
  logic [15:0] blocks_q, blocks_d;
  logic [4:0] place_q, place_d;  // in the list
  logic matrix_q, matrix_d;
  logic [1:0] kind_q;
  logic [15:0] params_q;
  logic [31:0] tiles_q;
  logic [RowAddrW-1:0] after_q;  // row behind the job's
  logic [ExpertW-1:0] number_q;

  // What happens in this cycle.
  logic published, waits_hold, skip, hold_rest, first_go, nothing, boundary, take;
  assign published = pub_count_i != blocks_q;
  assign waits_hold = start_reached_i && (!is_rest || published);
  assign skip = active_q && loaded_q && !begun_q && is_prefetch && !matrix_q && start_reached_i &&
                published && !pub_active_i[number_q];
  // LOAD_EXPERTS keeps the first expert of the rest in the issuer until it knows the rest.
  assign hold_rest = active_q && is_rest && loaded_q && !begun_q && place_q == '0 && !matrix_q &&
                     (!waits_hold || rest_count_i == '0);
  assign first_go = active_q && loaded_q && !begun_q && waits_hold && !skip && !hold_rest &&
                    open_ready_i;
  assign go_o = begun_q || first_go;
  assign drop_o = skip || hold_rest;
  assign begin_o = first_go;
  // Nothing is left to request: a command without rows, or the end of a PREFETCH.
  assign nothing = is_rest && hold_rest && waits_hold;
  assign boundary = active_q && ((!loaded_q && waits_hold && (!some_q || open_ready_i)) || nothing);
  assign free_o = !active_q || boundary;

  // The next job. Behind (place, matrix) comes the second matrix, then the next of the list.
  logic [4:0] count, next_place, offer_place;
  logic offer_matrix, offer_expert, offer;
  logic [ExpertW-1:0] offer_number;
  logic [RowAddrW-1:0] base, offer_row;
  logic [15:0] first_params, second_params, offer_params;
  logic [31:0] offer_tiles, half_tiles;
  assign count = next_opcode == edgemoe_pkg::OpLoadExperts ? 5'(rest_count_i)
                 : (Prefetch != 0 ? list_count[4:0] : 5'd0);
  assign next_place = place_q + 5'd1;
  assign offer_expert = next_opcode == edgemoe_pkg::OpPrefetchExperts ||
                        next_opcode == edgemoe_pkg::OpLoadExperts;
  always_comb begin
    offer_place = place_q;
    offer_matrix = 1'b0;
    if (next_valid_i || hold_rest) begin
      offer_place = '0;
    end else if (skip || matrix_q) begin
      offer_place = next_place;
    end else begin
      offer_matrix = 1'b1;
    end
    offer_number = next_opcode == edgemoe_pkg::OpLoadExperts
                       ? rest_list_i[32'(offer_place)*ExpertW +: ExpertW]
                       : cmd[edgemoe_pkg::CmdExpertList0Lsb + 32'(offer_place)*8 +: ExpertW];
    if (offer_matrix) offer_number = number_q;
  end

  assign base = cmd[edgemoe_pkg::CmdAddressLsb+8 +: RowAddrW];
  assign first_params = 16'((17'(hidden_dim) + 17'd31) >> 5);
  assign second_params = 16'((17'(in_dim) + 17'd31) >> 5);
  assign half_tiles = cmd[edgemoe_pkg::CmdRowsLsb +: 32] >> 1;

  // Rows of a buffer.
  logic [7:0] band_rows, bands;
  logic [15:0] plane_rows;
  logic [31:0] token_words, token_rows;
  logic [15:0] tokens, out_dim;
  assign band_rows = cmd[edgemoe_pkg::CmdImageWidthLsb+4 +: 8];
  assign bands = cmd[edgemoe_pkg::CmdImageHeightLsb+4 +: 8];
  assign plane_rows = 16'(band_rows) * 16'(bands);
  assign tokens = cmd[edgemoe_pkg::CmdTokensLsb +: 16];
  assign out_dim = cmd[edgemoe_pkg::CmdOutDimLsb +: 16];
  assign token_words = 32'(tokens) * 32'(out_dim[15:4]);  // of 16 values
  assign token_rows = (token_words + 32'd3) >> 2;

  always_comb begin
    offer = next_valid_i;
    job_kind_o = KindRings;
    offer_row = base;
    offer_params = cmd[edgemoe_pkg::CmdParamRowsLsb +: 16];
    offer_tiles = cmd[edgemoe_pkg::CmdRowsLsb +: 32];
    if (offer_expert) begin
      offer = (next_valid_i || (active_q && loaded_q && !nothing)) &&
              (offer_matrix || offer_place < count || next_opcode == edgemoe_pkg::OpLoadExperts);
      // Beyond the list of LOAD_EXPERTS only while it waits.
      if (!next_valid_i && !hold_rest && !offer_matrix && offer_place >= count) offer = 1'b0;
      offer_row = offer_matrix ? after_q
                               : base + RowAddrW'(cmd[edgemoe_pkg::CmdExpertStrideRowsLsb +: 32]) *
                                            RowAddrW'(offer_number);
      offer_params = offer_matrix ? second_params : first_params;
      offer_tiles = half_tiles;
    end else if (next_opcode == edgemoe_pkg::OpLoadPixels) begin
      job_kind_o = KindPixels;
      offer_params = '0;
      offer_tiles = 32'(plane_rows) * 32'd3;
    end else if (next_opcode == edgemoe_pkg::OpLoadTokens) begin
      job_kind_o = KindPosition;
      offer_params = '0;
      offer_tiles = token_rows;
    end
  end
  assign job_valid_o = offer && (offer_params != '0 || offer_tiles != '0);
  assign job_row_o = offer_row;
  assign job_param_rows_o = offer_params;
  assign job_tile_rows_o = offer_tiles;
  assign job_band_rows_o = band_rows;
  assign job_plane_rows_o = plane_rows;
  assign take = job_valid_o && job_ready_i;

  // The last row of the last job ends the command but for PREFETCH, which looks at the list again.
  logic job_ends, last_job;
  assign last_job = !is_experts || (is_rest && matrix_q && next_place >= count);
  assign job_ends = loaded_q && job_ready_i;
  always_comb begin
    active_d = active_q;
    loaded_d = loaded_q;
    begun_d = begun_q || first_go;
    some_d = some_q || first_go;
    place_d = place_q;
    matrix_d = matrix_q;
    blocks_d = blocks_q;
    block_end_o = 1'b0;
    if (job_ends) begin
      loaded_d = 1'b0;
      begun_d = 1'b0;
      if (!drop_o && last_job) active_d = 1'b0;
    end
    if (boundary) active_d = 1'b0;
    if (active_q && !active_d && is_rest) begin
      blocks_d = blocks_q + 16'd1;
      block_end_o = 1'b1;
    end
    if (next_valid_i) begin
      active_d = 1'b1;
      some_d = 1'b0;
    end
    if (take) begin
      loaded_d = 1'b1;
      place_d = offer_place;
      matrix_d = offer_matrix;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      loaded_q <= 1'b0;
      begun_q <= 1'b0;
      blocks_q <= '0;
    end else begin
      active_q <= active_d;
      loaded_q <= loaded_d;
      begun_q <= begun_d;
      blocks_q <= blocks_d;
    end
  end
  always_ff @(posedge clk_i) begin
    some_q <= some_d;
    place_q <= place_d;
    matrix_q <= matrix_d;
    if (take) begin
      kind_q <= job_kind_o;
      params_q <= offer_params;
      tiles_q <= offer_tiles;
      after_q <= offer_row + RowAddrW'(offer_params) + RowAddrW'(offer_tiles);
      number_q <= offer_number;
    end
  end

  assign opened_kind_o = kind_q;
  assign opened_param_rows_o = params_q;
  assign opened_tile_rows_o = tiles_q;
  assign opened_expert_o = is_experts;
  assign opened_guess_o = is_prefetch;
  assign opened_number_o = number_q;
  assign opened_matrix_o = matrix_q;
  assign block_parity_o = blocks_q[0];

  assign run_marker_o = boundary && some_q;
  assign run_valid_o = begin_o || run_marker_o;
  assign run_last_o = last_job;
  assign run_hold_o = is_prefetch && matrix_q;
  assign run_signal_group_o =
      cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalGroup && !is_experts &&
      opcode != edgemoe_pkg::OpLoadWeights;
  assign run_signal_end_o = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalEnd;
  assign run_a_o = kind_q == KindPixels ? 16'(band_rows) : 16'(out_dim << LaneW);
  assign run_b_o = kind_q == KindPixels ? 16'(band_rows) >> LaneW
                                        : 16'((17'(tokens) + 17'(TokenLanes - 1)) >> LaneW);

  assign ev_valid_o = boundary && !some_q;
  assign ev_signal_o = run_signal_end_o;
  assign ev_counter_o = cmd_i[edgemoe_pkg::CmdSignalLsb +: 8];
  assign ev_id_o = cmd_i[edgemoe_pkg::CmdIdLsb +: 16];

  // Assertions
  `EDGEMOE_ASSERT(OneCommandAtATime, !next_valid_i || (!active_q && !loaded_q))
  `EDGEMOE_ASSERT(WholeGroupsInABand,
                  !begin_o || kind_q != KindPixels || band_rows[LaneW-1:0] == '0)

  logic unused;
  assign unused = ^{cmd, next_cmd_i, cmd_i, out_dim, list_count};

endmodule
