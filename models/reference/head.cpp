// SPDX-License-Identifier: Apache-2.0
#include "models/reference/head.hpp"

#include <algorithm>
#include <stdexcept>

#include "models/reference/gemm.hpp"
#include "models/reference/vector_math.hpp"

namespace edgemoe::models {
namespace {

/// The two source positions of each destination position on one axis, and the weight of the second.
struct Axis {
  std::vector<int> low, high;
  std::vector<float> weight;

  Axis(int size, int new_size) {
    const double ratio = static_cast<double>(size) / new_size;
    for (int i = 0; i < new_size; ++i) {
      const double position = std::clamp((i + 0.5) * ratio - 0.5, 0.0, size - 1.0);
      const int first = static_cast<int>(position);
      low.push_back(first);
      high.push_back(std::min(first + 1, size - 1));
      weight.push_back(static_cast<float>(position - first));
    }
  }
};

int dimension(const Tensor& tensor, std::size_t i) { return static_cast<int>(tensor.shape.at(i)); }

Tensor make_planes(int channels, int height, int width) {
  Tensor tensor;
  tensor.shape = {channels, height, width};
  tensor.data.resize(static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) *
                     static_cast<std::size_t>(width));
  return tensor;
}

/// Rows [begin, end) of the picture as columns of a matrix [in * 9, (end - begin) * w]: row (c, ky,
/// kx) holds the pixels that this tap of the kernel meets.
void gather_taps(const Tensor& planes, int begin, int end, std::vector<float>& columns) {
  const int channels = dimension(planes, 0);
  const int height = dimension(planes, 1);
  const int width = dimension(planes, 2);
  columns.resize(static_cast<std::size_t>(channels) * 9 * static_cast<std::size_t>(end - begin) *
                 static_cast<std::size_t>(width));
  float* out = columns.data();
  for (int c = 0; c < channels; ++c) {
    const float* plane = planes.data.data() + static_cast<std::size_t>(c) * height * width;
    for (int tap = 0; tap < 9; ++tap) {
      const int dx = tap % 3 - 1;
      for (int y = begin; y < end; ++y, out += width) {
        const int row = y + tap / 3 - 1;
        if (row < 0 || row >= height) {
          std::fill_n(out, width, 0.0f);
          continue;
        }
        const float* in = plane + static_cast<std::size_t>(row) * width;
        const int first = std::max(0, -dx);
        const int last = std::min(width, width - dx);
        std::fill_n(out, first, 0.0f);
        std::copy(in + first + dx, in + last + dx, out + first);
        std::fill(out + last, out + width, 0.0f);
      }
    }
  }
}

/// As many rows at a time as keep the gathered matrix inside a core's cache.
int strip_rows(const ConvView& layer, int width) {
  constexpr int kCacheValues = 1 << 16;
  return std::max(1, kCacheValues / std::max(1, layer.in * 9 * width));
}

Tensor grid_of_tokens(const ModelConfig& model, const HeadView& head, const Tensor& tokens) {
  const int d = model.embed_dim;
  const int patches = model.patches();
  std::vector<float> normed(static_cast<std::size_t>(patches) * static_cast<std::size_t>(d));
  layer_norm(tokens.data.data() + d, static_cast<std::size_t>(patches), static_cast<std::size_t>(d),
             head.norm.weight, head.norm.bias, static_cast<float>(model.norm_eps), normed.data());
  Tensor grid = make_planes(d, model.grid_height(), model.grid_width());
  for (int p = 0; p < patches; ++p) {
    for (int c = 0; c < d; ++c) {
      grid.data[static_cast<std::size_t>(c) * patches + p] =
          normed[static_cast<std::size_t>(p) * d + c];
    }
  }
  return grid;
}

}  // namespace

