// SPDX-License-Identifier: Apache-2.0
// edgemoe_router_control: executes ROUTE: logits to choices, queues, and the order of the experts.
//
// Interface  start_i, cmd_i, start_reached_i, group_*: the unit's front. logits_w*: rows of logits
//            from the gate. queue reads for the gather unit. pub_*: what a block's last ROUTE has
//            found; pub_count_o blocks have been published so far.
// Rules      sim/units/router.cpp: a token a cycle, groups wait for their signal; the last ROUTE of
//            a
//            block takes Experts of the command + PublishCycles more for order and publication.
// Handshake  free_o: no command is in execution in this cycle. Nothing stalls a token on its way.
// Latency    token issued in cycle c: in its queues by c + 39; event_* RoutePipeline cycles after a
//            group. pub_* change SignalCycles after the end of the last ROUTE of a block, and stay
//            until the next one's; pub_rest_* are there from the end on, so that the loader can
//            have a job ready, and stay until the next order. Queue read: 2 cycles.
// Reset      queues empty, nothing published.
// Rows       hardware rows: segment * SegmentRows + row within the segment.
// Requires   hls/top's checks of ROUTE; at least one token; experts of the command <= Experts.
// Parameters as edgemoe_router; Listed 0: lists of prefetched experts are ignored (policy none).
// Verified   tests/rtl/router: cycles against the cycle engine, order against plan_experts, bits
//            against hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_router_control #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned Segments    = 2,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned Experts     = 16,
  parameter int unsigned Listed      = 1,
  localparam int unsigned TopK       = edgemoe_pkg::MaxTopK,
  localparam int unsigned Rows       = Segments * SegmentRows,
  localparam int unsigned RowW       = $clog2(Rows),
  localparam int unsigned ExpertW    = $clog2(Experts),
  localparam int unsigned CountW     = $clog2(Experts + 1),
  localparam int unsigned LengthW    = $clog2(Rows + 1),
  localparam int unsigned LaneW      = $clog2(TokenLanes),
  localparam int unsigned IndexW     = Rows > 1 ? $clog2(Rows) : 1
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

  // logits: a word of 16 experts of one token
  input  logic                             logits_wen_i,
  input  logic [RowW-1:0]                  logits_wrow_i,
  input  logic [ExpertW-1:0]               logits_wword_i,
  input  logic [16*32-1:0]                 logits_wdata_i,

  // queues
  input  logic [ExpertW-1:0]               queue_expert_i,
  input  logic [IndexW-1:0]                queue_index_i,
  output logic [RowW-1:0]                  queue_row_o,
  output logic [16:0]                      queue_score_o,

  // publication
  output logic [15:0]                      pub_count_o,
  output logic [Experts-1:0]               pub_active_o,
  output logic [Experts*LengthW-1:0]       pub_length_o,
  output logic [CountW-1:0]                pub_exec_count_o,
  output logic [Experts*ExpertW-1:0]       pub_exec_list_o,
  output logic [CountW-1:0]                pub_rest_count_o,
  output logic [Experts*ExpertW-1:0]       pub_rest_list_o,

  // events
  output logic                             event_valid_o,
  output logic                             event_signal_o,
  output logic [7:0]                       event_counter_o,
  output logic                             event_done_o,
  output logic [15:0]                      event_id_o,

  // trace: groups, and the choices of each token
  output logic                             trc_route_o,
  output logic [15:0]                      trc_route_id_o,
  output logic [31:0]                      trc_route_index_o,
  output logic                             trc_choice_o,
  output logic [RowW-1:0]                  trc_choice_row_o,
  output logic [TopK-1:0]                  trc_choice_chosen_o,
  output logic [TopK-1:0]                  trc_choice_kept_o,
  output logic [TopK*ExpertW-1:0]          trc_choice_expert_o,
  output logic [TopK*17-1:0]               trc_choice_score_o
);

  localparam int unsigned Words = (Experts + 15) / 16;

  // Fields of the command.
  logic        signal_end, signal_group, first_route, last_route;
  logic [15:0] tokens, experts;
  logic [7:0]  task_slot;
  assign tokens       = cmd_i[edgemoe_pkg::CmdTokensLsb +: 16];
  assign experts      = cmd_i[edgemoe_pkg::CmdExpertsLsb +: 16];
  assign task_slot    = cmd_i[edgemoe_pkg::CmdTaskSlotLsb +: 8];
  assign first_route  = cmd_i[edgemoe_pkg::CmdFirstRouteLsb];
  assign last_route   = cmd_i[edgemoe_pkg::CmdLastRouteLsb];
  assign signal_end   = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalEnd;
  assign signal_group = cmd_i[edgemoe_pkg::CmdSignalModeLsb +: 8] == edgemoe_pkg::SignalGroup;

  // Tokens, group by group.
  logic        active_q, active_d, running_q, running_d;
  logic [15:0] group_q, group_d, row0_q, row0_d, group, row0;
  logic [LaneW-1:0] lane_q, lane_d, lane;
  logic        active, issue, last_lane, group_ends, ends;
  assign active     = start_i || active_q;
  assign group      = start_i ? 16'd0 : group_q;
  assign row0       = start_i ? 16'd0 : row0_q;
  assign lane       = start_i ? '0 : lane_q;
  assign group_o    = group;
  assign issue      = active && ((running_q && !start_i) || (start_reached_i && group_reached_i));
  assign last_lane  = 32'(lane) == TokenLanes - 1 || row0 + 16'(lane) + 16'd1 == tokens;
  assign group_ends = issue && last_lane;
  assign ends       = group_ends && row0 + 16'(TokenLanes) >= tokens;
  assign free_o     = !active_q && !start_i;

  always_comb begin
    active_d  = active && !ends;
    running_d = issue && !group_ends;
    group_d   = group;
    row0_d    = row0;
    lane_d    = lane;
    if (issue) lane_d = lane + LaneW'(1);
    if (group_ends) begin
      lane_d  = '0;
      group_d = group + 16'd1;
      row0_d  = row0 + 16'(TokenLanes);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      running_q <= 1'b0;
      group_q   <= '0;
      row0_q    <= '0;
      lane_q    <= '0;
    end else begin
      active_q  <= active_d;
      running_q <= running_d;
      group_q   <= group_d;
      row0_q    <= row0_d;
      lane_q    <= lane_d;
    end
  end

  // Logits: written by words of 16 experts, read a token a cycle.
  logic [RowW-1:0]       read_row;
  logic [Words*512-1:0]  logits;
  assign read_row = RowW'(32'(task_slot) * SegmentRows + 32'(row0) + 32'(lane));
  for (genvar w = 0; w < Words; w++) begin : gen_word
    edgemoe_ram_sdp #(.Width(512), .Depth(Rows)) u_logits (
      .clk_i, .rst_ni,
      .wen_i(logits_wen_i && 32'(logits_wword_i) == w), .wstrobe_i(1'b1),
      .waddr_i(logits_wrow_i), .wdata_i(logits_wdata_i),
      .ren_i(issue), .raddr_i(read_row), .rdata_o(logits[w*512 +: 512])
    );
  end

  // Constants and row of the token that the memory delivers: two cycles of the memory, one
  //            register.
  localparam int unsigned ConstW = RowW + 8 + 8 + 3 + 32;
  logic [ConstW-1:0]      const_q;
  logic [2:0]             valid_q;
  logic [Experts*32-1:0]  logits_q;
  edgemoe_delay #(.Width(ConstW), .Depth(3)) u_const (
    .clk_i,
    .data_i({read_row, cmd_i[edgemoe_pkg::CmdWindowLoLsb +: 8],
             cmd_i[edgemoe_pkg::CmdWindowHiLsb +: 8], cmd_i[edgemoe_pkg::CmdTopKLsb +: 3],
             cmd_i[edgemoe_pkg::CmdThresholdLsb +: 32]}),
    .data_o(const_q)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[1:0], issue};
  end
  always_ff @(posedge clk_i) begin
    if (valid_q[1]) logits_q <= logits[Experts*32-1:0];
  end

  logic                    choice;
  logic [RowW-1:0]         choice_row;
  logic [TopK-1:0]         choice_chosen, choice_kept;
  logic [TopK*ExpertW-1:0] choice_expert;
  logic [TopK*17-1:0]      choice_score;
  logic [RowW-1:0]         token_row;
  logic [7:0]              window_lo, window_hi;
  logic [2:0]              top_k;
  logic [31:0]             threshold;
  assign {token_row, window_lo, window_hi, top_k, threshold} = const_q;
  edgemoe_router #(.Experts(Experts), .TopK(TopK), .RowWidth(RowW)) u_router (
    .clk_i, .rst_ni, .valid_i(valid_q[2]), .row_i(token_row), .logits_i(logits_q),
    .window_lo_i(window_lo), .window_hi_i(window_hi), .top_k_i(top_k), .threshold_i(threshold),
    .valid_o(choice), .row_o(choice_row), .chosen_o(choice_chosen), .kept_o(choice_kept),
    .expert_o(choice_expert), .score_o(choice_score)
  );

  // Not at the start: the command then still waits, and the block before is still in the queues.
  logic                       clear;
  logic [Experts*LengthW-1:0] lengths;
  assign clear = issue && first_route && group == 16'd0 && lane == '0;
  edgemoe_expert_queues #(
    .Experts(Experts), .TopK(TopK), .Depth(Rows), .RowWidth(RowW)
  ) u_queues (
    .clk_i, .rst_ni, .clear_i(clear), .valid_i(choice), .row_i(choice_row),
    .kept_i(choice_kept), .expert_i(choice_expert), .score_i(choice_score),
    .read_expert_i(queue_expert_i), .read_index_i(queue_index_i), .read_row_o(queue_row_o),
    .read_score_o(queue_score_o), .length_o(lengths)
  );

  // Events: a delay line of RoutePipeline cycles; the end of a block's last ROUTE comes later and
  //            is
  // counted down, together with the publication.
  localparam int unsigned EventW = 1 + 8 + 1 + 16;
  localparam int unsigned Delay  = edgemoe_pkg::RoutePipeline + 1;
  logic              publishing_q, line_valid, order_begin, order_ready;
  logic [7:0]        publish_wait_q;
  logic [Delay-1:0]  line_q;
  logic [EventW-1:0] event_new, line_event, publish_event_q;
  logic              publish_end, publish_now;
  logic [7:0]        experts_q;
  logic [4:0]        list_count_q;
  assign event_new = {(ends ? signal_end && !last_route : 1'b0) || signal_group,
                      cmd_i[edgemoe_pkg::CmdSignalLsb +: 8], ends && !last_route,
                      cmd_i[edgemoe_pkg::CmdIdLsb +: 16]};
  edgemoe_delay #(.Width(EventW), .Depth(Delay)) u_event (
    .clk_i, .data_i(event_new), .data_o(line_event)
  );
  assign line_valid  = line_q[Delay-1];
  // Ends of pushes: 3 + 31 + 2 cycles after a token's issue the lengths count it.
  assign order_begin = publishing_q && publish_wait_q == experts_q + 8'(edgemoe_pkg::PublishCycles);
  assign publish_end = publishing_q && publish_wait_q == 8'd0;
  logic [edgemoe_pkg::MaxListedExperts*8-1:0] list_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      line_q         <= '0;
      publishing_q   <= 1'b0;
      publish_wait_q <= '0;
      publish_now    <= 1'b0;
    end else begin
      line_q      <= {line_q[Delay-2:0], group_ends && (signal_group || (ends && !last_route))};
      publish_now <= publish_end;
      if (publish_wait_q != 8'd0) publish_wait_q <= publish_wait_q - 8'd1;
      if (publish_end) publishing_q <= 1'b0;
      if (ends && last_route) begin
        publishing_q   <= 1'b1;
        publish_wait_q <= 8'(edgemoe_pkg::RoutePipeline) + 8'(experts) +
                          8'(edgemoe_pkg::PublishCycles);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (ends && last_route) begin
      experts_q       <= 8'(experts);
      list_count_q    <= Listed != 0 ? cmd_i[edgemoe_pkg::CmdListCountLsb +: 5] : 5'd0;
      publish_event_q <= {signal_end, cmd_i[edgemoe_pkg::CmdSignalLsb +: 8], 1'b1,
                          cmd_i[edgemoe_pkg::CmdIdLsb +: 16]};
      for (int i = 0; i < edgemoe_pkg::MaxListedExperts; i++) begin
        list_q[i*8 +: 8] <= cmd_i[edgemoe_pkg::CmdExpertList0Lsb + i*8 +: 8];
      end
    end
  end
  assign event_valid_o = line_valid || publish_end;
  assign {event_signal_o, event_counter_o, event_done_o, event_id_o} =
      publish_end ? publish_event_q : line_event;

  // Publication: visible SignalCycles (2) after the end: one register for the flag, one for pub_*.
  logic [Experts-1:0]         active_experts;
  logic [CountW-1:0]          exec_count, rest_count;
  logic [Experts*ExpertW-1:0] exec_list, rest_list;
  edgemoe_expert_order #(.Experts(Experts), .LengthW(LengthW)) u_order (
    .clk_i, .rst_ni, .begin_i(order_begin), .lengths_i(lengths), .list_count_i(list_count_q),
    .list_i(list_q), .ready_o(order_ready), .active_o(active_experts), .exec_count_o(exec_count),
    .exec_list_o(exec_list), .rest_count_o(rest_count), .rest_list_o(rest_list)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pub_count_o      <= '0;
      pub_active_o     <= '0;
      pub_exec_count_o <= '0;
    end else if (publish_now) begin
      pub_count_o      <= pub_count_o + 16'd1;
      pub_active_o     <= active_experts;
      pub_exec_count_o <= exec_count;
    end
  end
  always_ff @(posedge clk_i) begin
    if (publish_now) begin
      pub_length_o    <= lengths;
      pub_exec_list_o <= exec_list;
    end
  end
  assign pub_rest_count_o = rest_count;
  assign pub_rest_list_o  = rest_list;

  // Trace.
  assign trc_route_o         = issue && lane == '0;
  assign trc_route_id_o      = cmd_i[edgemoe_pkg::CmdIdLsb +: 16];
  assign trc_route_index_o   = 32'(group);
  assign trc_choice_o        = choice;
  assign trc_choice_row_o    = choice_row;
  assign trc_choice_chosen_o = choice_chosen;
  assign trc_choice_kept_o   = choice_kept;
  assign trc_choice_expert_o = choice_expert;
  assign trc_choice_score_o  = choice_score;

  logic unused;
  assign unused = ^{cmd_i, logits};

  `EDGEMOE_ASSERT(EventsApart, !(line_valid && publish_end))
  `EDGEMOE_ASSERT(OrderInTime, !publish_end || order_ready)
  `EDGEMOE_ASSERT(PublicationsApart, !(ends && last_route && publishing_q))
  `EDGEMOE_ASSERT(SomethingToDo, !start_i || (tokens != '0 && 32'(experts) <= Experts))
  `EDGEMOE_ASSERT(PublishFits,
                  32'(experts) + edgemoe_pkg::RoutePipeline + edgemoe_pkg::PublishCycles < 256)

endmodule
