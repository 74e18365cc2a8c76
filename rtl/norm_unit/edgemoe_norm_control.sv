// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_control: executes NORM and COPY, group by group, as sim/units/norm.cpp.
//
// Interface  start_i, cmd_i, start_reached_i, group_*: the unit's front. param_*: what the tag
//            table
//            says about cmd_i's tag, and the rows that are readable. residual and parameter reads;
//            beats for edgemoe_norm_unit with gains aligned; its result comes back through unit_*
//            and
//            leaves as norm_*: the write into the norm buffers. copy_*: COPY's rows.
// Rules      three passes over the rows of a group, each at least one row and NormTurn cycles after
//            the start of the one before; the next group right behind the third. COPY: every row of
//            a group once for each further segment.
// Handshake  free_o: no command is in execution in this cycle. Reads and writes never stall.
// Latency    a read asked for in cycle c is a beat for the norm unit in c + 3. Group g of NORM is
//            readable row + NormTail cycles after its third pass, of COPY CopyTail cycles after its
//            last read; event_* and copy_event_* say so in that cycle.
// Reset      idle.
// Rows       hardware rows: segment * SegmentRows + row within the segment.
// Requires   NORM with at least one token; COPY with at least two segments (asserted).
// Parameters as edgemoe_residual and edgemoe_norm_unit; ParamRing, a power of two; TokenLanes.
// Verified   tests/rtl/norm_unit: cycles against the cycle engine, bits against hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_norm_control #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned Lanes       = 32,
  parameter int unsigned Segments    = 2,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned MaxDim      = 192,
  parameter int unsigned ParamRing   = edgemoe_pkg::ParameterRingRows,
  parameter int unsigned SegmentIdW  = 5,
  localparam int unsigned RowW   = $clog2(Segments * SegmentRows),
  localparam int unsigned WordW  = $clog2(MaxDim / 16 > 1 ? MaxDim / 16 : 2),
  localparam int unsigned SlotW  = $clog2(ParamRing),
  localparam int unsigned LaneW  = $clog2(TokenLanes),
  localparam int unsigned TagW   = RowW + WordW + 1
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // front
  input  logic                               start_i,
  input  logic [edgemoe_pkg::CommandW-1:0]   cmd_i,
  output logic                               free_o,
  input  logic                               start_reached_i,
  output logic [15:0]                        group_o,
  input  logic                               group_reached_i,

  // parameters: entry of the command's tag
  output logic [15:0]                        param_tag_o,
  input  logic                               param_found_i,
  input  logic [SlotW-1:0]                   param_slot_i,
  input  logic [31:0]                        param_count0_i,
  input  logic [SegmentIdW-1:0]              param_seg_i,
  input  logic [15:0]                        param_rows_i,
  input  logic [31:0]                        param_rows_readable_i,
  output logic                               param_ren_o,
  output logic [SlotW-1:0]                   param_raddr_o,
  input  logic [edgemoe_pkg::RowW-1:0]       param_rdata_i,
  output logic                               consume_valid_o,
  output logic [SegmentIdW-1:0]              consume_seg_o,
  output logic [15:0]                        consume_rows_o,

  // residual
  output logic                               residual_ren_o,
  output logic [RowW-1:0]                    residual_rrow_o,
  output logic [WordW-1:0]                   residual_rbeat_o,
  input  logic [Lanes*24-1:0]                residual_rdata_i,
  output logic                               copy_wen_o,
  output logic [RowW-1:0]                    copy_wrow_o,
  output logic [WordW-1:0]                   copy_wbeat_o,
  output logic [Lanes*24-1:0]                copy_wdata_o,

  // norm unit: beats
  output logic                               unit_valid_o,
  output logic [1:0]                         unit_pass_o,
  output logic                               unit_first_o,
  output logic                               unit_last_o,
  output logic [LaneW-1:0]                   unit_slot_o,
  output logic [TagW-1:0]                    unit_tag_o,
  output logic [Lanes-1:0]                   unit_keep_o,
  output logic [Lanes*24-1:0]                unit_x_o,
  output logic [Lanes*18-1:0]                unit_gamma_o,
  output logic [Lanes*24-1:0]                unit_beta_o,
  output logic [31:0]                        unit_inv_d_o,
  output logic [17:0]                        unit_sqrt_d_o,
  output logic [61:0]                        unit_eps_acc_o,
  output logic [5:0]                         unit_gamma_frac_o,

  // norm unit: results
  input  logic                               unit_valid_i,
  input  logic                               unit_last_i,
  input  logic [TagW-1:0]                    unit_tag_i,
  input  logic [16:0]                        unit_scale_i,
  input  logic [Lanes*8-1:0]                 unit_z8_i,
  input  logic [Lanes*8-1:0]                 unit_lo_i,

  // norm buffers
  output logic                               norm_wen_o,
  output logic [RowW-1:0]                    norm_wrow_o,
  output logic [WordW-1:0]                   norm_wbeat_o,
  output logic                               norm_wlast_o,
  output logic                               norm_wlow_o,
  output logic [Lanes*8-1:0]                 norm_wz8_o,
  output logic [Lanes*8-1:0]                 norm_wlo_o,
  output logic [16:0]                        norm_wscale_o,

  // events: NORM, COPY
  output logic                               event_valid_o,
  output logic                               event_signal_o,
  output logic [7:0]                         event_counter_o,
  output logic                               event_done_o,
  output logic [15:0]                        event_id_o,
  output logic                               copy_event_valid_o,
  output logic                               copy_event_signal_o,
  output logic [7:0]                         copy_event_counter_o,
  output logic                               copy_event_done_o,
  output logic [15:0]                        copy_event_id_o,

  // trace
  output logic                               trc_norm_o,
  output logic [15:0]                        trc_norm_id_o,
  output logic [31:0]                        trc_norm_index_o
);

  `EDGEMOE_PARAMETER_CHECK(LanesPowerOfTwo, (TokenLanes & (TokenLanes - 1)) == 0 && TokenLanes > 1)

  // Fields of the command.
  logic        is_copy, low_plane, signal_end, signal_group;
  logic [15:0] tokens, segments, beats;
  assign is_copy      = cmd_i[edgemoe_pkg::CmdOpcodeLsb +: 8] == edgemoe_pkg::OpCopy;
  assign low_plane    = cmd_i[edgemoe_pkg::CmdLowPlaneLsb];
  assign tokens       = cmd_i[edgemoe_pkg::CmdTokensLsb +: 16];
  assign segments     = cmd_i[edgemoe_pkg::CmdSegmentsLsb +: 16];
  assign beats        = (cmd_i[edgemoe_pkg::CmdInDimLsb +: 16] + 16'(Lanes - 1)) / 16'(Lanes);
  assign signal_end   = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalEnd;
  assign signal_group = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalGroup;

  // Where the command is: segment, group (over all segments), its first row, row of the group, copy
  // destination, beat, pass; and the cycles until the next pass may begin.
  logic        active_q, active_d, running_q, running_d;
  logic [15:0] segment_q, segment_d, group_q, group_d, row0_q, row0_d;
  logic [15:0] copy_q, copy_d, beat_q, beat_d;
  logic [LaneW-1:0] lane_q, lane_d;
  logic [1:0]  pass_q, pass_d;
  logic [7:0]  turn_q, turn_d;  // cycles left before the next pass may begin

  logic        active, params_there, may_start, issue, group_starts;
  logic        last_beat, last_copy, last_row, pass_ends, group_ends, segment_ends, ends;
  logic [15:0] segment, group, row0, copy, beat;
  logic [LaneW-1:0] lane, last_lane;
  logic [1:0]  pass;

  always_comb begin
    active  = start_i || active_q;
    segment = start_i ? 16'd0 : segment_q;
    group   = start_i ? 16'd0 : group_q;
    row0    = start_i ? 16'd0 : row0_q;
    lane    = start_i ? '0 : lane_q;
    copy    = start_i ? 16'd1 : copy_q;
    beat    = start_i ? 16'd0 : beat_q;
    pass    = start_i ? 2'd0 : pass_q;
  end

  assign group_o      = group;
  assign params_there = is_copy || (param_found_i &&
                        param_rows_readable_i - param_count0_i >= 32'(param_rows_i) &&
                        !(param_rows_readable_i - param_count0_i >= 32'h8000_0000));
  assign may_start    = start_reached_i && params_there && group_reached_i;
  assign group_starts = active && (start_i || !running_q) && pass == 2'd0;
  assign issue        = active && (group_starts ? may_start
                                                : running_q || turn_q == 8'd0);
  assign last_lane    = (tokens - row0 >= 16'(TokenLanes)) ? LaneW'(TokenLanes - 1)
                                                           : LaneW'(tokens - row0 - 16'd1);
  assign last_beat    = beat + 16'd1 == beats;
  assign last_copy    = !is_copy || copy + 16'd1 >= segments;
  assign last_row     = lane == last_lane;
  assign pass_ends    = issue && last_beat && last_copy && last_row;
  assign group_ends   = pass_ends && (is_copy || pass == 2'd2);
  assign segment_ends = group_ends && row0 + 16'(TokenLanes) >= tokens;
  assign ends         = segment_ends && (is_copy || segment + 16'd1 == segments);
  assign free_o       = !active_q && !start_i;

  always_comb begin
    active_d  = active && !ends;
    segment_d = segment;
    group_d   = group;
    row0_d    = row0;
    lane_d    = lane;
    copy_d    = copy;
    beat_d    = beat;
    pass_d    = pass;
    running_d = issue && !pass_ends;
    turn_d    = turn_q == 8'd0 ? 8'd0 : turn_q - 8'd1;
    if (issue && beat == 16'd0 && lane == '0 && !is_copy) begin
      turn_d = 8'(beats) + 8'(edgemoe_pkg::NormTurn - 1);
    end
    if (issue) begin
      beat_d = last_beat ? 16'd0 : beat + 16'd1;
      if (last_beat) copy_d = last_copy ? 16'd1 : copy + 16'd1;
      if (last_beat && last_copy) lane_d = last_row ? '0 : lane + LaneW'(1);
    end
    if (pass_ends) pass_d = group_ends ? 2'd0 : pass + 2'd1;
    if (group_ends) begin
      group_d = group + 16'd1;
      row0_d  = segment_ends ? 16'd0 : row0 + 16'(TokenLanes);
      turn_d  = 8'd0;
    end
    if (segment_ends) segment_d = segment + 16'd1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      running_q <= 1'b0;
      segment_q <= '0;
      group_q   <= '0;
      row0_q    <= '0;
      lane_q    <= '0;
      copy_q    <= 16'd1;
      beat_q    <= '0;
      pass_q    <= '0;
      turn_q    <= '0;
    end else begin
      active_q  <= active_d;
      running_q <= running_d;
      segment_q <= segment_d;
      group_q   <= group_d;
      row0_q    <= row0_d;
      lane_q    <= lane_d;
      copy_q    <= copy_d;
      beat_q    <= beat_d;
      pass_q    <= pass_d;
      turn_q    <= turn_d;
    end
  end

  // Reads.
  logic [RowW-1:0] read_row, write_row;
  assign read_row         = RowW'(32'(segment) * SegmentRows + 32'(row0) + 32'(lane));
  assign write_row        = RowW'(32'(copy) * SegmentRows + 32'(row0) + 32'(lane));
  assign residual_ren_o   = issue;
  assign residual_rrow_o  = read_row;
  assign residual_rbeat_o = WordW'(beat);
  assign param_tag_o      = cmd_i[edgemoe_pkg::CmdTagLsb +: 16];
  assign param_ren_o      = issue && !is_copy && pass == 2'd2;
  assign param_raddr_o    = param_slot_i + SlotW'(32'(beat) * Lanes / edgemoe_pkg::ParamsPerRow);

  // Rows of parameters are not needed any more once the last pass has been issued.
  logic [SegmentIdW-1:0] consume_seg_q;
  logic [15:0]           consume_rows_q;
  logic                  consume_q;
  assign consume_valid_o = consume_q;
  assign consume_seg_o   = consume_seg_q;
  assign consume_rows_o  = consume_rows_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) consume_q <= 1'b0;
    else consume_q <= ends && !is_copy && param_rows_i != '0;
  end
  always_ff @(posedge clk_i) begin
    consume_seg_q  <= param_seg_i;
    consume_rows_q <= param_rows_i;
  end

  // The read path: three cycles, in which a beat's flags travel along.
  localparam int unsigned FlagsW = 1 + 2 + 2 + LaneW + TagW + Lanes + 6 + 1 + RowW;
  logic [FlagsW-1:0] flags, flags_q3;
  logic [2:0]        beat_valid_q, copy_valid_q;
  logic [Lanes-1:0]  keep;
  logic              half_q3;
  logic [RowW-1:0]   copy_row_q3;
  always_comb begin
    for (int n = 0; n < Lanes; n++) begin
      keep[n] = 32'(beat) * Lanes + n < 32'(cmd_i[edgemoe_pkg::CmdInDimLsb +: 16]);
    end
    flags = {1'((32'(beat) * Lanes / 16) & 1), pass, beat == 16'd0, last_beat, lane,
             low_plane, WordW'(beat), read_row, keep,
             cmd_i[edgemoe_pkg::CmdGammaFracLsb +: 6], is_copy, write_row};
  end
  edgemoe_delay #(.Width(FlagsW), .Depth(3)) u_flags (
    .clk_i, .data_i(flags), .data_o(flags_q3)
  );
  logic unused_is_copy;
  assign {half_q3, unit_pass_o, unit_first_o, unit_last_o, unit_slot_o, unit_tag_o, unit_keep_o,
          unit_gamma_frac_o, unused_is_copy, copy_row_q3} = flags_q3;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_valid_q <= '0;
      copy_valid_q <= '0;
    end else begin
      beat_valid_q <= {beat_valid_q[1:0], issue && !is_copy};
      copy_valid_q <= {copy_valid_q[1:0], issue && is_copy};
    end
  end
  logic [Lanes*24-1:0] x_q;
  always_ff @(posedge clk_i) begin
    if (beat_valid_q[1] || copy_valid_q[1]) x_q <= residual_rdata_i;
  end
  assign unit_valid_o = beat_valid_q[2];
  assign unit_x_o     = x_q;
  for (genvar n = 0; n < Lanes; n++) begin : gen_gain
    logic [63:0] record;
    if (Lanes == 16) begin : gen_half
      assign record = half_q3 ? param_rdata_i[(n+16)*64 +: 64] : param_rdata_i[n*64 +: 64];
    end else begin : gen_whole
      assign record = param_rdata_i[n*64 +: 64];
    end
    assign unit_gamma_o[n*18 +: 18] = record[17:0];
    assign unit_beta_o[n*24 +: 24]  = record[55:32];
    logic unused;
    assign unused = ^{record[31:18], record[63:56]};
  end
  if (Lanes != 16) begin : gen_unused
    logic unused;
    assign unused = half_q3;
  end

  // Constants: the passes of a command are over before the next one's moments need its own.
  assign unit_inv_d_o   = cmd_i[edgemoe_pkg::CmdInvDLsb +: 32];
  assign unit_sqrt_d_o  = cmd_i[edgemoe_pkg::CmdSqrtDLsb +: 18];
  assign unit_eps_acc_o = cmd_i[edgemoe_pkg::CmdEpsAccLsb +: 62];

  // COPY's rows.
  assign copy_wen_o   = copy_valid_q[2];
  assign copy_wrow_o  = copy_row_q3;
  assign copy_wbeat_o = unit_tag_o[RowW +: WordW];
  assign copy_wdata_o = x_q;

  // Results to the buffers, one register later.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) norm_wen_o <= 1'b0;
    else norm_wen_o <= unit_valid_i;
  end
  always_ff @(posedge clk_i) begin
    if (unit_valid_i) begin
      {norm_wlow_o, norm_wbeat_o, norm_wrow_o} <= unit_tag_i;
      norm_wlast_o  <= unit_last_i;
      norm_wz8_o    <= unit_z8_i;
      norm_wlo_o    <= unit_lo_i;
      norm_wscale_o <= unit_scale_i;
    end
  end

  // Events. At most one group of NORM is behind its third pass and not yet written.
  localparam int unsigned EventW = 1 + 8 + 1 + 16;
  logic [EventW-1:0] event_new, event_q, copy_event;
  logic [7:0]        event_wait_q;
  logic              event_pending_q;
  localparam int unsigned CopyDelay = edgemoe_pkg::CopyTail + 1;
  logic [CopyDelay-1:0] copy_event_q;
  assign event_new = {ends ? (signal_end || signal_group) : signal_group,
                      cmd_i[edgemoe_pkg::CmdSignalLsb +: 8], ends,
                      cmd_i[edgemoe_pkg::CmdIdLsb +: 16]};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      event_pending_q <= 1'b0;
      event_wait_q    <= '0;
      copy_event_q    <= '0;
    end else begin
      copy_event_q <= {copy_event_q[CopyDelay-2:0], group_ends && is_copy};
      if (event_wait_q != 8'd0) event_wait_q <= event_wait_q - 8'd1;
      if (event_valid_o) event_pending_q <= 1'b0;
      if (group_ends && !is_copy) begin
        event_pending_q <= 1'b1;
        event_wait_q    <= 8'(beats) + 8'(edgemoe_pkg::NormTail);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (group_ends && !is_copy) event_q <= event_new;
  end
  edgemoe_delay #(.Width(EventW), .Depth(CopyDelay)) u_copy_event (
    .clk_i, .data_i(event_new), .data_o(copy_event)
  );
  assign event_valid_o      = event_pending_q && event_wait_q == 8'd0;
  assign copy_event_valid_o = copy_event_q[CopyDelay-1];
  assign {event_signal_o, event_counter_o, event_done_o, event_id_o} = event_q;
  assign {copy_event_signal_o, copy_event_counter_o, copy_event_done_o, copy_event_id_o} =
      copy_event;

  // Trace: the first cycle of each pass.
  logic [31:0] pass_index_q;
  assign trc_norm_o       = issue && beat == 16'd0 && lane == '0 && (!is_copy || copy == 16'd1);
  assign trc_norm_id_o    = cmd_i[edgemoe_pkg::CmdIdLsb +: 16];
  assign trc_norm_index_o = start_i ? 32'd0 : pass_index_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) pass_index_q <= '0;
    else if (active) pass_index_q <= trc_norm_index_o + 32'(trc_norm_o);
  end

  logic unused_cmd;
  assign unused_cmd = ^cmd_i;

  `EDGEMOE_ASSERT(OneGroupOnItsWay, !(group_ends && !is_copy && event_pending_q && !event_valid_o))
  `EDGEMOE_ASSERT(SomethingToDo, !start_i || (tokens != '0 && (!is_copy || segments >= 16'd2)))
  `EDGEMOE_ASSERT(TurnFits, 32'(beats) + edgemoe_pkg::NormTurn < 256)

endmodule
