// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/report/markup.hpp"
#include "host/report/page_sections.hpp"

namespace edgemoe::host {
namespace {

constexpr double kWidth = 720, kHeight = 330, kLeft = 64, kRight = 20, kTop = 16, kBottom = 44;

/// Log-log axes over whole decades.
struct Axes {
  double x0, x1, y0, y1;  ///< exponents of ten
  double x(double value) const {
    return kLeft + (std::log10(value) - x0) / (x1 - x0) * (kWidth - kLeft - kRight);
  }
  double y(double value) const {
    return kHeight - kBottom - (std::log10(value) - y0) / (y1 - y0) * (kHeight - kTop - kBottom);
  }
};

struct Roof {
  double gmac_per_s;  ///< ceiling of the array
  double gb_per_s;    ///< slope of the memory
};

std::string decade(double exponent) {
  return exponent >= -2 && exponent <= 4 ? fmt::format("{:g}", std::pow(10.0, exponent))
                                         : fmt::format("1e{:g}", exponent);
}

std::string grid(const Axes& axes) {
  std::string text;
  for (double e = axes.x0; e <= axes.x1 + 0.01; e += 1.0) {
    const double x = axes.x(std::pow(10.0, e));
    text += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x, kTop, kHeight - kBottom, kHeight - kBottom + 16, decade(e));
  }
  for (double e = axes.y0; e <= axes.y1 + 0.01; e += 1.0) {
    const double y = axes.y(std::pow(10.0, e));
    text += fmt::format(
        "<line class=\"axis\" x1=\"{1}\" x2=\"{2}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        y, kLeft, kWidth - kRight, kLeft - 8, y + 4, decade(e));
  }
  return text + fmt::format(
                    "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">MAC per DRAM byte</text>"
                    "<text transform=\"translate(14 {}) rotate(-90)\" "
                    "text-anchor=\"middle\">GMAC/s</text>\n",
                    (kLeft + kWidth - kRight) / 2, kHeight - 8, (kTop + kHeight - kBottom) / 2);
}

std::string roof_line(const Axes& axes, const Roof& roof) {
  const double knee = roof.gmac_per_s / roof.gb_per_s;
  const double left = std::max(std::pow(10.0, axes.x0), std::pow(10.0, axes.y0) / roof.gb_per_s);
  return fmt::format(
      "<polyline class=\"roof\" points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\"/>\n",
      axes.x(left), axes.y(left * roof.gb_per_s), axes.x(knee), axes.y(roof.gmac_per_s),
      axes.x(std::pow(10.0, axes.x1)), axes.y(roof.gmac_per_s));
}

std::string point(const Axes& axes, double intensity, double rate) {
  const double x = axes.x(intensity), y = axes.y(rate);
  return fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"var(--accent)\"/>"
      "<text class=\"strong\" x=\"{:.1f}\" y=\"{:.1f}\">this frame</text>\n",
      x, y, x + 9, y + 14);
}

}  // namespace

std::string roofline_section(const RunRecord& run) {
  if (!run.roofline || !run.latency_ms || !run.dram || !run.macs_padded) return "";
  const double bytes = static_cast<double>(run.dram->needed_bytes + run.dram->write_bytes);
  const double macs = static_cast<double>(*run.macs_padded);
  const RooflineInfo& limits = *run.roofline;
  if (bytes <= 0 || macs <= 0 || limits.compute_ms <= 0 || limits.memory_ms <= 0) return "";
  const Roof roof{macs / limits.compute_ms * 1e-6, bytes / limits.memory_ms * 1e-6};
  const double intensity = macs / bytes, rate = macs / *run.latency_ms * 1e-6;
  const double knee = roof.gmac_per_s / roof.gb_per_s;
  const Axes axes{std::floor(std::log10(std::min(intensity, knee))) - 1,
                  std::ceil(std::log10(std::max(intensity, knee))) + 1,
                  std::floor(std::log10(rate)) - 1, std::ceil(std::log10(roof.gmac_per_s))};
  return fmt::format(
      "<h2>Roofline</h2>\n<p class=\"note\">Compute allows {} ms, memory {} ms; the frame took {} "
      "ms, {} times the "
      "larger. Ceilings: {} GMAC/s, {} GB/s.</p>\n<svg class=\"narrow\" viewBox=\"0 0 {} {}\" "
      "role=\"img\" "
      "aria-label=\"roofline\">\n{}{}{}</svg>\n",
      figure(limits.compute_ms), figure(limits.memory_ms), figure(run.latency_ms),
      figure(limits.ratio, 3), figure(roof.gmac_per_s), figure(roof.gb_per_s), kWidth, kHeight,
      grid(axes), roof_line(axes, roof), point(axes, intensity, rate));
}

}  // namespace edgemoe::host
