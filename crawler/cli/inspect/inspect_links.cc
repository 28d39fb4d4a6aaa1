#include "crawler/cli/inspect/inspect_links.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/cli/inspect/inspect_document.h"
#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "parsers/html/links.h"
#include "parsers/html/page_scan.h"
#include "parsers/html/srcdoc_links.h"
#include "parsers/html/tokenizer.h"
#include "parsers/link_headers.h"

namespace crawld::cli {
namespace {

using Json = nlohmann::ordered_json;

// The value of a header, whatever the case of its name.
std::string header_of(const nlohmann::json& question, std::string_view wanted) {
  const auto headers = question.find("headers");
  if (headers == question.end() || !headers->is_object()) return {};
  for (const auto& [name, value] : headers->items()) {
    std::string lower;
    parsers::append_name(name, lower);
    if (lower == wanted && value.is_string()) return value.get<std::string>();
  }
  return {};
}

void add_locations(const nlohmann::json& question, const std::string& url,
                   model::ParsedPage& page) {
  parsers::LinkResolver resolver(model::Url::parse(url), {});
  for (const char* name : {"location", "content-location"}) {
    const std::string reference = header_of(question, name);
    if (reference.empty()) continue;
    const std::string_view target = resolver.resolve(reference);
    if (!target.empty()) page.add_link({.url = target, .tag = model::LinkTag::other});
  }
}

bool page_says_nofollow(const model::ParsedPage& page) {
  for (const auto& [name, content] : page.meta) {
    if (name != "robots") continue;
    std::string words;
    parsers::append_name(content, words);
    for (char& c : words) {
      if (c == ',') c = ' ';
    }
    const std::string directives = parsers::fold_rel(words);
    if (parsers::has_token(directives, "nofollow") || parsers::has_token(directives, "none")) {
      return true;
    }
  }
  return false;
}

Json describe(const model::Link& link, bool page_nofollow) {
  std::string rel(link.rel);
  if (page_nofollow && !parsers::has_token(rel, "nofollow")) {
    rel += rel.empty() ? "nofollow" : " nofollow";
  }
  return {{"url", link.url},
          {"text", link.text},
          {"tag", model::to_string(link.tag)},
          {"rel", rel},
          {"nofollow", link.nofollow || page_nofollow}};
}

Json answer_for(const nlohmann::json& question) {
  Json answer = {{"id", nullptr}, {"links", Json::array()}, {"base", nullptr}, {"error", nullptr}};
  if (!question.is_object()) {
    answer["error"] = "not a JSON object";
    return answer;
  }
  answer["id"] = question.value("id", nlohmann::json());
  if (const auto wrong = mistyped_text(question)) {
    answer["error"] = *wrong;
    return answer;
  }
  auto document = document_of(question);
  if (!document) {
    answer["error"] = kNoDocument;
    return answer;
  }
  parsers::ScanOptions options;
  options.url = text_of(question, "url").value_or("");
  if (!options.url.empty() && !model::Url::parse(options.url)) {
    answer["error"] = "\"url\" is no valid URL";
    return answer;
  }
  options.encoding = document->encoding;
  options.css_urls = options.form_links = options.script_links = true;
  model::ParsedPage page;
  parsers::ScanExtras extras;
  parsers::PageScanner scanner;
  scanner.scan(document->utf8, options, page, extras);
  parsers::add_srcdoc_links(scanner, options, std::move(extras.srcdocs), page);
  const std::string link = header_of(question, "link");
  const std::string refresh = header_of(question, "refresh");
  parsers::add_header_links({.link = link, .refresh = refresh}, options.url, options.max_links,
                            page);
  add_locations(question, options.url, page);
  const bool nofollow = page_says_nofollow(page);
  for (const model::Link& found : page.links) answer["links"].push_back(describe(found, nofollow));
  answer["base"] = page.base;
  answer["title"] = page.title;
  answer["lang"] = page.lang;
  answer["refresh"] = page.refresh;
  answer["canonical"] = page.canonical;
  return answer;
}

}  // namespace

std::string inspect_links(std::string_view json_line) {
  return write_line(answer_for(read_object(json_line)));
}

}  // namespace crawld::cli
