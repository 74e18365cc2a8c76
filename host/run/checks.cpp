// SPDX-License-Identifier: Apache-2.0
#include "host/run/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace edgemoe::host {
namespace {

using models::BlockKind;

std::uint64_t attention_macs(const models::ModelConfig& m) {
  const std::uint64_t n = static_cast<std::uint64_t>(m.tokens()),
                      d = static_cast<std::uint64_t>(m.embed_dim);
  return n * d * 3 * d + 2 * n * n * d + n * d * d;  // QKV, QK^T and PV, projection
}

std::uint64_t feed_forward_macs(const models::ModelConfig& m, int block, const TaskValues& task) {
  const std::uint64_t n = static_cast<std::uint64_t>(m.tokens()),
                      d = static_cast<std::uint64_t>(m.embed_dim);
  if (m.blocks[static_cast<std::size_t>(block)] == BlockKind::kMlp)
    return 2 * n * d * static_cast<std::uint64_t>(m.mlp_hidden);
  const models::BlockRouting& routing = task.routing.blocks.at(block);
  const auto chosen = static_cast<std::uint64_t>(std::count_if(
      routing.index.begin(), routing.index.end(), [](std::int32_t e) { return e >= 0; }));
  return n * d * static_cast<std::uint64_t>(m.moe.experts) +
         chosen * 2 * d * static_cast<std::uint64_t>(m.moe.hidden);
}

/// First block whose feed-forward part depends on the task; the depth when none does.
int first_task_block(const models::ModelConfig& m) {
  if (m.moe.gate == models::GateKind::kShared) return m.depth();
  const auto found = std::find(m.blocks.begin(), m.blocks.end(), BlockKind::kMoe);
  return static_cast<int>(found - m.blocks.begin());
}

class Verdicts {
 public:
  void add(const char* name, bool ok, std::string detail) {
    checks_.push_back({name, ok, std::move(detail)});
  }
  std::vector<Check> take() { return std::move(checks_); }

