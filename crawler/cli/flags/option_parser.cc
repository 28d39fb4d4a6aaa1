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

// What stands here for a format that others write.
std::string meant_instead(const std::string& flag, std::string_view given) {
  constexpr std::string_view kLines = " json ndjson jsonlines jl ";
  constexpr std::string_view kTables =
      " tsv xls xlsx ods parquet arrow feather sqlite sql html xml ";
  const std::string word = " " + std::string(given) + " ";
  if (flag != "--format") return {};
  if (kLines.find(word) != kLines.npos) return "; jsonl is one JSON object a line";
  if (kTables.find(word) != kTables.npos) {
    return "; csv or jsonl is what other programs read, and the database is SQLite";
  }
  return {};
}

// "--format: bogus not in {jsonl,csv}", "--port: Value 99999 not in range 0 to 65535" and
// "Could not convert: --from = x", whose numbers are whole ones here.
std::string value_in_plain_words(const std::string& said) {
  constexpr std::string_view kConvert = "Could not convert: ";
  constexpr std::string_view kChoice = " not in {";
  constexpr std::string_view kValue = "Value ";
  constexpr std::string_view kRange = " not in range ";
  const auto refused = [](const std::string& flag, const std::string& value) {
    return flag + ": \"" + value + "\" is ";
  };
  if (const std::size_t is = said.find(" = "); said.starts_with(kConvert) && is != said.npos) {
    const std::string flag = said.substr(kConvert.size(), is - kConvert.size());
    return refused(flag, said.substr(is + 3)) + "no whole number";
  }
  const std::size_t colon = said.find(": ");
  if (colon == said.npos) return said;
  const std::string flag = said.substr(0, colon);
  std::string value = said.substr(colon + 2);
  if (const std::size_t at = value.rfind(kChoice); at != value.npos && value.ends_with("}")) {
    const std::string names = value.substr(at + kChoice.size());
    std::string choices;
    for (const char c : names.substr(0, names.size() - 1))
      choices += c == ',' ? ", " : std::string(1, c);
    const std::string given = value.substr(0, at);
    return refused(flag, given) + "none of " + choices + meant_instead(flag, given);
  }
  if (const std::size_t at = value.rfind(kRange); at != value.npos && value.starts_with(kValue)) {
    // "0.000000 to 1797...": CLI11's words for no upper bound.
    std::string range = value.substr(at + kRange.size());
    if (const std::size_t point = range.find(".000000 to "); point != range.npos) {
      range = range.substr(0, point) + " on";
    }
    return refused(flag, value.substr(kValue.size(), at - kValue.size())) +
           "no whole number from " + range;
  }
  return said;
}

// "--db= URL": CLI11 would take the URL for the value. Empty: there is none such.
std::string flag_without_value(const Arguments& arguments) {
  for (const std::string& word : arguments) {
    if (word == "--") return {};
    if (word.starts_with("--") && word.find('=') + 1 == word.size()) {
      return word.substr(0, word.size() - 1);
    }
  }
  return {};
}

}  // namespace

std::optional<int> parse_options(CLI::App& app, Arguments arguments) {
  if (const std::string flag = flag_without_value(arguments); !flag.empty()) {
    return complain(flag + " needs a value; see crawld help " + app.get_name(), kUsage);
  }
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
    return complain(std::string(error.what()) + ": -c " + (named ? rest.front() : "FILE") +
                        "; see crawld help " + app.get_name(),
                    kUsage);
  } catch (const CLI::ArgumentMismatch& error) {
    return complain(in_plain_words(error) + "; see crawld help " + app.get_name(), kUsage);
  } catch (const CLI::ParseError& error) {
    return complain(value_in_plain_words(error.what()) + "; see crawld help " + app.get_name(),
                    kUsage);
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
