#include "crawler/cli/flags/option_parser.h"

#include <algorithm>
#include <cstdio>

#include "crawler/base/escape.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/unknown_flags.h"

namespace crawld::cli {
namespace {

// In words for users what CLI11 says in its own, such as "--db: 1 required TEXT missing".
std::string in_plain_words(const CLI::ArgumentMismatch& error) {
  std::string said = error.what();
  const std::string flag = said.substr(0, said.find(':'));
  if (said.find("At Most 1 required") != said.npos) return flag + " is given more than once";
  if (said.ends_with("missing")) return flag + " needs a value";
  return said;
}

}  // namespace

std::optional<int> parse_options(CLI::App& app, Arguments arguments) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants a vector
  try {
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help("crawld").c_str(), stdout);
    return kFinished;
  } catch (const CLI::ExtrasError&) {
    return complain(unknown_flags(app, app.remaining()), kUsage);
  } catch (const CLI::RequiredError& error) {
    // "crawld check crawl.yaml": CLI11 misses the flag before it finds the word too much.
    const std::vector<std::string> rest = app.remaining();
    const bool named = std::string_view(error.what()).starts_with("--config") && !rest.empty() &&
                       !rest.front().starts_with("-");
    return complain(std::string(error.what()) + (named ? ": -c " + rest.front() : "") +
                        "; see crawld help " + app.get_name(),
                    kUsage);
  } catch (const CLI::ArgumentMismatch& error) {
    return complain(in_plain_words(error) + "; see crawld help " + app.get_name(), kUsage);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + "; see crawld help " + app.get_name(), kUsage);
  }
}

int complain(const std::string& message, int code) {
  std::size_t start = 0;
  while (start < message.size()) {
    const std::size_t end = std::min(message.find('\n', start), message.size());
    std::fprintf(stderr, "crawld: %s\n",
                 base::printable(std::string_view(message).substr(start, end - start)).c_str());
    start = end + 1;
  }
  return code;
}

}  // namespace crawld::cli
