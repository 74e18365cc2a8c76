// SPDX-License-Identifier: Apache-2.0
// EXPERTS in the cycles of sim/units/expert_run.cpp.
#include <algorithm>

#include "sim/units/timing.hpp"
#include "tests/rtl/array_datapath/datapath_author.hpp"

namespace edgemoe::rtl {

using program::Buffer;
namespace timing = sim::timing;

/// Random queues; with every_token one expert has them all and another one token.
void Author::queues(bool every_token) {
  for (int e = 0; e < model_.experts; ++e) {
    auto& queue = outside_.queue[static_cast<std::size_t>(e)];
    queue.clear();
    const int chance = every_token ? (e == 0 ? 100 : e == 1 ? 1 : 0) : pick(0, 3) * pick(0, 20);
    for (int s = 0; s < model_.segments; ++s) {
      for (int t = 0; t < model_.tokens; ++t) {
        if (pick(0, 99) >= chance) continue;
        queue.emplace_back(s * shape_.segment_rows + t,
                           static_cast<std::uint32_t>(pick(0, 9) == 0 ? 65536 : pick(0, 65536)));
      }
    }
    tokens_->queue_length[e] = static_cast<std::uint16_t>(queue.size());
    for (std::size_t i = 0; i < queue.size(); ++i)
      tokens_->queue[e][i] =
          hls::QueueEntry{static_cast<std::uint16_t>(queue[i].first), queue[i].second};
  }
}

/// The kernel's way through one expert (hls/kernels/experts.cpp), matrix by matrix.
void Author::expert_up(Expert& x, const program::Command& c) {
  for (int i = 0; i < x.length; ++i) {
    const int row = tokens_->queue[x.expert][i].row;
    tokens_->staged_scale[i] = tokens_->norm_scale[row];
    std::copy_n(tokens_->norm_out[row], model_.dim, tokens_->staged[i]);
  }
  hls::LinearJob up = job(c, x.up, hls::OperandSource::kStaged, hls::LinearPost::kGelu);
  up.rows = hls::RowSet{0, x.length, 1, 0};
  up.scale = hls::TokenScale::kStaged;
  hls::linear(x.up.image.data(), up, *tokens_, counters_);
  x.hidden.resize(static_cast<std::size_t>(x.length));
  for (int i = 0; i < x.length; ++i) {
    auto& row = x.hidden[static_cast<std::size_t>(i)];
    row.assign(tokens_->hidden[i], tokens_->hidden[i] + model_.expert_hidden);
  }
  hls::LinearJob down = job(c, x.down, hls::OperandSource::kHidden, hls::LinearPost::kResidualAdd);
  down.rows = up.rows;
  down.scale = hls::TokenScale::kQueueScore;
  down.requant = c.requant2;
  down.expert = x.expert;
  hls::linear(x.down.image.data(), down, *tokens_, counters_);
}

void Author::experts(bool every_token) {
  program::Command c = start(program::Opcode::kExperts, {Buffer::kNormOut, Buffer::kResidual});
  queues(every_token);
  c.hidden_dim = static_cast<std::uint16_t>(model_.expert_hidden);
  c.experts = static_cast<std::uint16_t>(model_.experts);
  c.post = program::Post::kGelu;
  c.scale_source = program::ScaleSource::kToken;
  c.requant.bias_before_scale = false;
  c.requant2.bias_before_scale = true;
  std::vector<Expert> list;
  std::vector<Job> jobs;
  for (int e = 0; e < model_.experts; ++e) {
    const int length = tokens_->queue_length[e];
    if (length == 0) continue;
    list.push_back(Expert{e,
                          length,
                          matrix(model_.expert_hidden, model_.dim, model_.expert_hidden, false),
                          matrix(model_.dim, model_.expert_hidden, model_.dim, false),
                          {},
                          0});
    expert_up(list.back(), c);
    for (int row = 0; row < length; row += shape_.lanes)
      jobs.push_back(Job{e, row, std::min(shape_.lanes, length - row), 0, 0});
  }
  announce(c);
  const int longest = (model_.tokens * model_.segments + shape_.lanes - 1) / shape_.lanes;
  interleave_ =
      2 * longest * shape_.lanes * model_.expert_hidden <= shape_.rows() * shape_.max_hidden;
  gather_free_ = now_;
  next_gather_ = next_job_ = 0;
  if (interleave_ && !list.empty()) first_matrix(list, 0, jobs);
  for (std::size_t e = 0; e < list.size(); ++e) {
    if (!interleave_) first_matrix(list, e, jobs);
    if (interleave_ && e + 1 < list.size()) first_matrix(list, e + 1, jobs);
    second_matrix(list, e);
  }
}

Cycle Author::gathered(std::size_t job, std::vector<Job>& jobs) {
  for (; next_gather_ <= job; ++next_gather_) {
    Job& j = jobs[next_gather_];
    const Cycle free = next_gather_ >= 2 ? jobs[next_gather_ - 2].issued + timing::kBuffer : 0;
    const Cycle begin = std::max(gather_free_, free);
    script.gathers[begin] =
        Gather{j.expert, j.index, j.rows, static_cast<int>(next_gather_ % 2), model_.dim / 16};
    gather_free_ = begin + static_cast<Cycle>(j.rows * model_.dim / 16);
    j.done = gather_free_ + timing::kGatherPipeline;
  }
  return jobs[job].done;
}

void Author::first_matrix(std::vector<Expert>& list, std::size_t e, std::vector<Job>& jobs) {
  Expert& x = list[e];
  const int blocks = model_.expert_hidden / 16;
  const int half = interleave_ ? static_cast<int>(e % 2) : 0;
  for (int first = 0; first < x.length; first += shape_.lanes) {
    now_ = std::max(now_, gathered(next_job_, jobs) + timing::kBuffer);
    for (int n = 0; n < blocks; ++n) {
      Tile t;
      t.src = kStaging;
      t.half = t.staging = static_cast<int>(next_job_ % 2);
      t.dst = kHiddenRows;
      t.dst_row = first;
      t.dst_half = half;
      t.dst_hid = first / shape_.lanes * blocks;
      t.word = n;
      t.rows = std::min(shape_.lanes, x.length - first);
      t.experts = 1;
      t.expert = x.expert;
      x.hidden_written = block(&x.up, n, model_.dim / 16, t);
      for (int i = first; i < first + t.rows; ++i) {
        Expectation want;
        want.writes = 1;
        want.deadline = x.hidden_written;
        for (int v = 0; v < 16; ++v)
          want.value[static_cast<std::size_t>(v)] =
              x.hidden[static_cast<std::size_t>(i)][static_cast<std::size_t>(n * 16 + v)];
        const int place = static_cast<int>(Buffer::kHidden) + 16 * (half + 1);
        script.expected[Place{id_, place, i, n}].push_back(want);
      }
      written(Buffer::kHidden, x.hidden_written);
    }
    jobs[next_job_++].issued = now_;
  }
}

void Author::second_matrix(std::vector<Expert>& list, std::size_t e) {
  const Expert& x = list[e];
  now_ = std::max(now_, x.hidden_written + timing::kBuffer);
  for (int n = 0; n < model_.dim / 16; ++n) {
    for (int first = 0; first < x.length; first += shape_.lanes) {
      Tile t;
      t.src = kHidden;
      t.row = first;
      t.half = interleave_ ? static_cast<int>(e % 2) : 0;
      t.hid = first / shape_.lanes * (model_.expert_hidden / 16);
      t.matrix = 1;
      t.dst = kResidual;
      t.dst_row = first;
      t.word = n;
      t.rows = std::min(shape_.lanes, x.length - first);
      t.experts = 1;
      t.expert = x.expert;
      const Cycle end = block(&x.down, n, model_.expert_hidden / 16, t);
      for (int i = first; i < first + t.rows; ++i) {
        const int row = tokens_->queue[x.expert][i].row;
        auto& places = script.expected[Place{id_, static_cast<int>(Buffer::kResidual), row, n}];
        if (places.empty()) places.emplace_back();
        Expectation& want = places.back();
        ++want.writes;
        want.deadline = end;
        std::copy_n(&tokens_->residual[row][n * 16], 16, want.value.begin());
      }
      written(Buffer::kResidual, end);
    }
  }
}

}  // namespace edgemoe::rtl
