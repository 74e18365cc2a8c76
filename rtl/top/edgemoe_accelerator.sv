// SPDX-License-Identifier: Apache-2.0
// The accelerator: fetches a program image from memory over AXI4 and executes it.
//
// Interface  s_axil_*: registers (rtl/register_file/README.md). m_prog_*: AXI4 read port of the
//            program. m_axi_*: Ports AXI4 ports of 128 bit, reads for the loader, writes for the
//            writer; port p of a signal of W bits is [p*W +: W]. irq_o: done or error, if enabled.
//            trc_*: simulation only, what the cycle engine's event log says
//            (sim/units/event_log.hpp) and what is written into buffers; none of it reaches into
//            the hardware.
// Handshake  reads: bursts of 16 beats of 16 bytes, INCR, 256-B aligned, in order, one identifier;
//            rready is always 1. Writes: bursts of up to 16 beats, in order.
// Latency    cycle 0 is the cycle of trc_start_o, in which the header is asked for; from there on
//            every event is in the cycle of sim/units, if the memory answers as its model.
// Reset      idle. Each start resets everything but the registers.
// Errors     status and error registers; a program that is not understood stops.
// Parameters TokenLanes 2, 4, 8, 16; Ports 1..4; Outstanding rows in flight a port; TileRing,
//            ParamRing rows of 256 B; Segments of SegmentRows rows; MaxDim, MaxHidden; Experts;
//            ScoreGroups score buffers; NormLanes; SoftmaxTokens; RequantLanes 16, or 32 from eight
//            token lanes on; Prefetch 0: lists of experts are ignored; Structural 1: DSP48E2
//            primitives, 0: their behavioural twin; PixelRows, PositionRows of 256 B; Counters of
//            the program (the compiler uses 10).
// Verified   tests/rtl/top; whole programs by --engine rtl against sim/units and hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_accelerator #(
  parameter int unsigned Ports         = 3,
  parameter int unsigned Outstanding   = 8,
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned TileRing      = 6144,
  parameter int unsigned ParamRing     = edgemoe_pkg::ParameterRingRows,
  parameter int unsigned SegmentRows   = 136,
  parameter int unsigned Segments      = 2,
  parameter int unsigned MaxDim        = 192,
  parameter int unsigned MaxHidden     = 768,
  parameter int unsigned Experts       = 16,
  parameter int unsigned ScoreGroups   = 3,
  parameter int unsigned NormLanes     = 32,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned RequantLanes  = 16,
  parameter int unsigned Prefetch      = 1,
  parameter int unsigned Structural    = 0,
  parameter int unsigned PixelRows     = 384,
  parameter int unsigned PositionRows  = 388,
  parameter int unsigned Counters      = 16,
  localparam int unsigned DrainRows = RequantLanes / 16,
  localparam int unsigned Ends = Ports + 8
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  output logic                     irq_o,

  // AXI4-Lite
  input  logic [11:0]              s_axil_awaddr_i,
  input  logic                     s_axil_awvalid_i,
  output logic                     s_axil_awready_o,
  input  logic [31:0]              s_axil_wdata_i,
  input  logic [3:0]               s_axil_wstrb_i,
  input  logic                     s_axil_wvalid_i,
  output logic                     s_axil_wready_o,
  output logic [1:0]               s_axil_bresp_o,
  output logic                     s_axil_bvalid_o,
  input  logic                     s_axil_bready_i,
  input  logic [11:0]              s_axil_araddr_i,
  input  logic                     s_axil_arvalid_i,
  output logic                     s_axil_arready_o,
  output logic [31:0]              s_axil_rdata_o,
  output logic [1:0]               s_axil_rresp_o,
  output logic                     s_axil_rvalid_o,
  input  logic                     s_axil_rready_i,

  // AXI4, program: read
  output logic                     m_prog_arvalid_o,
  input  logic                     m_prog_arready_i,
  output logic [47:0]              m_prog_araddr_o,
  output logic [7:0]               m_prog_arlen_o,
  output logic [2:0]               m_prog_arsize_o,
  output logic [1:0]               m_prog_arburst_o,
  input  logic                     m_prog_rvalid_i,
  output logic                     m_prog_rready_o,
  input  logic [127:0]             m_prog_rdata_i,
  input  logic [1:0]               m_prog_rresp_i,
  input  logic                     m_prog_rlast_i,

  // AXI4, load ports: read
  output logic [Ports-1:0]         m_axi_arvalid_o,
  input  logic [Ports-1:0]         m_axi_arready_i,
  output logic [Ports*48-1:0]      m_axi_araddr_o,
  output logic [Ports*8-1:0]       m_axi_arlen_o,
  output logic [Ports*3-1:0]       m_axi_arsize_o,
  output logic [Ports*2-1:0]       m_axi_arburst_o,
  input  logic [Ports-1:0]         m_axi_rvalid_i,
  output logic [Ports-1:0]         m_axi_rready_o,
  input  logic [Ports*128-1:0]     m_axi_rdata_i,
  input  logic [Ports*2-1:0]       m_axi_rresp_i,
  input  logic [Ports-1:0]         m_axi_rlast_i,

  // AXI4, load ports: write
  output logic [Ports-1:0]         m_axi_awvalid_o,
  input  logic [Ports-1:0]         m_axi_awready_i,
  output logic [Ports*48-1:0]      m_axi_awaddr_o,
  output logic [Ports*8-1:0]       m_axi_awlen_o,
  output logic [Ports*3-1:0]       m_axi_awsize_o,
  output logic [Ports*2-1:0]       m_axi_awburst_o,
  output logic [Ports-1:0]         m_axi_wvalid_o,
  input  logic [Ports-1:0]         m_axi_wready_i,
  output logic [Ports*128-1:0]     m_axi_wdata_o,
  output logic [Ports*16-1:0]      m_axi_wstrb_o,
  output logic [Ports-1:0]         m_axi_wlast_o,
  input  logic [Ports-1:0]         m_axi_bvalid_i,
  output logic [Ports-1:0]         m_axi_bready_o,
  input  logic [Ports*2-1:0]       m_axi_bresp_i

