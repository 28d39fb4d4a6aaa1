// html5lib's tokenizer cases (../shared/suites/html5-tokenizer), all but their error lists.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crawler/base/utf8.h"
#include "parsers/html/tokenizer.h"
#include "tests/support/suite.h"

namespace crawld::parsers {
namespace {

using nlohmann::json;
using tests::suites_folder;
using tests::SuiteScore;

// JSON strings may hold lone surrogates, which UTF-8 cannot: such cases do not apply to us.
std::string unescape_twice(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "\\u") == 0 && at + 6 <= text.size()) {
      base::append_utf8(out,
                        static_cast<char32_t>(std::stoul(text.substr(at + 2, 4), nullptr, 16)));
      at += 6;
    } else {
      out += text[at++];
    }
  }
  return out;
}

TextMode mode_of(const std::string& state) {
  if (state == "RCDATA state") return TextMode::rcdata;
  if (state == "RAWTEXT state") return TextMode::rawtext;
  if (state == "Script data state") return TextMode::script;
  if (state == "PLAINTEXT state") return TextMode::plaintext;
  if (state == "CDATA section state") return TextMode::cdata;
  return TextMode::data;
}

void add_text(json& tokens, const std::string& text) {
  if (!tokens.empty() && tokens.back()[0] == "Character") {
    tokens.back()[1] = tokens.back()[1].get<std::string>() + text;
  } else {
    tokens.push_back({"Character", text});
  }
}

json optional_text(const std::optional<std::string>& text) { return text ? json(*text) : json(); }

void add_token(json& tokens, const Token& token, const std::vector<Attribute>& attributes) {
  std::string text;
  switch (token.kind) {
    case TokenKind::start_tag: {
      append_name(token.name, text);
      json start = {"StartTag", text, json::object()};
      for (const Attribute& attribute : attributes) {
        std::string name;
        std::string scratch;
        append_name(attribute.name, name);
        start[2][name] = std::string(decode_attribute(attribute.value, scratch));
      }
      if (token.self_closing) start.push_back(true);
      tokens.push_back(start);
      return;
    }
    case TokenKind::end_tag:
      append_name(token.name, text);
      tokens.push_back({"EndTag", text});
      return;
    case TokenKind::text:
      append_text(token.raw, token.mode, text);
      add_text(tokens, text);
      return;
    case TokenKind::comment:
      append_comment(token.raw, text);
      tokens.push_back({"Comment", text});
      return;
    case TokenKind::doctype: {
      const Doctype doctype = parse_doctype(token.raw);
      tokens.push_back({"DOCTYPE", optional_text(doctype.name), optional_text(doctype.public_id),
                        optional_text(doctype.system_id), !doctype.force_quirks});
      return;
    }
    case TokenKind::end:
      return;
  }
}

json tokens_of(const std::string& input, TextMode mode, const std::string& last_start_tag) {
  Tokenizer tokenizer(input, Tokenizer::Keep::all);
  tokenizer.set_mode(mode);
  tokenizer.set_last_start_tag(last_start_tag);
  json tokens = json::array();
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    add_token(tokens, token, tokenizer.attributes());
  }
  return tokens;
}

TEST_CASE("the tokenizer gives the tokens of the html5lib suite") {
  const auto folder = suites_folder() / "html5-tokenizer";
  if (!std::filesystem::exists(folder)) {
    WARN("html5-tokenizer: " << folder << " is missing, nothing tested");
    return;
  }
  SuiteScore score("html5-tokenizer");
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path());
    const json suite = json::parse(stream);
    int number = 0;
    for (const json& test : suite.value("tests", json::array())) {
      ++number;
      const bool doubled = test.value("doubleEscaped", false);
      std::string input = test["input"];
      json expected = test["output"];
      if (doubled) {
        input = unescape_twice(input);
        for (json& token : expected) {
          for (json& part : token) {
            if (part.is_string()) part = unescape_twice(part);
          }
        }
      }
      for (const json& state : test.value("initialStates", json::array({"Data state"}))) {
        const std::string id = file.path().filename().string() + "#" + std::to_string(number) +
                               "/" + state.get<std::string>();
        const json actual =
            tokens_of(input, mode_of(state), test.value("lastStartTag", std::string()));
        score.add(id, actual == expected, [&] {
          return test["input"].dump() + "\n  expected " + expected.dump() + "\n  actual   " +
                 actual.dump(-1, ' ', false, json::error_handler_t::replace);
        });
      }
    }
  }
}

}  // namespace
}  // namespace crawld::parsers
