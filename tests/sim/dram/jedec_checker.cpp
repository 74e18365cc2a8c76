// SPDX-License-Identifier: Apache-2.0
#include "jedec_checker.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace edgemoe::sim {
namespace {

using Log = std::vector<CommandRecord>;

bool is_column(DramCommand c) { return c == DramCommand::kRead || c == DramCommand::kWrite; }

/// The least distance in clocks from `first` to `second`, by the table of the standard.
int distance(const DramParameters& p, const CommandRecord& first, const CommandRecord& second) {
  const bool same_bank = first.bank == second.bank;
  const bool same_group = first.bank / p.banks_per_group == second.bank / p.banks_per_group;
  const int data = p.burst_length / 2;
  const auto is = [](const CommandRecord& r, DramCommand c) { return r.command == c; };
  const bool closes =
      is(second, DramCommand::kPrechargeAll) || (is(second, DramCommand::kPrecharge) && same_bank);
  const bool closed =
      is(first, DramCommand::kPrechargeAll) ||
      (is(first, DramCommand::kPrecharge) && (same_bank || is(second, DramCommand::kRefresh)));
  const bool opens = is(second, DramCommand::kActivate);
  int least = 1;  // one command a clock
  const auto need = [&least](int clocks) { least = std::max(least, clocks); };
  if (closed && (opens || is(second, DramCommand::kRefresh))) need(p.trp);
  if (is(first, DramCommand::kRefresh)) need(p.trfc);
  if (is(first, DramCommand::kActivate)) {
    if (opens) need(same_bank ? p.tras + p.trp : same_group ? p.trrd_l : p.trrd_s);
    if (closes) need(p.tras);
    if (is_column(second.command) && same_bank) need(p.trcd);
  }
  if (is(first, DramCommand::kRead)) {
    if (closes && (same_bank || second.command == DramCommand::kPrechargeAll)) need(p.trtp);
    if (is(second, DramCommand::kRead)) need(same_group ? p.tccd_l : p.tccd_s);
    if (is(second, DramCommand::kWrite)) need(p.cl + data + 2 - p.cwl);
  }
  if (is(first, DramCommand::kWrite)) {
    if (closes) need(p.cwl + data + p.twr);
    if (is(second, DramCommand::kWrite)) need(same_group ? p.tccd_l : p.tccd_s);
    if (is(second, DramCommand::kRead)) {
      need(p.cwl + data + (same_group ? p.twtr_l : p.twtr_s));
    }
  }
  return least;
}

std::string words(const char* what, const Log& log, std::size_t i, std::size_t j) {
  return std::string(what) + ": commands " + std::to_string(i) + " and " + std::to_string(j) +
         " at ticks " + std::to_string(log[i].tick) + ", " + std::to_string(log[j].tick) +
         " kinds " + std::to_string(static_cast<int>(log[i].command)) + ", " +
         std::to_string(static_cast<int>(log[j].command));
}

class Checker {
 public:
  Checker(const DramParameters& p, Tick tck, Tick start, const Log& log)
      : p_(p), tck_(tck), start_(start), log_(log) {}

  std::vector<std::string> run() {
    for (std::size_t i = 0; i < log_.size() && found_.size() < 10; ++i) {
      if ((log_[i].tick - start_) % tck_ != 0) report("off the clock", i, i);
      check_distances(i);
      check_rows(i);
      check_four_activates(i);
      check_refresh(i);
    }
    return found_;
  }

 private:
  void report(const char* what, std::size_t i, std::size_t j) {
    found_.push_back(words(what, log_, i, j));
  }

  void check_distances(std::size_t j) {
    const Tick longest = static_cast<Tick>(std::max({p_.trfc, p_.tras + p_.trp, 200})) * tck_;
    for (std::size_t i = j; i-- > 0 && log_[i].tick + longest >= log_[j].tick;) {
      const auto least = static_cast<Tick>(distance(p_, log_[i], log_[j])) * tck_;
      if (log_[j].tick < log_[i].tick + least) report("too close", i, j);
    }
  }

  void check_rows(std::size_t i) {
    const CommandRecord& r = log_[i];
    auto& row = open_[r.bank];
    switch (r.command) {
      case DramCommand::kActivate:
        if (row) report("activate of an open bank", i, i);
        row = r.row;
        break;
      case DramCommand::kPrecharge:
        if (!row) report("precharge of a closed bank", i, i);
        row.reset();
        break;
      case DramCommand::kPrechargeAll:
        open_.clear();
        break;
      case DramCommand::kRefresh:
        for (const auto& bank : open_) {
          if (bank.second) report("refresh with an open bank", i, i);
        }
        break;
      default:
        if (!row || *row != r.row) report("column command to a row that is not open", i, i);
    }
  }

  void check_four_activates(std::size_t i) {
    if (log_[i].command != DramCommand::kActivate) return;
    activates_.push_back(i);
    if (activates_.size() < 5) return;
    const std::size_t before = activates_[activates_.size() - 5];
    if (log_[i].tick < log_[before].tick + static_cast<Tick>(p_.tfaw) * tck_) {
      report("five activates within tFAW", before, i);
    }
  }

  void check_refresh(std::size_t i) {
    // No postponing: by the time of any later command a due refresh is done, give or take closing.
    const auto interval = static_cast<Tick>(p_.trefi) * tck_;
    const auto closing =
        static_cast<Tick>(p_.tras + p_.cwl + p_.burst_length / 2 + p_.twr + p_.trp) * tck_;
    if (interval == 0) return;
    const Tick due = (refreshes_ + 1) * interval + start_;
    if (log_[i].tick > due + closing) report("a refresh is late", i, i);
    if (log_[i].command != DramCommand::kRefresh) return;
    if (log_[i].tick < due) report("a refresh is early", i, i);
    ++refreshes_;
  }

  const DramParameters& p_;
  Tick tck_;
  Tick start_;
  const Log& log_;
  std::map<int, std::optional<std::uint64_t>> open_;
  std::vector<std::size_t> activates_;
  Tick refreshes_ = 0;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> check_command_log(const DramParameters& p, Tick tck, Tick start,
                                           const std::vector<CommandRecord>& log) {
  return Checker(p, tck, start, log).run();
}

}  // namespace edgemoe::sim
