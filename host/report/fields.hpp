// SPDX-License-Identifier: Apache-2.0
/// The one description of report.json: every key with its meaning. Writer and schema are visitors
/// of it.
///
/// A visitor has `template <class T> void field(const char* key, const char* meaning, const T&
/// value)`.
#pragma once

#include "host/report/report.hpp"

namespace edgemoe::host {

template <class V>
void describe(V& v, const ToolInfo& t) {
  v.field("version", "version of the program", t.version);
  v.field("revision", "source revision it was built from, `unknown` outside a checkout",
          t.revision);
}

template <class V>
void describe(V& v, const ModelInfo& m) {
  v.field("name", "name in model.yaml", m.name);
  v.field("config_hash", "hash of the resolved configuration", m.config_hash);
  v.field("tokens", "patches and the class token", m.tokens);
  v.field("params", "weights of backbone and heads, quantisation parameters apart", m.params);
}

template <class V>
void describe(V& v, const DesignInfo& d) {
  v.field("name", "name in the design's file", d.name);
  v.field("config_hash", "hash of the resolved design", d.config_hash);
  v.field("board", "board that was simulated", d.board);
  v.field("board_hash", "hash of the resolved board", d.board_hash);
  v.field("clock_mhz", "clock of the accelerator", d.clock_mhz);
  v.field("precision", "number formats: w8a8, w16a16, w16a32", d.precision);
}

template <class V>
void describe(V& v, const RooflineInfo& r) {
  v.field("compute_ms", "padded array work at the full rate of the array", r.compute_ms);
  v.field("memory_ms", "bytes needed at the memory's usable peak bandwidth", r.memory_ms);
  v.field("ratio", "latency over the larger of the two; 1 is the roofline", r.ratio);
  v.field("compute_cycles", "closed form behind compute_ms", r.compute_cycles);
  v.field("memory_bytes", "closed form behind memory_ms: read and written", r.memory_bytes);
}

template <class V>
void describe(V& v, const DramInfo& d) {
  v.field("read_bytes", "bytes read from DRAM", d.read_bytes);
  v.field("needed_bytes", "bytes that the program needed with this routing", d.needed_bytes);
  v.field("wasted_prefetch_bytes", "prefetched experts that no token chose",
          d.wasted_prefetch_bytes);
  v.field("write_bytes", "bytes written to DRAM", d.write_bytes);
  v.field("spill_read_bytes", "of needed_bytes: tiles that were spilled before",
          d.spill_read_bytes);
  v.field("spill_write_bytes", "of write_bytes: tiles that the buffers cannot hold",
          d.spill_write_bytes);
  v.field("efficiency", "bytes moved over peak bandwidth times latency", d.efficiency);
  v.field("row_hits", "bursts to an open row", d.row_hits);
  v.field("row_misses", "bursts to a closed bank", d.row_misses);
  v.field("row_conflicts", "bursts to a bank with another row open", d.row_conflicts);
}

template <class V>
void describe(V& v, const CommandRecord& c) {
  v.field("name", "unique name, e.g. l03.qkv", c.name);
  v.field("task", "task it works for, `all` when it serves every task of the frame", c.task);
  v.field("unit", "unit that executed it", c.unit);
  v.field("begin", "cycle of the first issue", c.begin);
  v.field("end", "cycle after the last write", c.end);
  v.field("macs", "products of the network, no padding; null where a stage's are not known",
          c.macs);
  v.field("bytes", "DRAM bytes moved for it", c.bytes);
  v.field("stall", "cycles waited between begin and end, by reason", c.stall);
}

template <class V>
void describe(V& v, const ExpertLoadRecord& e) {
  v.field("layer", "block number", e.layer);
  v.field("task", "task", e.task);
  v.field("load", "tokens per expert", e.load);
  v.field("active", "experts with at least one token", e.active);
}

template <class V, class T>
void describe_error(V& v, const T& t) {
  v.field("tap", "stable tap name", t.tap);
  v.field("sqnr_db", "signal over error power against the reference; null when equal", t.sqnr_db);
  v.field("mse", "mean squared error", t.mse);
  v.field("mae", "mean absolute error", t.mae);
  v.field("max_abs", "largest absolute error", t.max_abs);
}

template <class V>
void describe(V& v, const TapError& t) {
  describe_error(v, t);
  v.field("bound_db",
          "lowest allowed SQNR: twice the predicted noise power, more where few values are "
          "independent; null without a bound",
          t.bound_db);
  v.field("ok", "within the bound; null without a bound", t.ok);
  v.field("predicted_db", "predicted SQNR; null without a bound", t.predicted_db);
  v.field("independent_values", "that the error power is a mean of; null without a bound",
          t.independent_values);
}

template <class V>
void describe(V& v, const ForcedComparison& f) {
  describe_error(v, f);
  v.field("taps", "every tap in network order", f.taps);
}

template <class V>
void describe(V& v, const GoldenComparison& g) {
  describe_error(v, g);
  v.field("routing_agreement", "fraction of the reference's expert choices that were made too",
          g.routing_agreement);
  v.field("routing_total", "number of choices", g.routing_total);
  v.field("routing_forced", "true when the reference's routing was given to this run",
          g.routing_forced);
  v.field("forced", "the same with the reference's routing forced, all taps", g.forced);
}

template <class V>
void describe(V& v, const EnergyItemRecord& e) {
  v.field("cause", "what happened", e.cause);
  v.field("component", "part of the machine", e.component);
  v.field("coefficient", "key in the board's energy", e.coefficient);
  v.field("count", "events, or seconds of a power", e.count);
  v.field("value", "of the coefficient", e.value);
  v.field("unit", "of the coefficient: pJ an event, or W", e.unit);
  v.field("mj", "count x value", e.mj);
  v.field("uncertainty", "of the coefficient, relative", e.uncertainty);
  v.field("share_of_band", "in the squared width of the band", e.share_of_band);
  v.field("source", "where the coefficient comes from", e.source);
}

template <class V>
void describe(V& v, const RunRecord& r) {
  v.field("image", "image as given", r.image);
  v.field("tasks", "tasks computed together", r.tasks);
  v.field("cycles", "doorbell to last result, accelerator (backbone)", r.cycles);
  v.field("latency_ms", "cycles at the design's clock", r.latency_ms);
  v.field("fps", "1000 / latency_ms", r.fps);
  v.field("energy_mj", "energy of the accelerator and its memory for this frame", r.energy_mj);
  v.field("power_w", "energy over latency", r.power_w);
  v.field("macs", "products of the network with this routing", r.macs);
  v.field("macs_padded", "products the array had slots for, padding included", r.macs_padded);
  v.field("utilisation", "macs over all slots of the array in the latency", r.utilisation);
  v.field("roofline", "lower limits on the latency", r.roofline);
  v.field("head_macs", "products of each task's head, on the host and in no other figure",
          r.head_macs);
  v.field("head_ms_host", "null: varies from run to run, so it stands in host.head_ms",
          r.head_ms_host);
  v.field("dram", "memory traffic", r.dram);
  v.field("energy_breakdown_mj", "energy by cause; sums to energy_mj", r.energy_breakdown_mj);
  v.field("energy_band_mj", "low and high end, root of summed squares of the uncertainties",
          r.energy_band_mj);
  v.field("energy_share_of_band", "share of each cause in the squared width of the band",
          r.energy_share_of_band);
  v.field("energy_components_mj", "energy by part of the machine; sums to energy_mj",
          r.energy_components_mj);
  v.field("energy_items", "every cause with count, coefficient, uncertainty and source",
          r.energy_items);
  v.field("energy_per_task_mj",
          "each task's own work and an equal part of what is common; sums to energy_mj",
          r.energy_per_task_mj);
  v.field("energy_per_expert_load_mj",
          "events of loading one expert's weights, without the powers of the time it takes",
          r.energy_per_expert_load_mj);
  v.field("latency_breakdown_cycles",
          "cycles by kind of command, of loops by group of stages; sums to cycles",
          r.latency_breakdown_cycles);
  v.field("stalls", "per unit: busy and waiting cycles by reason; each unit sums to cycles",
          r.stalls);
  v.field("commands", "timing of every command in program order", r.commands);
  v.field("experts", "queue lengths per block and task", r.experts);
  v.field("golden", "error against the float reference, per task", r.golden);
  v.field("metrics", "task metrics where labels lie beside the image", r.metrics);
  v.field("saturations", "clipped values by place; residual must be 0", r.saturations);
  v.field("overflows", "values that lost upper bits of their format, by command", r.overflows);
  v.field("outputs", "files of this entry, relative to the report", r.outputs);
}

template <class V>
void describe(V& v, const CostRecord& c) {
  v.field("name", "approximation; `all`: everything that the prediction counts", c.name);
  v.field("what", "the same in words", c.what);
  v.field("tap", "that the decibels are of", c.tap);
  v.field("entries", "pairs of image and task", c.entries);
  v.field("sqnr_db", "mean, with this approximation alone and the reference's routing; null: exact",
          c.sqnr_db);
  v.field("share_of_noise", "its noise power over that of `all`; null without any",
          c.share_of_noise);
  v.field("metrics", "change of each task's metrics over the set against the float reference",
          c.metrics);
}

template <class V>
void describe(V& v, const StreamFrameRecord& f) {
  v.field("frame",
          "number in the stream, from 0; the entry of runs with this number has its values",
          f.frame);
  v.field("image", "image as given", f.image);
  v.field("tasks", "tasks computed together", f.tasks);
  v.field("program", "number of the program that holds it", f.program);
  v.field("begin", "cycle in which its pixels are asked for, from the first doorbell", f.begin);
  v.field("issue", "cycle of its first issue on the array", f.issue);
  v.field("end", "cycle after its last result", f.end);
  v.field("latency_ms", "from begin to end, waiting for the frame before it included",
          f.latency_ms);
  v.field("period_ms", "from the end of the frame before it to its own", f.period_ms);
  v.field(
      "switch_cycles",
      "cycles from its issue to that of the next frame, less the most of a stream of nothing but "
      "this frame; null without a neighbour of other tasks, and at the end of a program",
      f.switch_cycles);
}

template <class V>
void describe(V& v, const StreamInfo& s) {
  v.field("cycles", "all programs, one after the other", s.cycles);
  v.field("total_ms", "the same as time", s.total_ms);
  v.field("fps", "frames over total_ms", s.fps);
  v.field("mean_latency_ms", "over all frames", s.mean_latency_ms);
  v.field("max_latency_ms", "over all frames", s.max_latency_ms);
  v.field("energy_mj", "of the accelerator and its memory, all programs", s.energy_mj);
  v.field("energy_mj_per_frame", "mean", s.energy_mj_per_frame);
  v.field("power_w", "energy over time", s.power_w);
  v.field("switches", "changes of tasks within programs", s.switches);
  v.field("mean_switch_cycles", "mean of switch_cycles; null without a change",
          s.mean_switch_cycles);
  v.field("max_switch_cycles", "largest of switch_cycles", s.max_switch_cycles);
  v.field(
      "refresh_cycles",
      "most that a frame differs from itself in a stream of nothing else: the memory's refresh; "
      "null without a change",
      s.refresh_cycles);
  v.field("frames", "every frame in order", s.frames);
  v.field("programs", "what the accelerator executed: an entry as in runs per program", s.programs);
}

template <class V>
void describe(V& v, const ResourceInfo& r) {
  v.field("dsp", "DSP slices", r.dsp);
  v.field("bram36", "36-kbit block RAMs", r.bram36);
  v.field("uram", "UltraRAMs", r.uram);
  v.field("source", "where the figures come from", r.source);
}

template <class V>
void describe(V& v, const Check& c) {
  v.field("name", "what was checked", c.name);
  v.field("ok", "whether it holds", c.ok);
  v.field("detail", "figures behind the verdict", c.detail);
}

template <class V>
void describe(V& v, const HostInfo& h) {
  v.field("wall_s", "wall time of the whole call", h.wall_s);
  v.field("peak_rss_mb", "largest resident memory", h.peak_rss_mb);
  v.field("threads", "threads of the reference's matrix products", h.threads);
  v.field("phases_s", "wall time per phase", h.phases_s);
  v.field("phases_cpu_s", "processor time per phase, all threads", h.phases_cpu_s);
  v.field("head_ms", "wall time of the heads on the host, per entry of runs", h.head_ms);
}

template <class V>
void describe(V& v, const Report& r) {
  v.field("schema_version", "version of this format", r.schema_version);
  v.field("tool", "the program", r.tool);
  v.field("model", "the network", r.model);
  v.field("design", "the accelerator", r.design);
  v.field("engine", "cycle, rtl, kernels or reference", r.engine);
  v.field("seed", "--seed, null when not given", r.seed);
  v.field("runs", "one entry per image and group of tasks", r.runs);
  v.field("stream", "time of frames that run back to back; null otherwise", r.stream);
  v.field("costs", "what each approximation costs on its own; null unless asked for", r.costs);
  v.field("metrics", "task metrics over all images of this call", r.metrics);
  v.field("multi_task_gain",
          "mean relative gain over the single-task results of --baseline: delta_m, "
          "reference_delta_m, tasks counted",
          r.multi_task_gain);
  v.field("resources", "FPGA resources of the design", r.resources);
  v.field("checks", "conservation laws and plausibility", r.checks);
  v.field("notes", "what a reader of these figures must know", r.notes);
  v.field("host", "time and memory of this call; the only part that varies", r.host);
}

}  // namespace edgemoe::host