 private:
  std::vector<Check> checks_;
};

void check_values(const models::ModelConfig& model, const Execution& kernels, Verdicts* verdicts) {
  const std::uint64_t expected = network_macs(model, kernels.tasks);
  verdicts->add("macs_are_the_networks", kernels.status->macs == expected,
                fmt::format("kernels {}, network {}", kernels.status->macs, expected));
  verdicts->add("residual_never_saturates", kernels.status->residual_saturations == 0,
                fmt::format("{} saturated values", kernels.status->residual_saturations));
  verdicts->add("results_match_last_tap", kernels.results_match_taps,
                "result region of the image against the last tap");
}

void check_loads(const models::ModelConfig& model, const RunRecord& record,
                 const Execution& kernels, Verdicts* verdicts) {
  std::int64_t queued = 0, chosen = 0, slots = 0;
  const bool shared = model.moe.gate == models::GateKind::kShared;  // routed once for all tasks
  for (const ExpertLoadRecord& loads : record.experts) {
    if (shared && loads.task != record.tasks.front()) continue;
    queued += std::accumulate(loads.load.begin(), loads.load.end(), std::int64_t{0});
  }
  for (const program::SegmentRouting& segment : kernels.trace.segments) {
    slots += static_cast<std::int64_t>(segment.tokens) * segment.top_k;
    chosen += std::count_if(segment.choices.begin(), segment.choices.end(),
                            [](const program::Choice& c) { return !c.dropped; });
  }
  const auto blocks = std::count(model.blocks.begin(), model.blocks.end(), BlockKind::kMoe);
  const std::int64_t routings = shared ? 1 : static_cast<std::int64_t>(kernels.tasks.size());
  const std::int64_t expected =
      static_cast<std::int64_t>(blocks) * routings * model.tokens() * model.moe.top_k;
  verdicts->add("tokens_conserved_by_router", queued == chosen && slots == expected,
                fmt::format("{} queued, {} chosen of {} slots, {} expected slots", queued, chosen,
                            slots, expected));
}

void check_bytes(const RunRecord& record, Verdicts* verdicts) {
  const DramInfo& dram = *record.dram;
  verdicts->add("bytes_conserved",
                dram.read_bytes == dram.needed_bytes + dram.wasted_prefetch_bytes,
                fmt::format("read {}, needed {} + wasted {}", dram.read_bytes, dram.needed_bytes,
                            dram.wasted_prefetch_bytes));
}

void check_closed_form_bytes(const RunRecord& record, Verdicts* verdicts) {
  const DramInfo& dram = *record.dram;
  // The engine fetches the image's header as well, and the program in whole rows.
  const std::uint64_t moved = dram.needed_bytes + dram.write_bytes,
                      closed = record.roofline->memory_bytes;
  verdicts->add("bytes_match_closed_form",
                moved >= closed && moved < closed + 2 * program::kRowBytes,
                fmt::format("engine {}, closed form {}", moved, closed));
}

void check_cycles(const RunRecord& record, Verdicts* verdicts) {
  std::string wrong;
  for (const auto& [unit, reasons] : *record.stalls) {
    std::uint64_t sum = 0;
    for (const auto& [reason, cycles] : reasons) sum += cycles;
    if (sum != *record.cycles)
      wrong += fmt::format("{}{} sums to {}", wrong.empty() ? "" : ", ", unit, sum);
  }
  verdicts->add("unit_cycles_conserved", wrong.empty(),
                wrong.empty()
                    ? fmt::format("{} units, {} cycles each", record.stalls->size(), *record.cycles)
                    : fmt::format("{} cycles, but {}", *record.cycles, wrong));
  const auto bad = std::find_if(
      record.commands->begin(), record.commands->end(),
      [&record](const CommandRecord& c) { return c.begin > c.end || c.end > *record.cycles; });
  verdicts->add("commands_within_the_run", bad == record.commands->end(),
                bad == record.commands->end() ? fmt::format("{} commands", record.commands->size())
                                              : fmt::format("{}: {}..{} of {}", bad->name,
                                                            bad->begin, bad->end, *record.cycles));
}

/// Stages of a design given as loops: no gap, no overlap, and every byte is some stage's.
void check_stages(const RunRecord& record, Verdicts* verdicts) {
  std::uint64_t at = 0, bytes = 0, gaps = 0;
  for (const CommandRecord& stage : *record.commands) {
    gaps += stage.begin == at ? 0 : 1;
    at = stage.end;
    bytes += stage.bytes;
  }
  verdicts->add("stages_fill_the_run", gaps == 0 && at == *record.cycles,
                fmt::format("{} stages, {} gaps, end {} of {} cycles", record.commands->size(),
                            gaps, at, *record.cycles));
  const std::uint64_t moved = record.dram->read_bytes + record.dram->write_bytes;
  verdicts->add("stages_move_all_bytes", bytes == moved,
                fmt::format("stages {}, memory {}", bytes, moved));
}

void check_array(const RunRecord& record, Verdicts* verdicts) {
  const auto array = record.stalls->find("array");
  std::uint64_t busy = 0, output = 0;
  if (array != record.stalls->end()) {
    busy = array->second.at("busy");
    const auto waited = array->second.find("output");
    output = waited == array->second.end() ? 0 : waited->second;
  }
  // Sums shorter than their results take to leave wait for the output. The closed form has these
  // waits; the engine has some of them under another name when something else is late as well.
  const std::uint64_t closed = record.roofline->compute_cycles;
  verdicts->add(
      "array_cycles_match_closed_form", busy <= closed && closed - busy <= 2 * output,
      fmt::format("busy {}, waiting for output {}, closed form {}", busy, output, closed));
}

void check_limits(const RunRecord& record, Verdicts* verdicts) {
  if (record.macs_padded) {
    verdicts->add("padding_only_adds", *record.macs_padded >= *record.macs,
                  fmt::format("{} padded, {} of the network", *record.macs_padded, *record.macs));
  }
  const double ratio = record.roofline->ratio.value_or(1.0);
  verdicts->add(
      "roofline_not_beaten", ratio >= 1.0 - 1e-9,
      fmt::format("latency {:.6f} ms, compute {:.6f} ms, memory {:.6f} ms", *record.latency_ms,
                  record.roofline->compute_ms, record.roofline->memory_ms));
  if (!record.energy_mj) return;
  double sum = 0.0;
  for (const auto& [cause, mj] : *record.energy_breakdown_mj) sum += mj;
  verdicts->add("energy_adds_up",
                std::fabs(sum - *record.energy_mj) <= 1e-9 * std::max(1.0, *record.energy_mj),
                fmt::format("causes {:.9g} mJ, total {:.9g} mJ", sum, *record.energy_mj));
  if (!record.energy_per_task_mj) return;
  double tasks = 0.0;
  for (const auto& [task, mj] : *record.energy_per_task_mj) tasks += mj;
  verdicts->add("energy_of_tasks_adds_up",
                std::fabs(tasks - *record.energy_mj) <= 1e-9 * std::max(1.0, *record.energy_mj),
                fmt::format("tasks {:.9g} mJ, total {:.9g} mJ", tasks, *record.energy_mj));
}

}  // namespace

