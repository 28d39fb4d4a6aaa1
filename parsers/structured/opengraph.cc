#include "parsers/structured/opengraph.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

using base::json_string;

// Those of ogp.me, and "product", with which shops tell their prices without declaring it.
constexpr std::string_view kOpenGraphPrefixes[] = {"og",   "music",   "video",  "article",
                                                   "book", "profile", "product"};

// Names in order of first appearance, each with all its values.
class MultiMap {
 public:
  void add(std::string_view name, std::string_view value) {
    const auto [at, fresh] = index_.try_emplace(name, entries_.size());
    if (fresh) entries_.push_back({name, {}});
    entries_[at->second].second.push_back(value);
  }
  bool has(std::string_view name) const { return index_.contains(name); }
  std::string json() const {
    std::string out = "{";
    for (const auto& [name, values] : entries_) {
      if (out.size() > 1) out += ',';
      out += json_string(name) + ':';
      if (values.size() == 1) {
        out += json_string(values.front());
        continue;
      }
      out += '[';
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += json_string(values[i]);
      }
      out += ']';
    }
    return out + '}';
  }

 private:
  std::map<std::string_view, std::size_t> index_;
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> entries_;
};

// "og: http://ogp.me/ns# fb: http://...".
void read_prefixes(const GumboNode* element, std::set<std::string, std::less<>>& prefixes) {
  auto list = attribute(element, "prefix").value_or("");
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(" \t\n\r\f"), list.size());
    const auto word = list.substr(0, end);
    if (word.size() > 1 && word.ends_with(':')) prefixes.emplace(word.substr(0, word.size() - 1));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

template <class Visit>
void for_each_meta(const HtmlTree& tree, Visit visit) {
  for (std::size_t i = 0; i < tree.in_document(); ++i) {
    const auto* element = tree.elements()[i];
    if (is_html(element, GUMBO_TAG_META)) visit(element);
  }
}

}  // namespace

std::string extract_opengraph(const HtmlTree& tree) {
  std::set<std::string, std::less<>> prefixes(std::begin(kOpenGraphPrefixes),
                                              std::end(kOpenGraphPrefixes));
  for (std::size_t i = 0; i < tree.in_document(); ++i) {
    const auto* element = tree.elements()[i];
    if (is_html(element, GUMBO_TAG_HTML) || is_html(element, GUMBO_TAG_HEAD)) {
      read_prefixes(element, prefixes);
    }
    if (is_html(element, GUMBO_TAG_BODY)) break;
  }
  MultiMap found;
  for_each_meta(tree, [&](const GumboNode* meta) {
    const auto property = attribute(meta, "property");
    const auto content = attribute(meta, "content");
    if (!property || !content) return;
    for (const auto name : space_separated(*property)) {
      if (prefixes.contains(name.substr(0, name.find(':')))) found.add(name, *content);
    }
  });
  MultiMap named;
  for_each_meta(tree, [&](const GumboNode* meta) {
    const auto name = attribute(meta, "name");
    const auto content = attribute(meta, "content");
    if (name && content && name->starts_with("og:") && !found.has(*name))
      named.add(*name, *content);
  });
  std::string first = found.json();
  std::string second = named.json();
  if (second == "{}") return first;
  if (first == "{}") return second;
  return first.substr(0, first.size() - 1) + "," + second.substr(1);
}

std::string extract_twitter(const HtmlTree& tree) {
  MultiMap found;
  for_each_meta(tree, [&](const GumboNode* meta) {
    const auto content = attribute(meta, "content");
    for (const auto* key : {"name", "property"}) {
      if (!content) continue;
      for (const auto name : space_separated(attribute(meta, key).value_or(""))) {
        if (name.starts_with("twitter:")) found.add(name, *content);
      }
    }
  });
  return found.json();
}

namespace {

// The fifteen elements of Dublin Core 1.1; other DC names are terms.
constexpr std::string_view kElements[] = {"contributor", "coverage", "creator",    "date",
                                          "description", "format",   "identifier", "language",
                                          "publisher",   "relation", "rights",     "source",
                                          "subject",     "title",    "type"};
constexpr std::string_view kElementsIri = "http://purl.org/dc/elements/1.1/";
constexpr std::string_view kTermsIri = "http://purl.org/dc/terms/";

bool is_dc_element(std::string_view name) {
  return std::binary_search(std::begin(kElements), std::end(kElements), name);
}

struct DublinCore {
  std::string namespaces;
  std::string elements;
  std::string terms;
};

void append_item(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

// <meta name="DC.title" content="..."> or <link rel="DCTERMS.license" href="...">.
void read_dublin_core(const GumboNode* element, std::string_view key, std::string_view value_key,
                      DublinCore& found) {
  const auto told = attribute(element, key);
  const auto value = attribute(element, value_key);
  if (!told || !value) return;
  const auto name = base::ascii_lower(*told);
  if (name.starts_with("schema.dc")) {
    append_item(found.namespaces, json_string(told->substr(7)) + ":" + json_string(*value));
    return;
  }
  const bool dc = name.starts_with("dc.") || name.starts_with("dc:");
  const bool dcterms = name.starts_with("dcterms.") || name.starts_with("dcterms:");
  const auto bare = dc ? name.substr(3) : dcterms ? name.substr(8) : name;
  if (!dc && !dcterms && !(key == "name" && is_dc_element(name))) return;
  const bool is_element = !dcterms && is_dc_element(bare);
  std::string item =
      "{\"name\":" + json_string(*told) + "," + json_string(value_key) + ":" + json_string(*value);
  for (const auto* extra : {"scheme", "lang", "hreflang", "rel"}) {
    if (std::string_view(extra) == key) continue;
    if (const auto said = attribute(element, extra)) {
      item += "," + json_string(extra) + ":" + json_string(*said);
    }
  }
  item +=
      ",\"URI\":" + json_string(std::string(is_element ? kElementsIri : kTermsIri) + bare) + "}";
  append_item(is_element ? found.elements : found.terms, std::move(item));
}

}  // namespace

std::string extract_dublin_core(const HtmlTree& tree) {
  DublinCore found;
  for (std::size_t i = 0; i < tree.in_document(); ++i) {
    const auto* element = tree.elements()[i];
    if (is_html(element, GUMBO_TAG_META)) read_dublin_core(element, "name", "content", found);
    if (is_html(element, GUMBO_TAG_LINK)) read_dublin_core(element, "rel", "href", found);
  }
  return "{\"namespaces\":{" + found.namespaces + "},\"elements\":[" + found.elements +
         "],\"terms\":[" + found.terms + "]}";
}

}  // namespace crawld::parsers
