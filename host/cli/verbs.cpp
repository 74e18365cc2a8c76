// SPDX-License-Identifier: Apache-2.0
#include "host/cli/verbs.hpp"

#include <algorithm>

#include "host/cli/text_table.hpp"
#include "host/run/session.hpp"
#include "models/schema/nearest_name.hpp"

namespace edgemoe::host {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all{
      {"run",
       "run images through tasks on a design: maps, cycles, energy, error, and a page to look at",
       run_verb},
      {"compare", "every tap against the float reference, with bounds; exit code 1 when one is out",
       compare_verb},
      {"describe", "resolved model, design and program without simulation; keys and report schema",
       describe_verb},
      {"import", "a checkpoint into a model folder: published float32 directory, safetensors",
       import_verb},
      {"synth", "the RTL of a design through Yosys: DSP, LUT, FF, block RAM against the board",
       synth_verb},
      {"list", "models with their tasks, designs and boards", list_verb},
  };
  return all;
}

std::string overview() {
  TextTable table;
  table.align_left({1});
  for (const Verb& verb : verbs()) table.add({verb.name, verb.what});
  table.add({"test", "build and run the tests: test quick, test, test LABEL"});
  return "usage: edgemoe VERB [options]\n\n" + table.text(2) +
         "\n`edgemoe VERB --help` lists a verb's options; `edgemoe --version` prints the version.\n"
         "Exit codes: 0 ok, 1 out of bounds, 2 usage, 3 configuration, 4 file or data, 5 deadlock "
         "or time-out.\n";
}

int dispatch(const std::vector<std::string>& words, const Context& context, std::string* out) {
  if (words.empty())
    throw UsageError(
        "error: expected a verb, got nothing\n  hint: `edgemoe --help` lists the verbs");
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    *out += overview();
    return kOk;
  }
  if (words[0] == "--version") {
    *out += "edgemoe " + context.version + " (" + context.revision + ")\n";
    return kOk;
  }
  for (const Verb& verb : verbs()) {
    if (words[0] == verb.name) return verb.run({words.begin() + 1, words.end()}, context, out);
  }
  std::vector<std::string> names{"test"};
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  const std::string near = models::nearest_name(words[0], names);
  throw UsageError("error: unknown verb \"" + words[0] + "\"" +
                   (near.empty() ? "\n  hint: `edgemoe --help` lists the verbs"
                                 : "\n  hint: did you mean \"" + near + "\"?"));
}

}  // namespace edgemoe::host
