// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>

#include "models/schema/loop_design_keys.hpp"

namespace edgemoe::models {

namespace {

/// Names of the processes at the two ends of every stream of a region.
struct Ends {
  std::set<std::string> putting;
  std::set<std::string> taking;
};

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

class Checker {
 public:
  Checker(const LoopDesignConfig& design, Rules* rules) : rules_(rules) {
    for (std::size_t i = 0; i < design.ports.size(); ++i) {
      rules_->require(ports_.insert(design.ports[i].name).second,
                      {fmt::format("ports[{}].name", i)}, "each port name once",
                      "\"" + design.ports[i].name + "\" again");
    }
  }

  void step(const std::string& path, const LoopStepConfig& step) {
    const bool region = !step.processes.empty();
    rules_->require(region != !step.steps.empty(), {path},
                    "either processes (a dataflow region) or steps (a sequence)",
                    region ? "both" : "neither");
    rules_->require(region || step.streams.empty(), {path + ".streams"},
                    "streams only beside processes", "a sequence of steps");
    for (std::size_t i = 0; i < step.steps.size(); ++i) {
      this->step(fmt::format("{}.steps[{}]", path, i), step.steps[i]);
    }
    if (region) this->region(path, step);
  }

 private:
  void region(const std::string& path, const LoopStepConfig& step) {
    ends_.clear();
    for (std::size_t i = 0; i < step.streams.size(); ++i) {
      const std::string& name = step.streams[i].name;
      rules_->require(ends_.emplace(name, Ends{}).second,
                      {fmt::format("{}.streams[{}].name", path, i)}, "each stream name once",
                      "\"" + name + "\" again");
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < step.processes.size(); ++i) {
      const std::string place = fmt::format("{}.processes[{}]", path, i);
      const LoopProcessConfig& process = step.processes[i];
      rules_->require(names.insert(process.name).second, {place + ".name"},
                      "each process name once", "\"" + process.name + "\" again");
      for (std::size_t j = 0; j < process.loops.size(); ++j) {
        loop(fmt::format("{}.loops[{}]", place, j), process.name, process.loops[j]);
      }
    }
    for (std::size_t i = 0; i < step.streams.size(); ++i) {
      connected(fmt::format("{}.streams[{}]", path, i), step.streams[i].name);
    }
  }

  void loop(const std::string& path, const std::string& process, const LoopConfig& loop) {
    for (const bool writes : {false, true}) {
      const auto& accesses = writes ? loop.writes : loop.reads;
      for (std::size_t i = 0; i < accesses.size(); ++i) {
        const std::string place =
            fmt::format("{}.{}[{}].port", path, writes ? "writes" : "reads", i);
        rules_->require(ports_.count(accesses[i].port) == 1, {place},
                        "a port of the design (" + listed(ports_) + ")",
                        "\"" + accesses[i].port + "\"");
      }
    }
    for (const bool puts : {false, true}) {
      const auto& uses = puts ? loop.pushes : loop.pops;
      for (std::size_t i = 0; i < uses.size(); ++i) {
        const auto found = ends_.find(uses[i].stream);
        rules_->require(found != ends_.end(),
                        {fmt::format("{}.{}[{}].stream", path, puts ? "pushes" : "pops", i)},
                        "a stream of this region", "\"" + uses[i].stream + "\"");
        if (found == ends_.end()) continue;
        (puts ? found->second.putting : found->second.taking).insert(process);
      }
    }
  }

  void connected(const std::string& path, const std::string& stream) {
    const Ends& ends = ends_.at(stream);
    const auto one = [&](const std::set<std::string>& processes, const char* does) {
      rules_->require(processes.size() == 1, {path},
                      fmt::format("one process that {} stream \"{}\"", does, stream),
                      processes.empty() ? "none" : listed(processes));
    };
    if (ends.putting.empty() && ends.taking.empty()) {
      rules_->require(false, {path}, "a stream that processes use",
                      fmt::format("stream \"{}\" with neither end connected", stream));
      return;
    }
    one(ends.putting, "writes");
    one(ends.taking, "reads");
    rules_->require(ends.putting != ends.taking || ends.putting.size() != 1, {path},
                    fmt::format("stream \"{}\" between two processes", stream),
                    "both ends at " + listed(ends.putting));
  }

  Rules* rules_;
  std::set<std::string> ports_;
  std::map<std::string, Ends> ends_;
};

}  // namespace

void check(const LoopDesignConfig& design, Rules* rules) {
  Checker checker(design, rules);
  for (std::size_t i = 0; i < design.steps.size(); ++i) {
    checker.step(fmt::format("steps[{}]", i), design.steps[i]);
  }
}

}  // namespace edgemoe::models
