// SPDX-License-Identifier: Apache-2.0
#include "tests/models/reference/naive.hpp"

#include <cmath>
#include <cstdio>

namespace edgemoe::models::testing {
namespace {

using Vector = std::vector<double>;

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

double gelu(double x) { return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))); }

class Naive {
 public:
  Naive(const ModelConfig& model, const TensorMap& tensors, int task)
      : m_(model), tensors_(tensors), task_(task), n_(model.tokens()), d_(model.embed_dim) {}

  NaiveTaps run(const Image& image) {
    Vector x = embed(image);
    taps_["embed"] = x;
    for (int i = 0; i < m_.depth(); ++i) {
      const Vector attended = attention(i, norm(x, n_, block(i) + "norm1", tap(i, "norm1")));
      add(x, linear(attended, n_, block(i) + "attn.proj", d_, d_, tap(i, "proj")));
      taps_[tap(i, "x_attn")] = x;
      const Vector z = norm(x, n_, block(i) + "norm2", tap(i, "norm2"));
      add(x, m_.blocks[size_of(i)] == BlockKind::kMlp ? mlp(i, z) : moe(i, z));
      taps_[tap(i, "x")] = x;
    }
    if (m_.tasks[size_of(task_)].head) {
      head(x);
    }
    return std::move(taps_);
  }

 private:
  const std::vector<float>& data(const std::string& name) const { return tensors_.at(name).data; }

  static std::string block(int i) { return "backbone.blocks." + std::to_string(i) + "."; }

  static std::string tap(int i, const char* what) {
    char text[48];
    std::snprintf(text, sizeof text, "l%02d.%s", i, what);
    return text;
  }

