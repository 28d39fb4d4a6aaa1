#include "parsers/structured/jsonld_facts.h"

#include <algorithm>
#include <vector>

#include "parsers/structured/jsonld_escape.h"

namespace crawld::parsers {
namespace {

// The body of a JSON string with its escapes undone.
std::string unescape(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] == '\\') {
      i = append_unescaped(body, i, out);
    } else {
      out += body[i++];
    }
  }
  return out;
}

// Markup inside an articleBody: tags become spaces.
std::string without_tags(std::string text) {
  if (text.find('<') == text.npos) return text;
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (c == '<' && (letter || next == '/' || next == '!')) inside = true;
    if (!inside) out += c;
    if (c == '>' && inside) {
      inside = false;
      out += ' ';
    }
  }
  return out;
}

class FactScan {
 public:
  FactScan(std::string_view json, JsonldFacts& facts) : json_(json), facts_(facts) {}

  void run() {
    while (at_ < json_.size()) {
      const char c = json_[at_++];
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        scopes_.push_back({key_ == "author" || (in_author() && c == '{')});
        key_ = {};
      } else if ((c == '}' || c == ']') && !scopes_.empty()) {
        scopes_.pop_back();
        key_ = {};
      } else if (c == ',') {
        // In a list the key of the whole list still holds.
        if (scopes_.empty() || !in_author()) key_ = {};
      }
    }
  }

 private:
  struct Scope {
    bool author;
  };
  bool in_author() const { return !scopes_.empty() && scopes_.back().author; }

  void string() {
    const auto start = at_;
    while (at_ < json_.size() && json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
    const auto end = std::min(at_, json_.size());
    const auto body = json_.substr(start, end - start);
    at_ = end + 1;
    auto next = at_;
    while (next < json_.size() && static_cast<unsigned char>(json_[next]) <= ' ') ++next;
    if (next < json_.size() && json_[next] == ':') {
      key_ = body;
      at_ = next + 1;
      return;
    }
    take(body);
    if (!in_author()) key_ = {};
  }

  void take(std::string_view body) {
    const auto fill = [&](std::string& field) {
      if (field.empty()) field = unescape(body);
    };
    if (key_ == "articleBody") {
      auto text = without_tags(unescape(body));
      if (text.size() > facts_.article_body.size()) facts_.article_body = std::move(text);
    } else if (key_ == "headline") {
      fill(facts_.headline);
    } else if (key_ == "datePublished") {
      fill(facts_.date_published);
    } else if (key_ == "dateModified") {
      fill(facts_.date_modified);
    } else if (key_ == "author" || (key_ == "name" && in_author())) {
      fill(facts_.author);
    }
  }

  std::string_view json_;
  JsonldFacts& facts_;
  std::size_t at_ = 0;
  std::string_view key_;
  std::vector<Scope> scopes_;
};

}  // namespace

void add_jsonld_facts(std::string_view json, JsonldFacts& facts) { FactScan(json, facts).run(); }

}  // namespace crawld::parsers
