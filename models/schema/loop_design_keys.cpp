// SPDX-License-Identifier: Apache-2.0
#include "models/schema/loop_design_keys.hpp"

#include <fmt/format.h>

namespace edgemoe::models {

namespace {

constexpr int kDeepest = 6;  // sequences within sequences

void formula(Visitor* visitor, const Key& key, const char* normally, Formula* value) {
  if (value->text.empty()) value->text = normally;
  visitor->text(key, TextRule::kLine, &value->text);
}

void visit_access(LoopAccess* access, Visitor* visitor) {
  visit_map(visitor, Key{}, true, [&] {
    visitor->text(required("port", "AXI port of the design"), TextRule::kToken, &access->port);
    formula(visitor, required("bytes", "moved each time", "byte"), "0", &access->bytes);
    formula(visitor, optional("every", "of so many iterations one does it"), "1", &access->every);
    formula(visitor, optional("run", "of one contiguous request; 0: the whole loop", "byte"), "0",
            &access->run);
    formula(visitor, optional("span", "after which addresses begin anew; 0: never", "byte"), "0",
            &access->span);
  });
}

void visit_tokens(LoopTokens* tokens, Visitor* visitor) {
  visit_map(visitor, Key{}, true, [&] {
    visitor->text(required("stream", "stream of the region"), TextRule::kToken, &tokens->stream);
    formula(visitor, optional("count", "tokens each time"), "1", &tokens->count);
    formula(visitor, optional("every", "of so many iterations one does it"), "1", &tokens->every);
    formula(visitor, optional("first", "only in so many first iterations of a period"), "0",
            &tokens->first);
    formula(visitor, optional("period", "iterations of a period; 0: none"), "0", &tokens->period);
    formula(visitor, optional("most", "times in a run of the loop; -1: no limit"), "-1",
            &tokens->most);
  });
}

void visit_work(LoopWork* work, Visitor* visitor) {
  const auto count = [&](const char* name, const char* of_what, Formula* value) {
    formula(visitor, optional(name, of_what), "0", value);
  };
  count("macs", "products", &work->macs);
  count("results", "values that leave an adder tree", &work->results);
  count("gelu", "values through GELU", &work->gelu);
  count("exponentials", "of softmax", &work->exponentials);
  count("norm_elements", "values through LayerNorm", &work->norm_elements);
  count("bram_read_bits", "read from on-chip memory", &work->bram_read_bits);
  count("bram_write_bits", "written to on-chip memory", &work->bram_write_bits);
}

void visit_loop(LoopConfig* loop, Visitor* visitor) {
  const SizeRange few{0, 16};
  visitor->text(required("name", "name of the loop"), TextRule::kToken, &loop->name);
  formula(visitor, required("trips", "iterations"), "0", &loop->trips);
  formula(visitor, required("ii", "initiation interval", "cycle"), "1", &loop->ii);
  formula(visitor, required("depth", "latency of one iteration", "cycle"), "1", &loop->depth);
  visit_map(visitor, optional("work", "done by an iteration, counted for energy"), true,
            [&] { visit_work(&loop->work, visitor); });
  const auto access = [&](LoopAccess* item) { visit_access(item, visitor); };
  visit_list(visitor, optional("reads", "data from ports"), few, &loop->reads, access);
  visit_list(visitor, optional("writes", "data to ports"), few, &loop->writes, access);
  const auto tokens = [&](LoopTokens* item) { visit_tokens(item, visitor); };
  visit_list(visitor, optional("pops", "tokens from streams"), few, &loop->pops, tokens);
  visit_list(visitor, optional("pushes", "tokens to streams"), few, &loop->pushes, tokens);
}

void visit_process(LoopProcessConfig* process, Visitor* visitor) {
  visitor->text(required("name", "name of the process"), TextRule::kToken, &process->name);
  formula(visitor, optional("when", "0: leave it out"), "1", &process->when);
  formula(visitor, optional("repeat", "times that its loops run"), "1", &process->repeat);
  visit_list(visitor, required("loops", "run one after the other"), {1, 64}, &process->loops,
             [&](LoopConfig* loop) {
               visit_map(visitor, Key{}, true, [&] { visit_loop(loop, visitor); });
             });
}

void visit_step(LoopStepConfig* step, int level, Visitor* visitor);

void visit_steps(std::vector<LoopStepConfig>* steps, const Key& key, int level, Visitor* visitor) {
  visit_list(visitor, key, {1, 64}, steps, [&](LoopStepConfig* step) {
    visit_map(visitor, Key{}, true, [&] { visit_step(step, level, visitor); });
  });
}

void visit_step(LoopStepConfig* step, int level, Visitor* visitor) {
  visitor->text(required("name", "name of the step"), TextRule::kToken, &step->name);
  visitor->text(optional("group", "row of the breakdown"), TextRule::kToken, &step->group);
  formula(visitor, optional("when", "0: leave it out"), "1", &step->when);
  formula(visitor, optional("repeat", "times that it runs"), "1", &step->repeat);
  visitor->text(optional("index", "name of the number of the repetition"), TextRule::kToken,
                &step->index);
  visit_list(visitor, optional("streams", "between the processes"), {1, 64}, &step->streams,
             [&](LoopStreamConfig* stream) {
               visit_map(visitor, Key{}, true, [&] {
                 visitor->text(required("name", "name of the stream"), TextRule::kToken,
                               &stream->name);
                 visit_choice(visitor, optional("kind", "when a place is taken and freed"),
                              {"fifo", "buffer"}, &stream->kind);
                 formula(visitor, optional("depth", "tokens that it holds"), "2", &stream->depth);
               });
             });
  visit_list(visitor, optional("processes", "run at the same time"), {1, 64}, &step->processes,
             [&](LoopProcessConfig* process) {
               visit_map(visitor, Key{}, true, [&] { visit_process(process, visitor); });
             });
  if (level < kDeepest) {
    visit_steps(&step->steps, optional("steps", "run one after the other"), level + 1, visitor);
  }
}

void visit_resources(LoopResources* resources, Visitor* visitor) {
  constexpr IntegerRange kCount{0, 100'000'000};
  visitor->text(required("source", "where the figures come from"), TextRule::kLine,
                &resources->source);
  visit_integer(visitor, optional("dsp", "DSP slices"), kCount, &resources->dsp);
  visit_integer(visitor, optional("bram36", "block RAMs", "36 Kbit"), kCount, &resources->bram36);
  visit_integer(visitor, optional("uram", "UltraRAMs", "288 Kbit"), kCount, &resources->uram);
  visit_integer(visitor, optional("lut", "look-up tables"), kCount, &resources->lut);
  visit_integer(visitor, optional("ff", "flip-flops"), kCount, &resources->ff);
}

void visit_port(LoopPortConfig* port, Visitor* visitor) {
  visitor->text(required("name", "name of the AXI master"), TextRule::kToken, &port->name);
  visit_integer(visitor, required("kernel_bits", "beat at the kernel", "bit"), {8, 1024, true},
                &port->kernel_bits);
  visit_integer(visitor, required("port_bits", "beat at the memory port", "bit"), {8, 1024, true},
                &port->port_bits);
  visit_integer(visitor, optional("latency_cycles", "of request and response paths", "cycle"),
                {0, 1024}, &port->latency_cycles);
  visit_integer(visitor, optional("max_burst_beats", "kernel beats of a burst"), {1, 256},
                &port->max_burst_beats);
  visit_integer(visitor, optional("port_burst_beats", "port beats of a burst"), {1, 256},
                &port->port_burst_beats);
  visit_integer(visitor, optional("outstanding", "bursts of one access on their way"), {1, 256},
                &port->outstanding);
}

}  // namespace

void visit(LoopDesignConfig* design, Visitor* visitor) {
  if (!visitor->open_map(Key{}, true)) return;
  visit_file_keys(visitor);
  visitor->text(required("name", "name of the design"), TextRule::kName, &design->name);
  visitor->text(required("source", "where its figures come from"), TextRule::kLine,
                &design->source);
  visitor->text(optional("board", "board that it was published for"), TextRule::kName,
                &design->board);
  visit_choice(visitor, optional("precision", "number formats"), {"w8a8", "w16a16", "w16a32"},
               &design->precision);
  visitor->text(optional("kernels", "design whose kernels compute its values in its formats"),
                TextRule::kName, &design->kernels);
  visit_map(visitor, optional("resources", "that the design takes; left out: not known"),
            !design->resources.source.empty(),
            [&] { visit_resources(&design->resources, visitor); });
  visitor->real(required("clock_mhz", "clock of the logic", "MHz"), {1.0, 2000.0},
                &design->clock_mhz);
  visit_integer(visitor, optional("axi_latency", "assumed by the HLS tool", "cycle"), {0, 1024},
                &design->axi_latency);
  visit_integer(visitor, optional("control_cycles", "to enter and leave a loop", "cycle"),
                {0, 1024}, &design->control_cycles);
  visit_map(visitor, optional("define", "names for formulas"), !design->define.empty(), [&] {
    for (auto& [name, value] : design->define) {
      formula(visitor, required(name, "a formula"), "0", &value);
    }
  });
  visit_list(visitor, required("ports", "AXI masters of the kernel"), {1, 16}, &design->ports,
             [&](LoopPortConfig* port) {
               visit_map(visitor, Key{}, true, [&] { visit_port(port, visitor); });
             });
  visit_steps(&design->steps, required("steps", "run one after the other"), 1, visitor);
  visitor->close_map();
}

}  // namespace edgemoe::models
