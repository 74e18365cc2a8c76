// SPDX-License-Identifier: Apache-2.0
// What the latency of the edge-moe preset depends on: parallelism in attention, active experts,
// skewed queues, memory ports, FIFO depths; each with the 128-bit ports of the board and with ports
// as wide as the kernel's masters. Prints NAME VALUE lines.
// Usage: published_sensitivities [REPOSITORY ROOT [FOLDER]]
//   FOLDER: gets a plot (SVG) and its values (CSV) per question
#include <fmt/core.h>

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/published_experiment.hpp"
#include "host/report/chart.hpp"
#include "models/io/file.hpp"

namespace {

using namespace edgemoe;
using bench::PublishedExperiment;

/// Latency in ms for the value of a parameter; the design comes with the ports that are asked
/// about.
using Latency = std::function<double(models::LoopDesignConfig, double)>;

struct Line {
  std::string name;
  std::string suffix;  // of the figures' names
  Latency latency;
};

struct Question {
  std::string name;    // of figures and files
  std::string format;  // of the parameter in names
  std::string title;
  host::ChartAxis parameter;
  std::vector<double> values;
  models::Overrides overrides;
  std::vector<Line> lines;
};

/// Prints the figures and gives the plot: every line for both widths of the ports.
host::Chart answer(const Question& question, const PublishedExperiment& edge_moe) {
  host::Chart chart{"edge-moe-" + question.name,
                    question.title,
                    question.parameter,
                    {"ms", false, {}, {}, {}},
                    {}};
  int colour = 1;
  for (const bool wide : {false, true}) {
    models::LoopDesignConfig design = edge_moe.design(question.overrides);
    if (wide) bench::widen_ports(&design);
    for (const Line& line : question.lines) {
      host::ChartSeries series{line.name + (wide ? ", 256-bit ports" : ""),
                               {},
                               host::ChartSeries::Style::kLineAndPoints,
                               colour++};
      for (const double value : question.values) {
        series.points.emplace_back(value, line.latency(design, value));
        std::string figure = question.name;
        for (char& c : figure) c = c == '-' ? '_' : c;
        fmt::print("{}_{}{}{}_ms {:.{}f}\n", figure,
                   fmt::format(fmt::runtime(question.format), value), line.suffix,
                   wide ? "_wide" : "", series.points.back().second,
                   question.name == "fifo" ? 3 : 2);
      }
      chart.series.push_back(std::move(series));
    }
  }
  return chart;
}

/// One formula replaced by the parameter.
Latency with_formula(PublishedExperiment* edge_moe, const std::string& name) {
  return [edge_moe, name](models::LoopDesignConfig design, double value) {
    for (auto& [defined, formula] : design.define) {
      if (defined == name) formula.text = fmt::format("{:.0f}", value);
    }
    return edge_moe->run(design, edge_moe->routing()).latency_ms;
  };
}

Latency with_queues(PublishedExperiment* edge_moe,
                    const std::function<sim::Queues(double)>& queues) {
  return [edge_moe, queues](const models::LoopDesignConfig& design, double value) {
    return edge_moe->run(design, queues(value)).latency_ms;
  };
}

std::vector<Question> questions(PublishedExperiment* edge_moe) {
  const models::Overrides mended{{"define.direct_path_mended", "1"}};
  const models::ModelConfig& network = edge_moe->network();
  const Latency parallel = with_formula(edge_moe, "p");
  const Latency plain = [parallel](models::LoopDesignConfig design, double value) {
    for (auto& [defined, formula] : design.define) {
      if (defined == "attention_reorder") formula.text = "0";
    }
    return parallel(design, value);
  };
  const Latency ports = [edge_moe](models::LoopDesignConfig design, double value) {
    bench::share_ports(static_cast<int>(value), &design);
    return edge_moe->run(design, edge_moe->routing()).latency_ms;
  };
  const Latency active = with_queues(edge_moe, [&network](double experts) {
    return bench::spread(network, static_cast<int>(experts), 0.0);
  });
  const Latency skewed =
      with_queues(edge_moe, [&network](double skew) { return bench::spread(network, 16, skew); });
  const auto logarithmic = [](const char* title, std::vector<double> ticks) {
    return host::ChartAxis{title, true, std::move(ticks), {}, {}};
  };
  const auto linear = [](const char* title, std::vector<double> ticks) {
    return host::ChartAxis{title, false, std::move(ticks), {}, {}};
  };
  return {
      {"parallelism",
       "{:.0f}",
       "Latency over the parallelism of attention",
       logarithmic("query tokens side by side", {1, 2, 4, 8, 16}),
       {1, 2, 4, 8, 16},
       {},
       {{"with reordering", "", parallel}, {"without", "_without_reorder", plain}}},
      {"active-experts",
       "{:.0f}",
       "Latency over active experts, tokens spread evenly",
       linear("active experts", {2, 4, 6, 8, 10, 12, 14, 16}),
       {2, 4, 6, 8, 10, 12, 14, 16},
       mended,
       {{"edge-moe", "", active}}},
      {"skew",
       "{:.1f}",
       "Latency over the skew of the queues: the r-th has a share of r^-s",
       linear("s", {0, 0.5, 1, 1.5, 2}),
       {0, 0.5, 1, 1.5, 2},
       mended,
       {{"edge-moe", "", skewed}}},
      {"ports",
       "{:.0f}",
       "Latency over the memory ports that the five masters share",
       linear("ports", {1, 2, 3, 4, 5}),
       {1, 2, 3, 4, 5},
       {},
       {{"edge-moe", "", ports}}},
      {"fifo",
       "{:.0f}",
       "Latency over the depth of streams without a pragma",
       logarithmic("tokens", {1, 2, 4, 16, 64}),
       {1, 2, 4, 16, 64},
       {},
       {{"edge-moe", "", with_formula(edge_moe, "fifo")}}},
  };
}

/// CPU time of a FIFO depth and of an II; the stages that do not change come from the memory.
void print_speed(const std::string& root) {
  PublishedExperiment edge_moe(root);
  edge_moe.run();
  std::clock_t begin = std::clock();
  edge_moe.latency("fifo", "4");
  fmt::print("fifo_4_cpu_s {:.3f}\n", bench::seconds_since(begin));
  models::LoopDesignConfig design = edge_moe.design();
  design.steps.front().processes[1].loops.front().ii.text = "1";
  begin = std::clock();
  const double ms = edge_moe.run(design, edge_moe.routing()).latency_ms;
  fmt::print("embed_ii_1_ms {:.3f}\nembed_ii_1_cpu_s {:.3f}\n", ms, bench::seconds_since(begin));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string root = argc > 1 ? argv[1] : ".";
    PublishedExperiment edge_moe(root);
    for (const Question& question : questions(&edge_moe)) {
      const host::Chart chart = answer(question, edge_moe);
      if (argc < 3) continue;
      const std::filesystem::path folder = argv[2];
      models::write_file_atomically(folder / (chart.name + ".svg"), host::standalone_svg(chart));
      models::write_file_atomically(folder / (chart.name + ".csv"), host::chart_csv(chart));
    }
    print_speed(root);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
