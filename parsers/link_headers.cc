#include "parsers/link_headers.h"

#include <algorithm>
#include <utility>

#include "crawler/model/url.h"
#include "parsers/html/links.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxHeaderLinks = 1'000;

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string lower_case(std::string_view text) {
  std::string out;
  append_name(text, out);
  return out;
}

// RFC 8288 appendix B.2, with B.3 for the parameters.
class LinkHeaderReader {
 public:
  explicit LinkHeaderReader(std::string_view value) : value_(value) {}

  std::vector<HeaderLink> read() {
    std::vector<HeaderLink> links;
    while (at_ < value_.size() && links.size() < kMaxHeaderLinks) {
      skip([](char c) { return is_space(c) || c == ','; });
      if (at_ == value_.size()) break;
      if (value_[at_] != '<') {
        skip_value();
        continue;
      }
      const std::size_t end = value_.find('>', at_);
      if (end == std::string_view::npos) break;
      HeaderLink link;
      link.target = value_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      read_parameters(link);
      links.push_back(std::move(link));
    }
    return links;
  }

 private:
  template <class Predicate>
  void skip(Predicate predicate) {
    while (at_ < value_.size() && predicate(value_[at_])) ++at_;
  }

  // To the comma that ends the link-value, past quoted strings.
  void skip_value() {
    while (at_ < value_.size() && value_[at_] != ',') {
      if (value_[at_] == '"')
        read_quoted();
      else
        ++at_;
    }
  }

  void read_parameters(HeaderLink& link) {
    bool has_rel = false;
    for (;;) {
      skip(is_space);
      if (at_ == value_.size() || value_[at_] != ';') {
        skip_value();
        return;
      }
      ++at_;
      skip(is_space);
      const std::string name = lower_case(read_until("=;,"));
      std::string value;
      if (at_ < value_.size() && value_[at_] == '=') {
        ++at_;
        skip(is_space);
        value = at_ < value_.size() && value_[at_] == '"' ? read_quoted() : read_until(";,");
      }
      // Of several rel parameters the first counts (RFC 8288 section 3.3).
      if (name == "rel" && !std::exchange(has_rel, true))
        link.rel = fold_rel(value);
      else if (name == "type")
        link.type = lower_case(value);
      else if (name == "title")
        link.title = std::move(value);
      else if (name == "anchor")
        link.other_context = true;
    }
  }

  std::string read_until(std::string_view ends) {
    const std::size_t end = std::min(value_.find_first_of(ends, at_), value_.size());
    std::string_view word = value_.substr(at_, end - at_);
    at_ = end;
    while (!word.empty() && is_space(word.back())) word.remove_suffix(1);
    return std::string(word);
  }

  std::string read_quoted() {
    std::string text;
    for (++at_; at_ < value_.size() && value_[at_] != '"'; ++at_) {
      if (value_[at_] == '\\' && at_ + 1 < value_.size()) ++at_;
      text += value_[at_];
    }
    if (at_ < value_.size()) ++at_;
    return text;
  }

  std::string_view value_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<HeaderLink> parse_link_header(std::string_view value) {
  return LinkHeaderReader(value).read();
}

void add_header_links(const HeaderFields& header, const std::string& url, std::size_t max_links,
                      model::ParsedPage& page) {
  if (header.link.empty() && header.refresh.empty()) return;
  LinkResolver resolver(model::Url::parse(url), {});
  const std::size_t before = page.links.size();
  for (const HeaderLink& link : parse_link_header(header.link)) {
    if (!names_resource(link.rel)) continue;
    const std::string_view target = resolver.resolve(link.target);
    if (target.empty()) continue;
    if (!link.other_context && page.canonical.empty() && has_token(link.rel, "canonical")) {
      page.canonical = target;
    }
    if (has_token(link.rel, "alternate") &&
        (link.type == "application/rss+xml" || link.type == "application/atom+xml" ||
         link.type == "application/feed+json")) {
      page.feeds.push_back({std::string(target), link.type, link.title});
    }
    page.add_link({.url = target,
                   .text = link.title,
                   .rel = link.rel,
                   .tag = model::LinkTag::link_header,
                   .nofollow = says_nofollow(link.rel)});
  }
  if (const auto refresh = parse_refresh(header.refresh); refresh && !refresh->url.empty()) {
    const std::string_view target = resolver.resolve(refresh->url);
    if (!target.empty()) {
      if (page.refresh.empty()) page.refresh = target;
      page.add_link({.url = target, .tag = model::LinkTag::refresh_header});
    }
  }
  const auto first = page.links.begin() + static_cast<std::ptrdiff_t>(before);
  std::rotate(page.links.begin(), first, page.links.end());
  if (page.links.size() > max_links) {
    page.links.resize(max_links);
    page.links_truncated = true;
  }
}

}  // namespace crawld::parsers
