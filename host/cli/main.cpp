// SPDX-License-Identifier: Apache-2.0
// The only place that prints results, and that turns errors into exit codes.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "host/cli/verbs.hpp"
#include "host/run/session.hpp"
#include "models/io/error.hpp"
#include "models/schema/error.hpp"
#include "sim/engine/errors.hpp"

namespace {

using namespace edgemoe;

int complain(const std::string& text, int code) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return code;
}

/// Standard output may be a full disk or a closed pipe: nothing counts as done before it is
/// flushed.
int print_results(const std::string& text, int code) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (std::fflush(stdout) == 0 && written) return code;
  return complain(std::string("standard output: error: cannot write: ") + std::strerror(errno),
                  host::kData);
}

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

int guarded(const std::vector<std::string>& words) {
  std::string out;
  try {
    const host::Context context{host::Locations(environment("EDGEMOE_ROOT", EDGEMOE_SOURCE_DIR)),
                                EDGEMOE_VERSION, environment("EDGEMOE_REVISION", "unknown")};
    const int code = host::dispatch(words, context, &out);
    return print_results(out, code);
  } catch (const host::UsageError& error) {
    return complain(error.what(), host::kUsage);
  } catch (const models::ConfigError& error) {
    std::string text;
    for (const std::string& message : error.messages())
      text += (text.empty() ? "" : "\n") + message;
    return complain(text, host::kConfiguration);
  } catch (const models::DataError& error) {
    return complain(error.what(), host::kData);
  } catch (const sim::StuckError& error) {
    return complain(error.what(), host::kStuck);
  } catch (const std::bad_alloc&) {
    return complain("error: not enough memory", host::kData);
  } catch (const std::exception& error) {
    return complain(std::string("internal error: ") + error.what() +
                        "\n  hint: this is a defect of edgemoe; please report it",
                    host::kConfiguration);
  }
}

}  // namespace

int main(int argc, char** argv) { return guarded({argv + 1, argv + argc}); }
