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

// An answer has the same keys whether it could be given or not.
json no_answer(const json& id) {
  return {{"id", id},
          {"allowed", nullptr},
          {"line", nullptr},
          {"crawl_delay", nullptr},
          {"sitemaps", json::array()},
          {"content_signal", ""},
          {"error", nullptr}};
}

std::string refuse(const json& id, std::string_view why) {
  json answer = no_answer(id);
  answer["error"] = why;
  return write_line(answer);
}

// The root is judged where there is no URL; one that cannot be read is told of.
bool is_readable(const std::string& url) {
  return url.empty() || url.starts_with('/') || model::Url::parse(url).has_value();
}

}  // namespace

std::string inspect_robots(std::string_view json_line) {
  const json question = read_object(json_line);
  if (!question.is_object()) return refuse(nullptr, "not a JSON object");
  const json id = question.value("id", json());
  if (const auto wrong = mistyped_text(question)) return refuse(id, *wrong);
  const auto text = octets_of(question, "robots_txt", "robots_txt_base64");
  if (!text) return refuse(id, "\"robots_txt\" is missing or not base64");
  const std::string url = text_of(question, "url").value_or("/");
  if (!is_readable(url)) return refuse(id, "\"url\" is no valid URL");
  const auto rules = robots::Rules::parse(*text);
  const std::string agent = text_of(question, "user_agent").value_or("");
  const auto agent_rules = rules.rules_for(robots::product_token(agent));
  const auto answer = agent_rules.allowed(path_of(url));
  json found = no_answer(id);
  found["allowed"] = answer.allowed;
  found["line"] = answer.line;
  if (const auto asked = agent_rules.crawl_delay()) {
    found["crawl_delay"] = static_cast<double>(asked->count()) / 1000;
  }
  found["sitemaps"] = rules.sitemaps();
  found["content_signal"] = joined(agent_rules.content_signals());
  return write_line(found);
}

}  // namespace crawld::cli
