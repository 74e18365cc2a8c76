// SPDX-License-Identifier: Apache-2.0
#include "models/reference/postprocess.hpp"

#include <cmath>
#include <stdexcept>

namespace edgemoe::models {
namespace {

using Colour = std::array<std::uint8_t, 3>;

struct Planes {
  int channels = 0, height = 0, width = 0;
  std::size_t pixels = 0;
  const float* data = nullptr;
};

/// `channels` 0 accepts any number of 1 or more.
Planes planes_of(const Tensor& head, std::int64_t channels) {
  if (head.shape.size() != 3 || head.shape[0] < 1 || (channels != 0 && head.shape[0] != channels)) {
    throw std::invalid_argument("postprocess: unexpected number of channels");
  }
  Planes planes{static_cast<int>(head.shape[0]), static_cast<int>(head.shape[1]),
                static_cast<int>(head.shape[2]), 0, head.data.data()};
  planes.pixels = static_cast<std::size_t>(head.shape[1] * head.shape[2]);
  if (head.size() != planes.pixels * static_cast<std::size_t>(planes.channels)) {
    throw std::invalid_argument("postprocess: data does not fit the shape");
  }
  return planes;
}

GrayImage make_gray(const Planes& planes, int bits) {
  return {planes.height, planes.width, bits, std::vector<std::uint16_t>(planes.pixels)};
}

Image make_image(int height, int width) {
  return {height, width,
          std::vector<std::uint8_t>(static_cast<std::size_t>(height) *
                                    static_cast<std::size_t>(width) * 3)};
}

void put(Image& image, std::size_t pixel, const Colour& colour) {
  for (std::size_t c = 0; c < 3; ++c) {
    image.rgb[3 * pixel + c] = colour[c];
  }
}

/// To 0..top; NaN and everything below 0 become 0.
std::uint16_t quantise(double value, double top) {
  if (!(value > 0.0)) {
    return 0;
  }
  return static_cast<std::uint16_t>(value >= top ? top : std::floor(value + 0.5));
}

/// For classes that the configuration gives no colour: bit-reversed ids around the wheel, so that
/// neighbours differ.
Colour wheel_colour(unsigned id) {
  unsigned reversed = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    reversed = reversed << 1 | ((id >> bit) & 1u);
  }
  const double turn = 6.0 * reversed / 256.0;
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double distance = std::fabs(std::remainder(turn - 2.0 * static_cast<double>(c), 6.0));
    colour[c] = static_cast<std::uint8_t>(quantise(255.0 * (2.0 - distance), 255.0));
  }
  return colour;
}

}  // namespace

GrayImage class_map(const Tensor& head) {
  const Planes planes = planes_of(head, 0);
  GrayImage labels = make_gray(planes, 8);
  for (std::size_t i = 0; i < planes.pixels; ++i) {
    int best = -1;
    float top = 0.0f;
    for (int c = 0; c < planes.channels; ++c) {
      const float value = planes.data[static_cast<std::size_t>(c) * planes.pixels + i];
      if (std::isnan(value) || (best >= 0 && !(value > top))) {
        continue;
      }
      best = c;
      top = value;
    }
    labels.data[i] = static_cast<std::uint16_t>(best < 0 ? 0 : best);
  }
  return labels;
}

Image paint_classes(const GrayImage& labels, const std::vector<Colour>& colours) {
  Image image = make_image(labels.height, labels.width);
  for (std::size_t i = 0; i < labels.data.size(); ++i) {
    const std::size_t id = labels.data[i];
    if (id < colours.size()) {
      put(image, i, colours[id]);
    } else {
      put(image, i, id == 255 ? Colour{} : wheel_colour(static_cast<unsigned>(id)));
    }
  }
  return image;
}

GrayImage unit_to_gray16(const Tensor& head) {
  const Planes planes = planes_of(head, 1);
  GrayImage gray = make_gray(planes, 16);
  for (std::size_t i = 0; i < planes.pixels; ++i) {
    gray.data[i] = quantise(65535.0 * planes.data[i], 65535.0);
  }
  return gray;
}

GrayImage sigmoid_to_gray8(const Tensor& head) {
  const Planes planes = planes_of(head, 1);
  GrayImage gray = make_gray(planes, 8);
  for (std::size_t i = 0; i < planes.pixels; ++i) {
    gray.data[i] = quantise(255.0 / (1.0 + std::exp(-static_cast<double>(planes.data[i]))), 255.0);
  }
  return gray;
}

Image paint_normals(const Tensor& head) {
  const Planes planes = planes_of(head, 3);
  Image image = make_image(planes.height, planes.width);
  for (std::size_t i = 0; i < planes.pixels; ++i) {
    std::array<double, 3> v{};
    double squares = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      v[c] = planes.data[c * planes.pixels + i];
      squares += v[c] * v[c];
    }
    const double scale = squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      image.rgb[3 * i + c] =
          static_cast<std::uint8_t>(quantise((v[c] * scale + 1.0) * 127.5, 255.0));
    }
  }
  return image;
}

Colour ramp_colour(double unit) {
  // Nine points of even CIELAB lightness 8..95; the hue turns from blue over violet and red to
  // yellow and the chroma is as high as sRGB allows there. Between them the stored values are
  // blended.
  static constexpr double kPoints[9][3] = {{12, 23, 47},   {32, 41, 96},    {87, 52, 133},
                                           {156, 56, 135}, {211, 72, 116},  {244, 108, 101},
                                           {255, 155, 97}, {255, 200, 132}, {255, 240, 195}};
  const double position = unit > 0.0 ? (unit < 1.0 ? unit : 1.0) * 8.0 : 0.0;  // NaN: 0
  const int low = position < 7.0 ? static_cast<int>(position) : 7;
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double a = kPoints[low][c];
    const double b = kPoints[low + 1][c];
    colour[c] = static_cast<std::uint8_t>(quantise(a + (b - a) * (position - low), 255.0));
  }
  return colour;
}

Image paint_ramp(const Tensor& values, double low, double high) {
  if (!(low < high)) {
    throw std::invalid_argument("paint_ramp: expected low < high");
  }
  const Planes planes = planes_of(values, 1);
  Image image = make_image(planes.height, planes.width);
  for (std::size_t i = 0; i < planes.pixels; ++i) {
    put(image, i, ramp_colour((planes.data[i] - low) / (high - low)));
  }
  return image;
}

TaskPicture render_task(const TaskConfig& task, const Tensor& head) {
  const auto from_gray = [](GrayImage gray) {
    Image image = make_image(gray.height, gray.width);
    for (std::size_t i = 0; i < gray.data.size(); ++i) {
      const auto level = static_cast<std::uint8_t>(gray.data[i]);
      put(image, i, {level, level, level});
    }
    return TaskPicture{std::move(image), std::move(gray)};
  };
  switch (task.kind) {
    case TaskKind::kDepth:
      return {paint_ramp(head, 0.0, 1.0), unit_to_gray16(head)};
    case TaskKind::kNormals:
      return {paint_normals(head), std::nullopt};
    case TaskKind::kSaliency:
    case TaskKind::kEdge:
      return from_gray(sigmoid_to_gray8(head));
    case TaskKind::kSemseg:
    case TaskKind::kHumanParts:
      break;
  }
  GrayImage labels = class_map(head);
  Image image = paint_classes(labels, task.colours);
  return {std::move(image), std::move(labels)};
}

}  // namespace edgemoe::models