std::uint64_t network_macs(const models::ModelConfig& m, const std::vector<TaskValues>& tasks) {
  if (tasks.empty()) return 0;
  const int split = first_task_block(m);
  std::uint64_t macs = static_cast<std::uint64_t>(m.patches()) * 3 *
                       static_cast<std::uint64_t>(m.patch * m.patch) *
                       static_cast<std::uint64_t>(m.embed_dim);
  for (int block = 0; block < m.depth(); ++block) {
    const std::uint64_t copies = block <= split ? 1 : tasks.size();
    macs += copies * attention_macs(m);
    if (block < split) {
      macs += feed_forward_macs(m, block, tasks[0]);
    } else {
      for (const TaskValues& task : tasks) macs += feed_forward_macs(m, block, task);
    }
  }
  return macs;
}

std::vector<Check> check_frame(const models::ModelConfig& model, const RunRecord& record,
                               const Execution* kernels) {
  Verdicts verdicts;
  if (kernels != nullptr) {
    check_values(model, *kernels, &verdicts);
    check_loads(model, record, *kernels, &verdicts);
  }
  if (record.cycles) {
    check_bytes(record, &verdicts);
    check_cycles(record, &verdicts);
    if (record.stalls->count("array") != 0) {  // stages of loops are named STAGE.FUNCTION
      check_closed_form_bytes(record, &verdicts);
      check_array(record, &verdicts);
    } else {
      check_stages(record, &verdicts);
    }
    check_limits(record, &verdicts);
  }
  return verdicts.take();
}

void check_rtl(const RtlOutcome& rtl, std::vector<Check>* checks) {
  const auto add = [checks](const char* name, const RtlVerdict& verdict, const char* what) {
    checks->push_back({name, verdict.equal(),
                       verdict.equal()
                           ? fmt::format("{} {} equal", verdict.compared, what)
                           : fmt::format("{} of {} {} differ, first {}", verdict.different,
                                         verdict.compared, what, verdict.first)});
  };
  add("rtl_rows_are_the_kernels", rtl.rows, "rows of taps");
  add("rtl_results_are_the_kernels", rtl.results, "bytes of memory");
  add("rtl_routing_is_the_kernels", rtl.routing, "choices");
  add("rtl_commands_are_the_cycle_engines", rtl.spans, "begins, ends and the total");
  add("rtl_events_are_the_cycle_engines", rtl.events, "events");
}

std::vector<Check> merge_checks(
    const std::vector<std::pair<std::string, std::vector<Check>>>& frames) {
  std::vector<Check> merged;
  for (const auto& [frame, checks] : frames) {
    for (const Check& check : checks) {
      auto at = std::find_if(merged.begin(), merged.end(),
                             [&check](const Check& m) { return m.name == check.name; });
      const bool first = at == merged.end();
      if (first) at = merged.insert(at, check);
      if (check.ok || (!at->ok && !first)) continue;
      at->ok = false;
      at->detail = frames.size() > 1 ? frame + ": " + check.detail : check.detail;
    }
  }
  return merged;
}

}  // namespace edgemoe::host