Tensor resize_planes(const Tensor& planes, int height, int width) {
  const int channels = dimension(planes, 0);
  const int old_height = dimension(planes, 1);
  const int old_width = dimension(planes, 2);
  if (old_height == height && old_width == width) {
    return planes;
  }
  const Axis rows(old_height, height);
  const Axis columns(old_width, width);
  Tensor result = make_planes(channels, height, width);
  std::vector<float> mixed(static_cast<std::size_t>(old_width));
  float* out = result.data.data();
  for (int c = 0; c < channels; ++c) {
    const float* plane = planes.data.data() + static_cast<std::size_t>(c) * old_height * old_width;
    for (std::size_t y = 0; y < rows.low.size(); ++y) {
      blend(plane + static_cast<std::size_t>(rows.low[y]) * old_width,
            plane + static_cast<std::size_t>(rows.high[y]) * old_width, rows.weight[y],
            mixed.data(), mixed.size());
      for (std::size_t x = 0; x < columns.low.size(); ++x) {
        const float a = mixed[static_cast<std::size_t>(columns.low[x])];
        const float b = mixed[static_cast<std::size_t>(columns.high[x])];
        *out++ = a + (b - a) * columns.weight[x];
      }
    }
  }
  return result;
}

Tensor convolve(const Tensor& planes, const ConvView& layer) {
  const int height = dimension(planes, 1);
  const int width = dimension(planes, 2);
  const int pixels = height * width;
  Tensor result = make_planes(layer.out, height, width);
  for (int o = 0; o < layer.out; ++o) {
    std::fill_n(result.data.data() + static_cast<std::size_t>(o) * pixels, pixels, layer.bias[o]);
  }
  const MatrixView weight{layer.weight, layer.in * layer.kernel * layer.kernel};
  if (layer.kernel == 1) {
    multiply(layer.out, pixels, layer.in, 1.0f, weight, {planes.data.data(), pixels},
             Transpose::kNo, 1.0f, result.data.data(), pixels);
    return result;
  }
  const int strip = strip_rows(layer, width);
  std::vector<float> columns;
  for (int begin = 0; begin < height; begin += strip) {
    const int end = std::min(height, begin + strip);
    const int count = (end - begin) * width;
    gather_taps(planes, begin, end, columns);
    multiply(layer.out, count, layer.in * 9, 1.0f, weight, {columns.data(), count}, Transpose::kNo,
             1.0f, result.data.data() + static_cast<std::size_t>(begin) * width, pixels);
  }
  return result;
}

std::uint64_t head_macs(const ModelConfig& model, const TaskConfig& task) {
  if (!task.head) return 0;
  std::uint64_t macs = 0;
  std::uint64_t in = static_cast<std::uint64_t>(model.embed_dim);
  std::uint64_t pixels = static_cast<std::uint64_t>(model.patches());
  for (std::size_t i = 0; i < task.head->channels.size(); ++i) {
    if (i > 0) pixels *= 4;  // x2 both ways in front of all but the first
    const auto out = static_cast<std::uint64_t>(task.head->channels[i]);
    macs += pixels * in * out * 9;
    in = out;
  }
  return macs + pixels * in * static_cast<std::uint64_t>(task.output_channels());
}

Tensor run_head(const ModelConfig& model, const HeadView& head, const Tensor& tokens) {
  const std::vector<std::int64_t> expected{model.tokens(), model.embed_dim};
  if (tokens.shape != expected ||
      tokens.size() != static_cast<std::size_t>(expected[0] * expected[1])) {
    throw std::invalid_argument("head: tokens do not have the model's shape");
  }
  Tensor planes = grid_of_tokens(model, head, tokens);
  for (std::size_t i = 0; i < head.convs.size(); ++i) {
    planes = convolve(planes, head.convs[i]);
    if (i + 1 < head.convs.size()) {
      relu(planes.data.data(), planes.size());
    }
    if (i + 2 < head.convs.size()) {
      planes = resize_planes(planes, 2 * dimension(planes, 1), 2 * dimension(planes, 2));
    }
  }
  return resize_planes(planes, model.image.height, model.image.width);
}

}  // namespace edgemoe::models
