// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/schema/loop_design_keys.hpp"

namespace edgemoe::models {

namespace {

using Use = std::function<void(const std::string&, Formula*)>;

struct Walker {
  const Use& use;

  template <typename Item>
  void all(const std::string& path, std::vector<Item>* items) const {
    for (std::size_t i = 0; i < items->size(); ++i) {
      of(fmt::format("{}[{}]", path, i), &(*items)[i]);
    }
  }

  void of(const std::string& path, LoopAccess* access) const {
    use(path + ".bytes", &access->bytes);
    use(path + ".every", &access->every);
    use(path + ".run", &access->run);
    use(path + ".span", &access->span);
  }
  void of(const std::string& path, LoopTokens* tokens) const {
    use(path + ".count", &tokens->count);
    use(path + ".every", &tokens->every);
    use(path + ".first", &tokens->first);
    use(path + ".period", &tokens->period);
    use(path + ".most", &tokens->most);
  }
  void of(const std::string& path, LoopWork* work) const {
    use(path + ".macs", &work->macs);
    use(path + ".results", &work->results);
    use(path + ".gelu", &work->gelu);
    use(path + ".exponentials", &work->exponentials);
    use(path + ".norm_elements", &work->norm_elements);
    use(path + ".bram_read_bits", &work->bram_read_bits);
    use(path + ".bram_write_bits", &work->bram_write_bits);
  }
  void of(const std::string& path, LoopConfig* loop) const {
    use(path + ".trips", &loop->trips);
    use(path + ".ii", &loop->ii);
    use(path + ".depth", &loop->depth);
    of(path + ".work", &loop->work);
    all(path + ".reads", &loop->reads);
    all(path + ".writes", &loop->writes);
    all(path + ".pops", &loop->pops);
    all(path + ".pushes", &loop->pushes);
  }
  void of(const std::string& path, LoopProcessConfig* process) const {
    use(path + ".when", &process->when);
    use(path + ".repeat", &process->repeat);
    all(path + ".loops", &process->loops);
  }
  void of(const std::string& path, LoopStreamConfig* stream) const {
    use(path + ".depth", &stream->depth);
  }
  void of(const std::string& path, LoopStepConfig* step) const {
    use(path + ".when", &step->when);
    use(path + ".repeat", &step->repeat);
    all(path + ".streams", &step->streams);
    all(path + ".processes", &step->processes);
    all(path + ".steps", &step->steps);
  }
};

}  // namespace

void for_each_formula(LoopDesignConfig* design, const Use& use) {
  for (auto& [name, value] : design->define) use("define." + name, &value);
  Walker{use}.all("steps", &design->steps);
}

}  // namespace edgemoe::models