`ifndef SYNTHESIS
  ,
  // trace: doorbell, and what the event log has
  output logic                     trc_start_o,
  output logic                     trc_dispatch_valid_o,
  output logic [15:0]              trc_dispatch_id_o,
  output logic                     trc_barrier_valid_o,
  output logic [15:0]              trc_barrier_id_o,
  output logic [Ports-1:0]         trc_request_valid_o,
  output logic [15:0]              trc_request_id_o,
  output logic [Ports*32-1:0]      trc_request_index_o,
  output logic [Ports-1:0]         trc_readable_valid_o,
  output logic [Ports*16-1:0]      trc_readable_id_o,
  output logic [Ports*32-1:0]      trc_readable_index_o,
  output logic                     trc_block_valid_o,
  output logic [15:0]              trc_block_id_o,
  output logic [31:0]              trc_block_index_o,
  output logic                     trc_scores_valid_o,
  output logic [15:0]              trc_scores_id_o,
  output logic [31:0]              trc_scores_index_o,
  output logic                     trc_norm_valid_o,
  output logic [15:0]              trc_norm_id_o,
  output logic [31:0]              trc_norm_index_o,
  output logic                     trc_route_valid_o,
  output logic [15:0]              trc_route_id_o,
  output logic [31:0]              trc_route_index_o,
  output logic                     trc_write_valid_o,
  output logic [15:0]              trc_write_id_o,
  output logic [31:0]              trc_write_index_o,

  // trace: command ended, in the cycle of its end (loader: Ports + 1, sequencer, array 2, norm 2,
  // router, writer, from bit 0 on)
  output logic [Ends-1:0]          trc_end_valid_o,
  output logic [Ends*16-1:0]       trc_end_id_o,

  // trace: writes into buffers, in the cycle in which they are presented. Rows are hardware rows,
  // words have 16 values, dst are program::Buffer codes. Array: residual (16 x 24 bit), qkv and
  // attention_out (16 x 8 bit); hidden (16 x 8 bit; experts: row in the half); logits (16 x 32
  // bit).
  output logic [DrainRows-1:0]     trc_wr_valid_o,
  output logic [3:0]               trc_wr_dst_o,
  output logic [15:0]              trc_wr_id_o,
  output logic [DrainRows*16-1:0]  trc_wr_row_o,
  output logic [15:0]              trc_wr_word_o,
  output logic [DrainRows*384-1:0] trc_wr_data_o,
  output logic [DrainRows-1:0]     trc_hid_valid_o,
  output logic [15:0]              trc_hid_id_o,
  output logic                     trc_hid_experts_o,
  output logic                     trc_hid_half_o,
  output logic [DrainRows*16-1:0]  trc_hid_row_o,
  output logic [15:0]              trc_hid_word_o,
  output logic [DrainRows*128-1:0] trc_hid_data_o,
  output logic                     trc_lgt_valid_o,
  output logic [15:0]              trc_lgt_id_o,
  output logic [15:0]              trc_lgt_row_o,
  output logic [15:0]              trc_lgt_word_o,
  output logic [511:0]             trc_lgt_data_o,
  // Norm: a beat of NormLanes values. COPY: rows of the residual.
  output logic                     trc_nwr_valid_o,
  output logic                     trc_nwr_last_o,
  output logic                     trc_nwr_low_o,
  output logic [15:0]              trc_nwr_row_o,
  output logic [15:0]              trc_nwr_beat_o,
  output logic [NormLanes*8-1:0]   trc_nwr_z8_o,
  output logic [NormLanes*8-1:0]   trc_nwr_lo_o,
  output logic [16:0]              trc_nwr_scale_o,
  output logic                     trc_cwr_valid_o,
  output logic [15:0]              trc_cwr_row_o,
  output logic [15:0]              trc_cwr_beat_o,
  output logic [NormLanes*24-1:0]  trc_cwr_data_o,
  // Router: the choices of a token.
  output logic                     trc_choice_valid_o,
  output logic [15:0]              trc_choice_row_o,
  output logic [edgemoe_pkg::MaxTopK-1:0]    trc_choice_chosen_o,
  output logic [edgemoe_pkg::MaxTopK-1:0]    trc_choice_kept_o,
  output logic [edgemoe_pkg::MaxTopK*8-1:0]  trc_choice_expert_o,
  output logic [edgemoe_pkg::MaxTopK*17-1:0] trc_choice_score_o
`endif
);

  localparam int unsigned CmdW      = edgemoe_pkg::CommandW;
  localparam int unsigned MemRowW   = edgemoe_pkg::RowW;
  localparam int unsigned PmemW     = $clog2(edgemoe_pkg::ProgramCommands / 2);
  localparam int unsigned Waits     = edgemoe_pkg::MaxWaits;
  localparam int unsigned TopK      = edgemoe_pkg::MaxTopK;
  localparam int unsigned Matrices  = 128;  // in a ring, or in use, at once
  localparam int unsigned MatrixW   = $clog2(Matrices);
  localparam int unsigned Rows      = Segments * SegmentRows;
  localparam int unsigned RowW      = $clog2(Rows);
  localparam int unsigned LengthW   = $clog2(Rows + 1);
  localparam int unsigned Widest    = MaxHidden > 3 * MaxDim ? MaxHidden : 3 * MaxDim;
  localparam int unsigned WordW     = $clog2((Widest > 768 ? Widest : 768) / 16 + 1);
  localparam int unsigned ResWordW  = $clog2(MaxDim / 16 > 1 ? MaxDim / 16 : 2);
  localparam int unsigned TileW     = $clog2(TileRing);
  localparam int unsigned ParamW    = $clog2(ParamRing);
  localparam int unsigned PixW      = $clog2(PixelRows);
  localparam int unsigned PosW      = $clog2(PositionRows);
  localparam int unsigned ExpertW   = Experts > 1 ? $clog2(Experts) : 1;
  localparam int unsigned CountW    = $clog2(Experts + 1);
  localparam int unsigned Beats     = (MaxDim + NormLanes - 1) / NormLanes;
  localparam int unsigned BeatW     = Beats > 1 ? $clog2(Beats) : 1;
  localparam int unsigned NormTagW  = RowW + ResWordW + 1;
  localparam int unsigned RingMax   = TileRing > ParamRing ? TileRing : ParamRing;
  localparam int unsigned BufferMax = PixelRows > PositionRows ? PixelRows : PositionRows;
  localparam int unsigned SlotW     = $clog2(RingMax > BufferMax ? RingMax : BufferMax);

  // Registers; reset of everything below.
  logic core_rst_n, start, seq_done, seq_error, load_error, store_error;
  logic [39:0] image_row;
  logic [15:0] commands_done;
  logic [31:0] sat_residual, sat_accumulator, sat_int8;
  edgemoe_register_file #(
    .Ports(Ports), .Outstanding(Outstanding), .TokenLanes(TokenLanes), .TileRing(TileRing),
    .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim), .MaxHidden(MaxHidden),
    .Experts(Experts)
  ) u_registers (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .s_axil_awaddr_i(s_axil_awaddr_i), .s_axil_awvalid_i(s_axil_awvalid_i),
    .s_axil_awready_o(s_axil_awready_o), .s_axil_wdata_i(s_axil_wdata_i),
    .s_axil_wstrb_i(s_axil_wstrb_i), .s_axil_wvalid_i(s_axil_wvalid_i),
    .s_axil_wready_o(s_axil_wready_o), .s_axil_bresp_o(s_axil_bresp_o),
    .s_axil_bvalid_o(s_axil_bvalid_o), .s_axil_bready_i(s_axil_bready_i),
    .s_axil_araddr_i(s_axil_araddr_i), .s_axil_arvalid_i(s_axil_arvalid_i),
    .s_axil_arready_o(s_axil_arready_o), .s_axil_rdata_o(s_axil_rdata_o),
    .s_axil_rresp_o(s_axil_rresp_o), .s_axil_rvalid_o(s_axil_rvalid_o),
    .s_axil_rready_i(s_axil_rready_i), .irq_o(irq_o),
    .core_rst_no(core_rst_n), .start_o(start), .image_row_o(image_row), .done_i(seq_done),
    .error_i({store_error, load_error, seq_error}), .commands_i(commands_done),
    .sat_residual_i(sat_residual), .sat_accumulator_i(sat_accumulator), .sat_int8_i(sat_int8)
  );

  // Sequencer
  logic pmem_wvalid, dispatch_valid, seq_ev_valid, seq_ev_signal, seq_barrier;
  logic [PmemW-1:0] pmem_wrow;
  logic [MemRowW-1:0] pmem_wdata;
  logic [2:0] dispatch_unit;
  logic [15:0] dispatch_id, seq_ev_id;
  logic [7:0] seq_ev_counter;
  logic [Waits*8-1:0] barrier_counter;
  logic [Waits*16-1:0] barrier_value;
  logic [Waits-1:0] barrier_reached;
  edgemoe_sequencer #(.Counters(Counters)) u_sequencer (
    .clk_i(clk_i), .rst_ni(core_rst_n), .start_i(start), .image_row_i(image_row),
    .done_o(seq_done), .error_o(seq_error),
    .arvalid_o(m_prog_arvalid_o), .arready_i(m_prog_arready_i), .araddr_o(m_prog_araddr_o),
    .arlen_o(m_prog_arlen_o), .arsize_o(m_prog_arsize_o), .arburst_o(m_prog_arburst_o),
    .rvalid_i(m_prog_rvalid_i), .rready_o(m_prog_rready_o), .rdata_i(m_prog_rdata_i),
    .rresp_i(m_prog_rresp_i), .rlast_i(m_prog_rlast_i),
    .pmem_wvalid_o(pmem_wvalid), .pmem_wrow_o(pmem_wrow), .pmem_wdata_o(pmem_wdata),
    .dispatch_valid_o(dispatch_valid), .dispatch_unit_o(dispatch_unit),
    .dispatch_id_o(dispatch_id), .queue_ready_i(8'hff),  // queues hold a whole program
    .barrier_counter_o(barrier_counter), .barrier_value_o(barrier_value),
    .reached_i(barrier_reached), .commands_done_i(commands_done),
    .event_valid_o(seq_ev_valid), .event_signal_o(seq_ev_signal),
    .event_counter_o(seq_ev_counter), .event_id_o(seq_ev_id), .trc_barrier_o(seq_barrier)
  );

  // Counters: events of loader (Ports + 1), sequencer, array 2, norm 2, router, writer.
  logic [Ends-1:0] ev_valid, ev_signal, ev_done;
  logic [Ends*8-1:0] ev_counter;
  logic [Ends*9-1:0] ev_amount;
  logic [Ends*16-1:0] ev_id;
  logic [Counters*16-1:0] counts;
  edgemoe_counter_file #(.Events(Ends), .Counters(Counters)) u_counters (
    .clk_i(clk_i), .rst_ni(core_rst_n), .ev_valid_i(ev_valid), .ev_signal_i(ev_signal),
    .ev_counter_i(ev_counter), .ev_amount_i(ev_amount), .ev_done_i(ev_done), .count_o(counts),
    .commands_done_o(commands_done), .barrier_counter_i(barrier_counter),
    .barrier_value_i(barrier_value), .reached_o(barrier_reached)
  );

  // Unit fronts, by unit code less one: loader, array, norm, router, writer. Each keeps the bytes
  // of a command that its unit reads.
  localparam int unsigned Fronts = 5;
  localparam int unsigned Loader = 0, Array = 1, Norm = 2, Router = 3, Writer = 4;
  function automatic logic [127:0] bytes(input int unsigned from, input int unsigned to);
    bytes = '0;
    for (int unsigned b = 0; b < 128; b++) begin
      if (b >= from && b <= to) bytes[b] = 1'b1;
    end
  endfunction
  function automatic logic [127:0] bytes_of(input int unsigned front);
    bytes_of = bytes(0, 23);                                              // head, waits, tag
    if (front == Loader) bytes_of = bytes(0, 55) | bytes(102, 118);       // address, shape, list
    if (front == Array) bytes_of = bytes(0, 23) | bytes(30, 31) | bytes(40, 75) | bytes(92, 97);
    if (front == Norm) bytes_of = bytes(0, 23) | bytes(40, 51) | bytes(75, 91);
    if (front == Router) bytes_of = bytes(0, 23) | bytes(40, 51) | bytes(92, 118);
    if (front == Writer) bytes_of = bytes(0, 31) | bytes(40, 51);
  endfunction
  logic [Fronts-1:0] front_free, front_start, front_next, start_reached, group_reached;
  logic [Fronts*CmdW-1:0] front_cmd, front_next_cmd;
  logic [Fronts*16-1:0] front_group;
  for (genvar u = 0; u < Fronts; u++) begin : gen_front
    edgemoe_unit_front #(.KeepMask(bytes_of(u)), .Counters(Counters)) u_front (
      .clk_i(clk_i), .rst_ni(core_rst_n),
      .dispatch_valid_i(dispatch_valid && 32'(dispatch_unit) == u + 1), .dispatch_id_i(dispatch_id),
      .pmem_wvalid_i(pmem_wvalid), .pmem_wrow_i(pmem_wrow), .pmem_wdata_i(pmem_wdata),
      .free_i(front_free[u]), .start_o(front_start[u]), .cmd_o(front_cmd[u*CmdW +: CmdW]),
      .next_valid_o(front_next[u]), .next_cmd_o(front_next_cmd[u*CmdW +: CmdW]),
      .count_i(counts), .start_reached_o(start_reached[u]),
      .group_i(front_group[u*16 +: 16]), .group_reached_o(group_reached[u])
    );
  end
  assign front_group[Loader*16 +: 16] = '0;
  logic [CmdW-1:0] array_cmd, norm_cmd, router_cmd, writer_cmd;
  assign array_cmd = front_cmd[Array*CmdW +: CmdW];
  assign norm_cmd = front_cmd[Norm*CmdW +: CmdW];
  assign router_cmd = front_cmd[Router*CmdW +: CmdW];
  assign writer_cmd = front_cmd[Writer*CmdW +: CmdW];

  // Published routing
  logic [15:0] pub_count;
  logic [Experts-1:0] pub_active;
  logic [Experts*LengthW-1:0] pub_length;
  logic [CountW-1:0] exec_count, rest_count;
  logic [Experts*ExpertW-1:0] exec_list, rest_list;

  // Loader, its memories
  logic wvalid;
  logic [1:0] wkind;
  logic [SlotW-1:0] wslot;
  logic [MemRowW-1:0] wdata;
  logic [31:0] tile_rows, param_rows, tags, tag_param_rows;
  logic [1:0] tag_found;
  logic [2*TileW-1:0] tag_tile_slot;
  logic [63:0] tag_tile_count0, tag_param_count0;
  logic [2*MatrixW-1:0] tag_tile_seg, tag_param_seg;
  logic [2*ParamW-1:0] tag_param_slot;
  logic exp_parity, exp_matrix, exp_found;
  logic [ExpertW-1:0] exp_expert;
  logic [TileW-1:0] exp_tile_slot;
  logic [31:0] exp_tile_count0;
  logic [MatrixW-1:0] exp_tile_seg, exp_param_seg;
  logic [ParamW-1:0] exp_param_slot;
  logic [15:0] exp_param_rows;
  logic con_tile_valid, norm_con_valid;
  logic [MatrixW-1:0] con_tile_seg, norm_con_seg;
  logic [WordW-1:0] con_tile_rows;
  logic [1:0] con_param_valid;
  logic [2*MatrixW-1:0] con_param_seg;
  logic [31:0] con_param_rows;
  logic [15:0] norm_con_rows;
  logic [Ports-1:0] load_request, load_readable;
  localparam int unsigned LoadEnds = Ports + 1;
  edgemoe_loader #(
    .Ports(Ports), .Outstanding(Outstanding), .TileRing(TileRing), .ParamRing(ParamRing),
    .PixelRows(PixelRows), .PositionRows(PositionRows), .TokenLanes(TokenLanes),
    .Experts(Experts), .Prefetch(Prefetch), .Matrices(Matrices)
  ) u_loader (
    .clk_i(clk_i), .rst_ni(core_rst_n), .next_valid_i(front_next[Loader]),
    .next_cmd_i(front_next_cmd[Loader*CmdW +: CmdW]), .cmd_i(front_cmd[Loader*CmdW +: CmdW]),
    .start_reached_i(start_reached[Loader]), .free_o(front_free[Loader]), .error_o(load_error),
    .pub_count_i(pub_count), .pub_active_i(pub_active), .rest_count_i(rest_count),
    .rest_list_i(rest_list),
    .arvalid_o(m_axi_arvalid_o), .arready_i(m_axi_arready_i), .araddr_o(m_axi_araddr_o),
    .arlen_o(m_axi_arlen_o), .arsize_o(m_axi_arsize_o), .arburst_o(m_axi_arburst_o),
    .rvalid_i(m_axi_rvalid_i), .rready_o(m_axi_rready_o), .rdata_i(m_axi_rdata_i),
    .rresp_i(m_axi_rresp_i), .rlast_i(m_axi_rlast_i),
    .wvalid_o(wvalid), .wkind_o(wkind), .wslot_o(wslot), .wdata_o(wdata),
    .tile_rows_o(tile_rows), .param_rows_o(param_rows), .tag_i(tags), .tag_found_o(tag_found),
    .tag_tile_slot_o(tag_tile_slot), .tag_tile_count0_o(tag_tile_count0),
    .tag_tile_seg_o(tag_tile_seg), .tag_param_slot_o(tag_param_slot),
    .tag_param_count0_o(tag_param_count0), .tag_param_seg_o(tag_param_seg),
    .tag_param_rows_o(tag_param_rows), .exp_parity_i(exp_parity), .exp_number_i(exp_expert),
    .exp_matrix_i(exp_matrix), .exp_found_o(exp_found), .exp_tile_slot_o(exp_tile_slot),
    .exp_tile_count0_o(exp_tile_count0), .exp_tile_seg_o(exp_tile_seg),
    .exp_param_slot_o(exp_param_slot), .exp_param_seg_o(exp_param_seg),
    .exp_param_rows_o(exp_param_rows),
    .consume_tile_valid_i(con_tile_valid), .consume_tile_seg_i(con_tile_seg),
    .consume_tile_rows_i(16'(con_tile_rows)),
    .consume_param_valid_i({norm_con_valid, con_param_valid}),
    .consume_param_seg_i({norm_con_seg, con_param_seg}),
    .consume_param_rows_i({norm_con_rows, con_param_rows}),
    .ev_valid_o(ev_valid[0 +: LoadEnds]), .ev_signal_o(ev_signal[0 +: LoadEnds]),
    .ev_counter_o(ev_counter[0 +: LoadEnds*8]), .ev_amount_o(ev_amount[0 +: LoadEnds*9]),
    .ev_done_o(ev_done[0 +: LoadEnds]), .ev_id_o(ev_id[0 +: LoadEnds*16]),
    .trc_request_valid_o(load_request), .trc_readable_valid_o(load_readable)
  );
  localparam int unsigned SeqEnd = LoadEnds, ArrayEnd = SeqEnd + 1, NormEnd = ArrayEnd + 2,
                          RouterEnd = NormEnd + 2, WriterEnd = RouterEnd + 1;
  assign ev_valid[SeqEnd] = seq_ev_valid;
  assign ev_signal[SeqEnd] = seq_ev_signal;
  assign ev_done[SeqEnd] = 1'b1;
  assign ev_counter[SeqEnd*8 +: 8] = seq_ev_counter;
  assign ev_amount[SeqEnd*9 +: 9] = 9'd1;
  assign ev_id[SeqEnd*16 +: 16] = seq_ev_id;

  logic ring_ren, prm_ren, prm_half, pix_ren, pos_ren, norm_prm_ren;
  logic [TileW-1:0] ring_slot;
  logic [ParamW-1:0] prm_slot, norm_prm_slot;
  logic [PixW-1:0] pix_row;
  logic [3:0] pix_bank;
  logic [PosW-1:0] pos_row;
  logic [1:0] pos_quarter;
  logic [MemRowW-1:0] ring_data, norm_prm_data;
  logic [MemRowW/2-1:0] prm_data;
  logic [TokenLanes*128-1:0] pix_data;
  logic [MemRowW/4-1:0] pos_data;
  edgemoe_tile_ring #(.Rows(TileRing)) u_tiles (
    .clk_i(clk_i), .rst_ni(core_rst_n), .wen_i(wvalid && wkind == 2'd0), .wslot_i(wslot[TileW-1:0]),
    .wdata_i(wdata), .ren_i(ring_ren), .rslot_i(ring_slot), .rdata_o(ring_data)
  );
  edgemoe_param_ring #(.Rows(ParamRing)) u_params (
    .clk_i(clk_i), .rst_ni(core_rst_n), .wen_i(wvalid && wkind == 2'd1),
    .wslot_i(wslot[ParamW-1:0]), .wdata_i(wdata), .req_ren_i(prm_ren), .req_slot_i(prm_slot),
    .req_half_i(prm_half), .req_rdata_o(prm_data), .norm_ren_i(norm_prm_ren),
    .norm_slot_i(norm_prm_slot), .norm_rdata_o(norm_prm_data)
  );
  edgemoe_pixel_buffer #(.Rows(PixelRows), .TokenLanes(TokenLanes)) u_pixels (
    .clk_i(clk_i), .rst_ni(core_rst_n), .wen_i(wvalid && wkind == 2'd2), .wslot_i(wslot[PixW-1:0]),
    .wdata_i(wdata), .ren_i(pix_ren), .row_i(pix_row), .bank_i(pix_bank), .rdata_o(pix_data)
  );
  edgemoe_position_table #(.Rows(PositionRows)) u_positions (
    .clk_i(clk_i), .rst_ni(core_rst_n), .wen_i(wvalid && wkind == 2'd3), .wslot_i(wslot[PosW-1:0]),
    .wdata_i(wdata), .ren_i(pos_ren), .row_i(pos_row), .quarter_i(pos_quarter), .rdata_o(pos_data)
  );

  // Array
  logic res_ren, res_wen, res_rpair, res_wpair, que_ren, lgt_valid, nrm_wen, nrm_last, nrm_low;
  logic [RowW-1:0] res_rrow, res_wrow, que_index, que_row, lgt_row, nrm_row;
  logic [WordW-1:0] res_rword, res_wword, lgt_word;
  logic [DrainRows*384-1:0] res_rdata, res_wdata;
  logic [ExpertW-1:0] que_expert;
  logic [16:0] que_score, nrm_scale;
  logic [511:0] lgt_data;
  logic [ResWordW-1:0] nrm_beat;
  logic [NormLanes*8-1:0] nrm_z8, nrm_lo;
`ifndef SYNTHESIS
  logic [15:0] array_trc_id;
  logic [31:0] array_trc_index;
`endif
  edgemoe_array #(
    .TokenLanes(TokenLanes), .TileRing(TileRing), .ParamRing(ParamRing),
    .SegmentRows(SegmentRows), .Segments(Segments), .MaxDim(MaxDim), .MaxHidden(MaxHidden),
    .Experts(Experts), .ScoreGroups(ScoreGroups), .SoftmaxTokens(SoftmaxTokens),
    .NormLanes(NormLanes), .DrainRows(DrainRows), .PixelRows(PixelRows),
    .PositionRows(PositionRows), .Structural(Structural), .TileSegW(MatrixW), .ParamSegW(MatrixW)
  ) u_array (
    .clk_i(clk_i), .rst_ni(core_rst_n), .next_valid_i(front_next[Array]),
    .next_cmd_i(front_next_cmd[Array*CmdW +: CmdW]), .start_i(front_start[Array]),
    .cmd_i(array_cmd),
    .start_reached_i(start_reached[Array]), .group_o(front_group[Array*16 +: 16]),
    .group_reached_i(group_reached[Array]), .free_o(front_free[Array]), .tile_rows_i(tile_rows),
    .tag_o(tags[0 +: 16]), .tag_found_i(tag_found[0]), .tag_tile_slot_i(tag_tile_slot[0 +: TileW]),
    .tag_tile_count0_i(tag_tile_count0[0 +: 32]), .tag_tile_seg_i(tag_tile_seg[0 +: MatrixW]),
    .tag_param_slot_i(tag_param_slot[0 +: ParamW]), .tag_param_seg_i(tag_param_seg[0 +: MatrixW]),
    .tag_param_rows_i(tag_param_rows[0 +: 16]), .exp_parity_o(exp_parity),
    .exp_expert_o(exp_expert), .exp_matrix_o(exp_matrix), .exp_found_i(exp_found),
    .exp_tile_slot_i(exp_tile_slot), .exp_tile_count0_i(exp_tile_count0),
    .exp_tile_seg_i(exp_tile_seg), .exp_param_slot_i(exp_param_slot),
    .exp_param_seg_i(exp_param_seg), .exp_param_rows_i(exp_param_rows),
    .con_tile_valid_o(con_tile_valid), .con_tile_seg_o(con_tile_seg),
    .con_tile_rows_o(con_tile_rows), .con_param_valid_o(con_param_valid),
    .con_param_seg_o(con_param_seg), .con_param_rows_o(con_param_rows), .pub_count_i(pub_count),
    .exec_count_i(exec_count), .exec_list_i(exec_list), .pub_length_i(pub_length),
    .ev_valid_o(ev_valid[ArrayEnd +: 2]), .ev_signal_o(ev_signal[ArrayEnd +: 2]),
    .ev_counter_o(ev_counter[ArrayEnd*8 +: 16]), .ev_amount_o(ev_amount[ArrayEnd*9 +: 18]),
    .ev_done_o(ev_done[ArrayEnd +: 2]), .ev_id_o(ev_id[ArrayEnd*16 +: 32]),
    .ring_ren_o(ring_ren), .ring_slot_o(ring_slot), .ring_data_i(ring_data),
    .prm_ren_o(prm_ren), .prm_slot_o(prm_slot), .prm_half_o(prm_half), .prm_data_i(prm_data),
    .pix_ren_o(pix_ren), .pix_row_o(pix_row), .pix_bank_o(pix_bank), .pix_data_i(pix_data),
    .pos_ren_o(pos_ren), .pos_row_o(pos_row), .pos_quarter_o(pos_quarter), .pos_data_i(pos_data),
    .res_ren_o(res_ren), .res_rpair_o(res_rpair), .res_wpair_o(res_wpair), .res_rrow_o(res_rrow),
    .res_rword_o(res_rword), .res_rdata_i(res_rdata),
    .res_wen_o(res_wen), .res_wrow_o(res_wrow), .res_wword_o(res_wword), .res_wdata_o(res_wdata),
    .nrm_valid_i(nrm_wen), .nrm_last_i(nrm_last), .nrm_row_i(nrm_row),
    .nrm_beat_i(nrm_beat[BeatW-1:0]), .nrm_z8_i(nrm_z8), .nrm_lo_i(nrm_lo),
    .nrm_scale_i(nrm_scale), .que_ren_o(que_ren), .que_expert_o(que_expert),
    .que_index_o(que_index), .que_row_i(que_row), .que_score_i(que_score),
    .lgt_valid_o(lgt_valid), .lgt_row_o(lgt_row),
    .lgt_word_o(lgt_word), .lgt_data_o(lgt_data), .sat_residual_o(sat_residual),
    .sat_accumulator_o(sat_accumulator), .sat_int8_o(sat_int8)
`ifndef SYNTHESIS
    ,
    .trc_block_valid_o(trc_block_valid_o), .trc_scores_valid_o(trc_scores_valid_o),
    .trc_id_o(array_trc_id), .trc_index_o(array_trc_index),
    .trc_wr_valid_o(trc_wr_valid_o), .trc_wr_dst_o(trc_wr_dst_o), .trc_wr_id_o(trc_wr_id_o),
    .trc_wr_row_o(trc_wr_row_o), .trc_wr_word_o(trc_wr_word_o), .trc_wr_data_o(trc_wr_data_o),
    .trc_hid_valid_o(trc_hid_valid_o), .trc_hid_id_o(trc_hid_id_o),
    .trc_hid_experts_o(trc_hid_experts_o), .trc_hid_half_o(trc_hid_half_o),
    .trc_hid_row_o(trc_hid_row_o), .trc_hid_word_o(trc_hid_word_o),
    .trc_hid_data_o(trc_hid_data_o), .trc_lgt_valid_o(trc_lgt_valid_o),
    .trc_lgt_id_o(trc_lgt_id_o), .trc_lgt_row_o(trc_lgt_row_o), .trc_lgt_word_o(trc_lgt_word_o),
    .trc_lgt_data_o(trc_lgt_data_o)
`endif
  );

  // Residual
  logic norm_res_ren, store_ren, copy_wen;
  logic [RowW-1:0] norm_res_row, store_row, copy_row;
  logic [ResWordW-1:0] norm_res_beat, store_word, copy_beat;
  logic [NormLanes*24-1:0] norm_res_data, copy_data;
  logic [383:0] store_data;
  edgemoe_residual #(
    .Segments(Segments), .SegmentRows(SegmentRows), .MaxDim(MaxDim), .Lanes(NormLanes),
    .DrainRows(DrainRows)
  ) u_residual (
    .clk_i(clk_i), .rst_ni(core_rst_n), .add_ren_i(res_ren), .add_rpair_i(res_rpair),
    .add_wpair_i(res_wpair), .add_rrow_i(res_rrow),
    .add_rword_i(res_rword[ResWordW-1:0]), .add_rdata_o(res_rdata), .add_wen_i(res_wen),
    .add_wrow_i(res_wrow), .add_wword_i(res_wword[ResWordW-1:0]), .add_wdata_i(res_wdata),
    .copy_wen_i(copy_wen), .copy_wrow_i(copy_row), .copy_wbeat_i(copy_beat),
    .copy_wdata_i(copy_data), .norm_ren_i(norm_res_ren), .norm_rrow_i(norm_res_row),
    .norm_rbeat_i(norm_res_beat), .norm_rdata_o(norm_res_data), .store_ren_i(store_ren),
    .store_rrow_i(store_row), .store_rword_i(store_word), .store_rdata_o(store_data)
  );

  // Norm unit
  logic beat_valid, beat_first, beat_last, z_valid, z_last, trc_norm;
  logic [1:0] beat_pass;
  logic [$clog2(TokenLanes)-1:0] beat_slot;
  logic [NormTagW-1:0] beat_tag, z_tag;
  logic [NormLanes-1:0] beat_keep;
  logic [NormLanes*24-1:0] beat_x, beat_beta;
  logic [NormLanes*18-1:0] beat_gamma;
  logic [31:0] inv_d, trc_norm_index;
  logic [17:0] sqrt_d;
  logic [61:0] eps_acc;
  logic [5:0] gamma_frac;
  logic [16:0] z_scale;
  logic [NormLanes*8-1:0] z_z8, z_lo;
  logic [15:0] trc_norm_id;
  edgemoe_norm_control #(
    .TokenLanes(TokenLanes), .Lanes(NormLanes), .Segments(Segments), .SegmentRows(SegmentRows),
    .MaxDim(MaxDim), .ParamRing(ParamRing), .SegmentIdW(MatrixW)
  ) u_norm_control (
    .clk_i(clk_i), .rst_ni(core_rst_n), .start_i(front_start[Norm]), .cmd_i(norm_cmd),
    .free_o(front_free[Norm]), .start_reached_i(start_reached[Norm]),
    .group_o(front_group[Norm*16 +: 16]), .group_reached_i(group_reached[Norm]),
    .param_tag_o(tags[16 +: 16]), .param_found_i(tag_found[1]),
    .param_slot_i(tag_param_slot[ParamW +: ParamW]),
    .param_count0_i(tag_param_count0[32 +: 32]), .param_seg_i(tag_param_seg[MatrixW +: MatrixW]),
    .param_rows_i(tag_param_rows[16 +: 16]), .param_rows_readable_i(param_rows),
    .param_ren_o(norm_prm_ren), .param_raddr_o(norm_prm_slot), .param_rdata_i(norm_prm_data),
    .consume_valid_o(norm_con_valid), .consume_seg_o(norm_con_seg),
    .consume_rows_o(norm_con_rows), .residual_ren_o(norm_res_ren),
    .residual_rrow_o(norm_res_row), .residual_rbeat_o(norm_res_beat),
    .residual_rdata_i(norm_res_data), .copy_wen_o(copy_wen), .copy_wrow_o(copy_row),
    .copy_wbeat_o(copy_beat), .copy_wdata_o(copy_data),
    .unit_valid_o(beat_valid), .unit_pass_o(beat_pass), .unit_first_o(beat_first),
    .unit_last_o(beat_last), .unit_slot_o(beat_slot), .unit_tag_o(beat_tag),
    .unit_keep_o(beat_keep), .unit_x_o(beat_x), .unit_gamma_o(beat_gamma),
    .unit_beta_o(beat_beta), .unit_inv_d_o(inv_d), .unit_sqrt_d_o(sqrt_d),
    .unit_eps_acc_o(eps_acc), .unit_gamma_frac_o(gamma_frac),
    .unit_valid_i(z_valid), .unit_last_i(z_last), .unit_tag_i(z_tag), .unit_scale_i(z_scale),
    .unit_z8_i(z_z8), .unit_lo_i(z_lo), .norm_wen_o(nrm_wen), .norm_wrow_o(nrm_row),
    .norm_wbeat_o(nrm_beat), .norm_wlast_o(nrm_last), .norm_wlow_o(nrm_low),
    .norm_wz8_o(nrm_z8), .norm_wlo_o(nrm_lo), .norm_wscale_o(nrm_scale),
    .event_valid_o(ev_valid[NormEnd]), .event_signal_o(ev_signal[NormEnd]),
    .event_counter_o(ev_counter[NormEnd*8 +: 8]), .event_done_o(ev_done[NormEnd]),
    .event_id_o(ev_id[NormEnd*16 +: 16]),
    .copy_event_valid_o(ev_valid[NormEnd+1]), .copy_event_signal_o(ev_signal[NormEnd+1]),
    .copy_event_counter_o(ev_counter[NormEnd*8+8 +: 8]), .copy_event_done_o(ev_done[NormEnd+1]),
    .copy_event_id_o(ev_id[NormEnd*16+16 +: 16]),
    .trc_norm_o(trc_norm), .trc_norm_id_o(trc_norm_id), .trc_norm_index_o(trc_norm_index)
  );
  assign ev_amount[NormEnd*9 +: 18] = {9'd1, 9'd1};
  edgemoe_norm_unit #(.Lanes(NormLanes), .Slots(TokenLanes), .TagWidth(NormTagW)) u_norm (
    .clk_i(clk_i), .rst_ni(core_rst_n), .valid_i(beat_valid), .pass_i(beat_pass),
    .first_i(beat_first), .last_i(beat_last), .slot_i(beat_slot), .tag_i(beat_tag),
    .keep_i(beat_keep), .x_i(beat_x), .gamma_i(beat_gamma), .beta_i(beat_beta), .inv_d_i(inv_d),
    .sqrt_d_i(sqrt_d), .eps_acc_i(eps_acc), .gamma_frac_i(gamma_frac), .valid_o(z_valid),
    .last_o(z_last), .tag_o(z_tag), .scale_o(z_scale), .z8_o(z_z8), .lo_o(z_lo)
  );

  // Router
  logic trc_route, trc_choice, trc_write;
  logic [15:0] trc_route_id, trc_write_id;
  logic [31:0] trc_route_index, trc_write_index;
  logic [RowW-1:0] trc_choice_row;
  logic [TopK-1:0] trc_choice_chosen, trc_choice_kept;
  logic [TopK*ExpertW-1:0] trc_choice_expert;
  logic [TopK*17-1:0] trc_choice_score;
  edgemoe_router_control #(
    .TokenLanes(TokenLanes), .Segments(Segments), .SegmentRows(SegmentRows), .Experts(Experts),
    .Listed(Prefetch)
  ) u_router (
    .clk_i(clk_i), .rst_ni(core_rst_n), .start_i(front_start[Router]), .cmd_i(router_cmd),
    .free_o(front_free[Router]), .start_reached_i(start_reached[Router]),
    .group_o(front_group[Router*16 +: 16]), .group_reached_i(group_reached[Router]),
    .logits_wen_i(lgt_valid), .logits_wrow_i(lgt_row), .logits_wword_i(lgt_word[ExpertW-1:0]),
    .logits_wdata_i(lgt_data), .queue_expert_i(que_expert), .queue_index_i(que_index),
    .queue_row_o(que_row), .queue_score_o(que_score), .pub_count_o(pub_count),
    .pub_active_o(pub_active), .pub_length_o(pub_length), .pub_exec_count_o(exec_count),
    .pub_exec_list_o(exec_list), .pub_rest_count_o(rest_count), .pub_rest_list_o(rest_list),
    .event_valid_o(ev_valid[RouterEnd]), .event_signal_o(ev_signal[RouterEnd]),
    .event_counter_o(ev_counter[RouterEnd*8 +: 8]), .event_done_o(ev_done[RouterEnd]),
    .event_id_o(ev_id[RouterEnd*16 +: 16]),
    .trc_route_o(trc_route), .trc_route_id_o(trc_route_id), .trc_route_index_o(trc_route_index),
    .trc_choice_o(trc_choice), .trc_choice_row_o(trc_choice_row),
    .trc_choice_chosen_o(trc_choice_chosen), .trc_choice_kept_o(trc_choice_kept),
    .trc_choice_expert_o(trc_choice_expert), .trc_choice_score_o(trc_choice_score)
  );
  assign ev_amount[RouterEnd*9 +: 9] = 9'd1;

  // Writer
  edgemoe_result_writer #(
    .Ports(Ports), .Outstanding(Outstanding), .TokenLanes(TokenLanes), .Segments(Segments),
    .SegmentRows(SegmentRows), .MaxDim(MaxDim)
  ) u_writer (
    .clk_i(clk_i), .rst_ni(core_rst_n), .start_i(front_start[Writer]), .cmd_i(writer_cmd),
    .free_o(front_free[Writer]), .start_reached_i(start_reached[Writer]),
    .group_o(front_group[Writer*16 +: 16]), .group_reached_i(group_reached[Writer]),
    .residual_ren_o(store_ren), .residual_rrow_o(store_row), .residual_rword_o(store_word),
    .residual_rdata_i(store_data),
    .awvalid_o(m_axi_awvalid_o), .awready_i(m_axi_awready_i), .awaddr_o(m_axi_awaddr_o),
    .awlen_o(m_axi_awlen_o), .awsize_o(m_axi_awsize_o), .awburst_o(m_axi_awburst_o),
    .wvalid_o(m_axi_wvalid_o), .wready_i(m_axi_wready_i), .wdata_o(m_axi_wdata_o),
    .wstrb_o(m_axi_wstrb_o), .wlast_o(m_axi_wlast_o), .bvalid_i(m_axi_bvalid_i),
    .bready_o(m_axi_bready_o), .bresp_i(m_axi_bresp_i), .error_o(store_error),
    .event_valid_o(ev_valid[WriterEnd]), .event_signal_o(ev_signal[WriterEnd]),
    .event_counter_o(ev_counter[WriterEnd*8 +: 8]), .event_amount_o(ev_amount[WriterEnd*9 +: 9]),
    .event_done_o(ev_done[WriterEnd]), .event_id_o(ev_id[WriterEnd*16 +: 16]),
    .trc_write_o(trc_write), .trc_write_id_o(trc_write_id), .trc_write_index_o(trc_write_index)
  );

