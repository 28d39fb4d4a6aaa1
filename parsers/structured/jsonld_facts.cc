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
        open(c);
      } else if ((c == '}' || c == ']') && !scopes_.empty()) {
        close();
      } else if (c == ',') {
        // In a list the key of the whole list still holds.
        if (scopes_.empty() || !in_author()) key_ = {};
      }
    }
    if (!facts_.author.empty() || author_id_.empty()) return;
    const auto same = [this](const Node& node) { return node.id == author_id_; };
    const auto node = std::find_if(nodes_.begin(), nodes_.end(), same);
    if (node != nodes_.end()) facts_.author = unescape(node->name);
  }

 private:
  // An object that other objects may name by its "@id" (JSON-LD 1.1, 3.3).
  struct Node {
    std::string_view id;
    std::string_view name;
  };
  struct Scope {
    bool author;  // of an author, or of a list of them
    bool list;
    bool of_others;
    Node node;
  };
  static constexpr std::size_t kMostNodes = 64;

  bool in_author() const { return !scopes_.empty() && scopes_.back().author; }
  // Between its members, so what comes now is an author.
  bool in_author_list() const { return in_author() && scopes_.back().list && key_.empty(); }
  bool of_others() const { return !scopes_.empty() && scopes_.back().of_others; }

  // Who wrote a comment or one of many reviews did not write the page; a single review may be it.
  static bool told_by_others(std::string_view key, char bracket) {
    return key == "comment" || key == "acceptedAnswer" || key == "suggestedAnswer" ||
           (bracket == '[' && (key == "review" || key == "reviews"));
  }

  void open(char bracket) {
    const bool author = key_ == "author" || in_author_list();
    scopes_.push_back({author, bracket == '[', of_others() || told_by_others(key_, bracket), {}});
    key_ = {};
  }

  void close() {
    const Scope& scope = scopes_.back();
    if (!scope.node.id.empty()) {
      if (scope.node.name.empty()) {
        if (scope.author && !scope.of_others && author_id_.empty()) author_id_ = scope.node.id;
      } else if (nodes_.size() < kMostNodes) {
        nodes_.push_back(scope.node);
      }
    }
    scopes_.pop_back();
    key_ = {};
  }

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
    if (!scopes_.empty() && key_ == "@id") scopes_.back().node.id = body;
    if (!scopes_.empty() && key_ == "name") scopes_.back().node.name = body;
    if (of_others()) return;
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
    } else if (key_ == "author" || (key_ == "name" && in_author()) || in_author_list()) {
      fill(facts_.author);
    }
  }

  std::string_view json_;
  JsonldFacts& facts_;
  std::size_t at_ = 0;
  std::string_view key_;
  std::vector<Scope> scopes_;
  std::vector<Node> nodes_;
  std::string_view author_id_;  // of an author who is told by reference only
};

}  // namespace

void add_jsonld_facts(std::string_view json, JsonldFacts& facts) { FactScan(json, facts).run(); }

}  // namespace crawld::parsers
