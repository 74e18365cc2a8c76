// SPDX-License-Identifier: Apache-2.0
#include "host/run/images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "models/io/error.hpp"
#include "models/io/png.hpp"
#include "models/io/resize.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 6> kLabelEndings{".labels.png",  ".parts.png",    ".depth.png",
                                                   ".normals.png", ".saliency.png", ".edge.png"};

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

bool is_image_name(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ends_with(name, ".png") &&
         std::none_of(kLabelEndings.begin(), kLabelEndings.end(),
                      [&](const char* ending) { return ends_with(name, ending); });
}

std::vector<ImageFile> images_in(const std::string& folder) {
  std::vector<ImageFile> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!is_image_name(name)) continue;
    files.push_back({at->path(), (fs::path(folder) / name).lexically_normal().string(),
                     at->path().stem().string()});
  }
  if (error)
    throw models::DataError(folder + ": error: image: cannot read the folder: " + error.message());
  if (files.empty()) {
    throw models::DataError(folder +
                            ": error: image: expected at least one .png in the folder, got none");
  }
  std::sort(files.begin(), files.end(),
            [](const ImageFile& a, const ImageFile& b) { return a.given < b.given; });
  return files;
}

void check_aspect(const ImageFile& file, const models::Image& image,
                  const models::ImageConfig& size) {
  const bool same = static_cast<std::int64_t>(image.width) * size.height ==
                    static_cast<std::int64_t>(image.height) * size.width;
  const double aspect = static_cast<double>(image.width) / image.height;
  if (same || (aspect >= kMinAspect && aspect <= kMaxAspect)) return;
  throw models::DataError(fmt::format(
      "{}: error: image: expected width : height within 4:3 to 3:1, got {} x {} ({:.2f}:1)",
      file.given, image.width, image.height, aspect));
}

/// Labels beside an image: checked against its size, brought to the model's.
class LabelReader {
 public:
  LabelReader(const ImageFile& file, const models::Image& original, const models::ImageConfig& size)
      : file_(file), original_(original), size_(size) {}

  std::optional<models::GrayImage> gray(const char* ending) const {
    const std::optional<fs::path> path = beside(ending);
    if (!path) return std::nullopt;
    const models::GrayImage labels = models::read_png_gray(*path);
    check_size(*path, labels.height, labels.width);
    return models::resize_nearest(labels, size_.height, size_.width);
  }
  std::optional<models::Tensor> depth() const {
    const std::optional<models::GrayImage> image = gray(".depth.png");
    if (!image) return std::nullopt;
    const float full = image->bits == 16 ? 65535.0F : 255.0F;
    models::Tensor depth{{1, image->height, image->width}, {}};
    for (const std::uint16_t value : image->data)
      depth.data.push_back(static_cast<float>(value) / full);
    return depth;
  }
  std::optional<models::Tensor> normals() const {
    const std::optional<fs::path> path = beside(".normals.png");
    if (!path) return std::nullopt;
    const models::Image picture = models::read_png(*path);
    check_size(*path, picture.height, picture.width);
    return models::resize_nearest(models::normals_of_picture(picture), size_.height, size_.width);
  }

 private:
  std::optional<fs::path> beside(const char* ending) const {
    fs::path path = file_.path;
    path.replace_extension(ending);
    std::error_code error;
    return fs::exists(path, error) ? std::optional<fs::path>(path) : std::nullopt;
  }
  void check_size(const fs::path& path, int height, int width) const {
    if (height == original_.height && width == original_.width) return;
    throw models::DataError(
        fmt::format("{}: error: image: expected the size of its image, {} x {}, got {} x {}",
                    path.string(), original_.width, original_.height, width, height));
  }

  const ImageFile& file_;
  const models::Image& original_;
  const models::ImageConfig& size_;
};

/// Names become folders beside the report: different from one another, from the report's own files
/// and from the folder itself and the one above, and without control characters.
void make_unique(std::vector<ImageFile>* files) {
  std::set<std::string> used{".", "..", "report.json", "report.html", "layers.csv", "trace.json"};
  for (ImageFile& file : *files) {
    std::replace_if(
        file.name.begin(), file.name.end(), [](unsigned char c) { return std::iscntrl(c) != 0; },
        '_');
    const std::string name = file.name;
    for (int count = 2; !used.insert(file.name).second; ++count)
      file.name = name + "-" + std::to_string(count);
  }
}

}  // namespace

std::vector<ImageFile> list_images(const std::vector<std::string>& paths) {
  std::vector<ImageFile> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path.empty()) {
      throw models::DataError("--image: error: expected a file or folder, got \"\"");
    }
    if (!fs::exists(path, error)) {
      throw models::DataError(path +
                              ": error: image: expected a file or folder, got nothing there");
    }
    if (fs::is_directory(path, error)) {
      for (ImageFile& file : images_in(path)) files.push_back(std::move(file));
    } else {
      files.push_back({path, path, fs::path(path).stem().string()});
    }
  }
  make_unique(&files);
  return files;
}

InputImage load_image(const ImageFile& file, const models::ImageConfig& size) {
  InputImage input;
  input.given = file.given;
  input.name = file.name;
  models::Image original = models::read_png(file.path);
  check_aspect(file, original, size);
  const LabelReader labels(file, original, size);
  input.truth = {labels.gray(".labels.png"),
                 labels.gray(".parts.png"),
                 labels.gray(".saliency.png"),
                 labels.gray(".edge.png"),
                 labels.depth(),
                 labels.normals()};
  if (original.height == size.height && original.width == size.width) {
    input.pixels = std::move(original);
    return input;
  }
  input.note = fmt::format("{}: resized from {} x {} to {} x {}", file.given, original.width,
                           original.height, size.width, size.height);
  input.pixels = models::resize_bilinear(original, size.height, size.width);
  return input;
}

InputImage generated_image(const models::ImageConfig& size, std::uint64_t seed) {
  InputImage input;
  input.name = fmt::format("generated-{}", seed);
  input.given = input.name;
  input.pixels = {size.height, size.width, {}};
  input.pixels.rgb.reserve(static_cast<std::size_t>(size.height) *
                           static_cast<std::size_t>(size.width) * 3);
  std::uint64_t state = seed * 0x9E3779B97F4A7C15ull + 1;
  const auto random = [&state] {  // splitmix64
    std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  };
  const int phase = static_cast<int>(random() % 64);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        // Triangle waves of different pitch per colour, a horizon, and noise: no float, no library.
        const int wave = std::abs((x * (c + 2) + y * (3 - c) + phase * (c + 1)) % 128 - 64) * 2;
        const int horizon = y * 2 < size.height ? 70 : 0;
        const int value = wave + horizon + static_cast<int>(random() % 40);
        input.pixels.rgb.push_back(static_cast<std::uint8_t>(std::clamp(value, 0, 255)));
      }
    }
  }
  return input;
}

}  // namespace edgemoe::host
