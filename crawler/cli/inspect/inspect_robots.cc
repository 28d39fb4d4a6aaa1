#include "crawler/cli/inspect/inspect_robots.h"

#include <nlohmann/json.hpp>

#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "crawler/robots/product_token.h"
#include "crawler/robots/rules.h"

namespace crawld::cli {
namespace {

using nlohmann::json;

std::string path_of(const std::string& url) {
  const auto parsed = model::Url::parse(url);
  if (parsed) return std::string(parsed->path_and_query());
  return url.starts_with('/') ? url : "/";
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

}  // namespace

std::string inspect_robots(std::string_view json_line) {
  const json question = read_object(json_line);
  if (!question.is_object()) return write_line({{"id", nullptr}, {"error", "not a JSON object"}});
  const json id = question.value("id", json());
  const auto text = octets_of(question, "robots_txt", "robots_txt_base64");
  if (!text) {
    return write_line({{"id", id}, {"error", "\"robots_txt\" is missing or not base64"}});
  }
  const auto rules = robots::Rules::parse(*text);
  const std::string agent = text_of(question, "user_agent").value_or("");
  const auto agent_rules = rules.rules_for(robots::product_token(agent));
  const auto answer = agent_rules.allowed(path_of(text_of(question, "url").value_or("/")));
  json delay;
  if (const auto asked = agent_rules.crawl_delay()) {
    delay = static_cast<double>(asked->count()) / 1000;
  }
  return write_line({{"id", id},
                     {"allowed", answer.allowed},
                     {"line", answer.line},
                     {"crawl_delay", delay},
                     {"sitemaps", rules.sitemaps()},
                     {"content_signal", joined(agent_rules.content_signals())},
                     {"error", nullptr}});
}

}  // namespace crawld::cli
