// SPDX-License-Identifier: Apache-2.0
#include "host/report/stall_words.hpp"

#include <map>

namespace edgemoe::host {

std::string stall_words(const std::string& reason) {
  static const std::map<std::string, std::string> words{
      {"weights", "the weights of the next tile have not arrived in the ring"},
      {"score buffer", "no free buffer for the scores of the next query group"},
      {"hidden", "the expert's hidden activations are not complete"},
      {"parameter ring full", "no room for the parameters of the next matrix"},
      {"pipeline",
       "the tail after the last issue, in which the unit already works on its next command"},
      {"gather", "queue tokens of the next expert are still being gathered"},
      {"output", "the requantiser has not drained the accumulators"},
      {"softmax", "exponentials of the query group are not ready"},
      {"dram", "requests are out and memory has not answered"},
      {"weight ring full", "the ring has no free rows: the array is behind the memory"},
      {"no command", "the next command has not been fetched from DRAM yet"},
      {"decode", "reading a command"},
      {"done", "the unit's last command is finished"},
      {"turn", "the pass keeps its fixed distance to the one before"},
      {"drain", "everything is dispatched; waiting for the units to finish"},
      {"not fed", "the unit in front delivers nothing"},
      {"refresh", "the memory refreshes its rows"},
      {"no request or latency", "nobody asks, or the answer is on its way"},
      {"no tokens", "a stream that it takes from is empty"},
      {"no space", "a stream that it puts to is full"},
      {"read data", "the port has not delivered"},
      {"write place", "no place for a burst, or its response is missing"},
      {"other stages", "its stage does not run: stages follow one another"},
      {"skip", "passing over a prefetched expert that no token chose"},
  };
  if (reason.rfind("wait:", 0) == 0)
    return "until a " + reason.substr(5) + " command has progressed far enough";
  const auto found = words.find(reason);
  return found == words.end() ? "" : found->second;
}

}  // namespace edgemoe::host