  static void add(Vector& x, const Vector& y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] += y[i];
    }
  }

  Vector embed(const Image& image) const {
    const int p = m_.patch;
    const std::vector<float>& weight = data("backbone.patch_embed.proj.weight");
    Vector x(size_of(n_ * d_));
    for (int t = 0; t < n_; ++t) {
      for (int o = 0; o < d_; ++o) {
        double sum = data("backbone.cls_token").at(size_of(o));
        if (t > 0) {
          sum = data("backbone.patch_embed.proj.bias").at(size_of(o));
          const int py = (t - 1) / m_.grid_width();
          const int px = (t - 1) % m_.grid_width();
          for (int c = 0; c < 3; ++c) {
            for (int y = 0; y < p; ++y) {
              for (int u = 0; u < p; ++u) {
                const int row = py * p + y;
                const int column = px * p + u;
                const double k = image.rgb.at(size_of((row * m_.image.width + column) * 3 + c));
                const double pixel =
                    (k / 255.0 - m_.image.mean[size_of(c)]) / m_.image.std[size_of(c)];
                sum += pixel * weight.at(size_of(((o * 3 + c) * p + y) * p + u));
              }
            }
          }
        }
        x[size_of(t * d_ + o)] = sum + data("backbone.pos_embed").at(size_of(t * d_ + o));
      }
    }
    return x;
  }

  Vector norm(const Vector& x, int rows, const std::string& name, const std::string& tap_name) {
    Vector y(x.size());
    for (int r = 0; r < rows; ++r) {
      double mean = 0.0, variance = 0.0;
      for (int c = 0; c < d_; ++c) {
        mean += x[size_of(r * d_ + c)] / d_;
      }
      for (int c = 0; c < d_; ++c) {
        variance += (x[size_of(r * d_ + c)] - mean) * (x[size_of(r * d_ + c)] - mean) / d_;
      }
      for (int c = 0; c < d_; ++c) {
        y[size_of(r * d_ + c)] = (x[size_of(r * d_ + c)] - mean) /
                                     std::sqrt(variance + m_.norm_eps) *
                                     data(name + ".weight").at(size_of(c)) +
                                 data(name + ".bias").at(size_of(c));
      }
    }
    if (!tap_name.empty()) {
      taps_[tap_name] = y;
    }
    return y;
  }

  /// `first` and `bias` offset into stacked weights.
  Vector linear(const Vector& x, int rows, const std::string& name, int in, int out,
                const std::string& tap_name, int expert = 0) {
    const std::vector<float>& weight = data(name + ".weight");
    const std::vector<float>& bias = data(name + ".bias");
    Vector y(size_of(rows * out));
    for (int r = 0; r < rows; ++r) {
      for (int o = 0; o < out; ++o) {
        double sum = bias.at(size_of(expert * out + o));
        for (int i = 0; i < in; ++i) {
          sum += x[size_of(r * in + i)] * weight.at(size_of((expert * out + o) * in + i));
        }
        y[size_of(r * out + o)] = sum;
      }
    }
    if (!tap_name.empty()) {
      taps_[tap_name] = y;
    }
    return y;
  }

  Vector attention(int i, const Vector& z) {
    const Vector qkv = linear(z, n_, block(i) + "attn.qkv", d_, 3 * d_, "");
    Vector part[3];
    const char* const names[] = {"q", "k", "v"};
    for (int s = 0; s < 3; ++s) {
      for (int t = 0; t < n_; ++t) {
        for (int c = 0; c < d_; ++c) {
          part[s].push_back(qkv[size_of(t * 3 * d_ + s * d_ + c)]);
        }
      }
      taps_[tap(i, names[s])] = part[s];
    }
    const int dh = d_ / m_.heads;
    Vector out(size_of(n_ * d_));
    for (int h = 0; h < m_.heads; ++h) {
      for (int a = 0; a < n_; ++a) {
        Vector weight(size_of(n_));
        double sum = 0.0;
        for (int b = 0; b < n_; ++b) {
          double s = 0.0;
          for (int j = h * dh; j < (h + 1) * dh; ++j) {
            s += part[0][size_of(a * d_ + j)] * part[1][size_of(b * d_ + j)];
          }
          sum += weight[size_of(b)] = std::exp(s / std::sqrt(static_cast<double>(dh)));
        }
        for (int b = 0; b < n_; ++b) {
          for (int j = h * dh; j < (h + 1) * dh; ++j) {
            out[size_of(a * d_ + j)] += weight[size_of(b)] / sum * part[2][size_of(b * d_ + j)];
          }
        }
      }
    }
    return taps_[tap(i, "attn")] = out;
  }

  Vector mlp(int i, const Vector& z) {
    Vector hidden = linear(z, n_, block(i) + "mlp.fc1", d_, m_.mlp_hidden, "");
    for (double& value : hidden) {
      value = gelu(value);
    }
    taps_[tap(i, "mlp.hidden")] = hidden;
    return linear(hidden, n_, block(i) + "mlp.fc2", m_.mlp_hidden, d_, tap(i, "mlp.out"));
  }

  Vector moe(int i, const Vector& z) {
    const int e = m_.moe.experts;
    const std::string own =
        block(i) + "mlp.gate." +
        (m_.moe.gate == GateKind::kShared ? "" : std::to_string(task_) + ".");
    const std::string gate = own + "w_gate";
    Vector out(z.size());
    for (int t = 0; t < n_; ++t) {
      Vector logit(size_of(e));
      double sum = 0.0;
      for (int x = 0; x < e; ++x) {
        logit[size_of(x)] = m_.moe.gate_bias ? data(own + "bias").at(size_of(x)) : 0.0;
        for (int c = 0; c < d_; ++c) {
          logit[size_of(x)] += z[size_of(t * d_ + c)] * data(gate).at(size_of(c * e + x));
        }
        sum += std::exp(logit[size_of(x)]);
        taps_[tap(i, "moe.logits")].push_back(logit[size_of(x)]);
      }
      const Vector token(z.begin() + t * d_, z.begin() + (t + 1) * d_);
      std::vector<bool> used(size_of(e), false);
      for (int j = 0; j < m_.moe.top_k; ++j) {
        int best = -1;
        for (int x = 0; x < e; ++x) {
          if (!used[size_of(x)] && (best < 0 || logit[size_of(x)] > logit[size_of(best)])) {
            best = x;
          }
        }
        used[size_of(best)] = true;
        choose(i, t, best, std::exp(logit[size_of(best)]) / sum, token, out);
      }
    }
    return taps_[tap(i, "moe.out")] = out;
  }

  void choose(int i, int t, int expert, double score, const Vector& token, Vector& out) {
    const bool kept = score >= m_.moe.threshold;
    taps_[tap(i, "moe.index")].push_back(kept ? expert : -1);
    taps_[tap(i, "moe.score")].push_back(kept ? score : 0.0);
    const std::string name = block(i) + "mlp.experts.";
    Vector hidden = linear(token, 1, name + "htoh4", d_, m_.moe.hidden, "", expert);
    for (double& value : hidden) {
      value = kept ? gelu(value) : 0.0;
      taps_[tap(i, "moe.hidden")].push_back(value);
    }
    const Vector y = linear(hidden, 1, name + "h4toh", m_.moe.hidden, d_, "", expert);
    for (int c = 0; c < d_ && kept; ++c) {
      out[size_of(t * d_ + c)] += score * y[size_of(c)];
    }
  }

  static double pixel(const Vector& planes, int c, int y, int x, int h, int w) {
    return y < 0 || x < 0 || y >= h || x >= w ? 0.0 : planes[size_of((c * h + y) * w + x)];
  }

  static Vector resize(const Vector& planes, int channels, int h, int w, int nh, int nw) {
    const auto clamp = [](double v, double top) { return v < 0.0 ? 0.0 : (v > top ? top : v); };
    Vector out;
    for (int c = 0; c < channels; ++c) {
      for (int y = 0; y < nh; ++y) {
        for (int x = 0; x < nw; ++x) {
          const double sy = clamp((y + 0.5) * h / nh - 0.5, h - 1.0);
          const double sx = clamp((x + 0.5) * w / nw - 0.5, w - 1.0);
          double sum = 0.0;  // every source pixel with its tent weight
          for (int a = static_cast<int>(sy); a <= static_cast<int>(sy) + 1; ++a) {
            for (int b = static_cast<int>(sx); b <= static_cast<int>(sx) + 1; ++b) {
              sum += (1.0 - std::fabs(sy - a)) * (1.0 - std::fabs(sx - b)) *
                     pixel(planes, c, a, b, h, w);
            }
          }
          out.push_back(sum);
        }
      }
    }
    return out;
  }

  Vector convolve(const Vector& planes, const std::string& name, int in, int out, int kernel, int h,
                  int w) const {
    const std::vector<float>& weight = data(name + ".weight");
    const std::vector<float>& bias = data(name + ".bias");
    Vector result;
    for (int o = 0; o < out; ++o) {
      for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
          double sum = bias.at(size_of(o));
          for (int c = 0; c < in; ++c) {
            for (int ky = 0; ky < kernel; ++ky) {
              for (int kx = 0; kx < kernel; ++kx) {
                sum += pixel(planes, c, y + ky - kernel / 2, x + kx - kernel / 2, h, w) *
                       weight.at(size_of(((o * in + c) * kernel + ky) * kernel + kx));
              }
            }
          }
          result.push_back(sum);
        }
      }
    }
    return result;
  }

  void head(const Vector& x) {
    const TaskConfig& task = m_.tasks[size_of(task_)];
    const std::string name = "decoders." + task.name + ".";
    const Vector normed = norm(x, n_, name + "norm", "");
    int h = m_.grid_height(), w = m_.grid_width(), channels = d_;
    Vector planes;
    for (int c = 0; c < d_; ++c) {
      for (int t = 1; t < n_; ++t) {
        planes.push_back(normed[size_of(t * d_ + c)]);
      }
    }
    const int count = static_cast<int>(task.head->channels.size());
    for (int i = 0; i < count; ++i) {
      const int out = task.head->channels[size_of(i)];
      planes = convolve(planes, name + "conv_" + std::to_string(i), channels, out, 3, h, w);
      channels = out;
      for (double& value : planes) {
        value = value > 0.0 ? value : 0.0;
      }
      if (i + 1 < count) {
        planes = resize(planes, channels, h, w, 2 * h, 2 * w);
        h *= 2;
        w *= 2;
      }
    }
    const int classes = task.kind == TaskKind::kSemseg ? static_cast<int>(task.classes.size()) : 1;
    planes = convolve(planes, name + "conv_" + std::to_string(count), channels, classes, 1, h, w);
    taps_["head." + task.name] = resize(planes, classes, h, w, m_.image.height, m_.image.width);
  }

  const ModelConfig& m_;
  const TensorMap& tensors_;
  int task_, n_, d_;
  NaiveTaps taps_;
};

}  // namespace

NaiveTaps run_naive(const ModelConfig& model, const TensorMap& tensors, const Image& image,
                    int task) {
  return Naive(model, tensors, task).run(image);
}

}  // namespace edgemoe::models::testing