`ifndef SYNTHESIS
  // Trace: rows of the load stream are counted here.
  logic [31:0] requested_q, requested_d, readable_q, readable_d;
  localparam int unsigned PortW = Ports > 1 ? $clog2(Ports) : 1;
  logic [PortW-1:0] port_q, port_d;
  always_comb begin
    requested_d = requested_q;
    readable_d = readable_q;
    port_d = port_q;
    trc_request_index_o = '0;
    trc_readable_index_o = '0;
    for (int k = 0; k < Ports; k++) begin
      if (load_request[port_d]) begin
        trc_request_index_o[32'(port_d)*32 +: 32] = requested_d;
        requested_d = requested_d + 32'd1;
        port_d = port_d == PortW'(Ports - 1) ? '0 : port_d + 1'b1;
      end
      trc_readable_index_o[k*32 +: 32] = readable_d;
      if (load_readable[k]) readable_d = readable_d + 32'd1;
    end
  end
  always_ff @(posedge clk_i or negedge core_rst_n) begin
    if (!core_rst_n) begin
      requested_q <= '0;
      readable_q <= '0;
      port_q <= '0;
    end else begin
      requested_q <= requested_d;
      readable_q <= readable_d;
      port_q <= port_d;
    end
  end
  assign trc_start_o = start;
  assign trc_dispatch_valid_o = dispatch_valid;
  assign trc_dispatch_id_o = dispatch_id;
  assign trc_barrier_valid_o = seq_barrier;
  assign trc_barrier_id_o = dispatch_id;
  assign trc_request_valid_o = load_request;
  assign trc_request_id_o = front_cmd[Loader*CmdW+edgemoe_pkg::CmdIdLsb +: 16];
  assign trc_readable_valid_o = load_readable;
  assign trc_readable_id_o = ev_id[0 +: Ports*16];
  assign trc_block_id_o = array_trc_id;
  assign trc_block_index_o = array_trc_index;
  assign trc_scores_id_o = array_trc_id;
  assign trc_scores_index_o = array_trc_index;
  assign trc_norm_valid_o = trc_norm;
  assign trc_norm_id_o = trc_norm_id;
  assign trc_norm_index_o = trc_norm_index;
  assign trc_route_valid_o = trc_route;
  assign trc_route_id_o = trc_route_id;
  assign trc_route_index_o = trc_route_index;
  assign trc_write_valid_o = trc_write;
  assign trc_write_id_o = trc_write_id;
  assign trc_write_index_o = trc_write_index;
  assign trc_end_valid_o = ev_valid & ev_done;
  assign trc_end_id_o = ev_id;
  assign trc_nwr_valid_o = nrm_wen;
  assign trc_nwr_last_o = nrm_last;
  assign trc_nwr_low_o = nrm_low;
  assign trc_nwr_row_o = 16'(nrm_row);
  assign trc_nwr_beat_o = 16'(nrm_beat);
  assign trc_nwr_z8_o = nrm_z8;
  assign trc_nwr_lo_o = nrm_lo;
  assign trc_nwr_scale_o = nrm_scale;
  assign trc_cwr_valid_o = copy_wen;
  assign trc_cwr_row_o = 16'(copy_row);
  assign trc_cwr_beat_o = 16'(copy_beat);
  assign trc_cwr_data_o = copy_data;
  assign trc_choice_valid_o = trc_choice;
  assign trc_choice_row_o = 16'(trc_choice_row);
  assign trc_choice_chosen_o = trc_choice_chosen;
  assign trc_choice_kept_o = trc_choice_kept;
  for (genvar k = 0; k < TopK; k++) begin : gen_choice
    assign trc_choice_expert_o[k*8 +: 8] = 8'(trc_choice_expert[k*ExpertW +: ExpertW]);
  end
  assign trc_choice_score_o = trc_choice_score;
`endif

  // Words of the residual are counted within MaxDim; banks of the loader's places by their kind.
  logic unused;
  assign unused = ^{front_start, front_next, front_next_cmd, res_rword, res_wword, lgt_word,
                    que_ren, nrm_beat, tag_tile_slot, tag_tile_count0, tag_tile_seg,
                    tag_param_count0, wslot};

endmodule
