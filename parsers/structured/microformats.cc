#include "parsers/structured/microformats.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "crawler/base/escape.h"
#include "parsers/structured/microformats_item.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

using base::json_string;

constexpr std::size_t kMaxOutput = 8 << 20;  // bytes
constexpr std::size_t kMaxNesting = 64;      // items within items

class MicroformatsReader {
 public:
  MicroformatsReader(const HtmlTree& tree, const DocumentBase& base) : tree_(tree), values_(base) {}

  std::string read() {
    for (std::size_t i = 0; i < tree_.in_document(); ++i) visit(tree_.elements()[i]);
    for (auto& item : items_) add_implied_properties(item, values_);
    std::string items;
    for (const auto root : roots_) {
      if (items.size() > kMaxOutput) break;
      if (!items.empty()) items += ',';
      append_item(root, items);
    }
    return "{\"items\":[" + items + "],\"rels\":{" + rels() + "},\"rel-urls\":{" + rel_urls() +
           "}}";
  }

 private:
  struct Frame {
    const GumboNode* element;
    std::uint32_t item;  // that the properties below belong to
  };

  void visit(const GumboNode* element) {
    note_rel(element);
    while (!open_.empty() && open_.back().element != parent_element(element)) open_.pop_back();
    const auto within = open_.empty() ? kNoMicroformat : open_.back().item;
    open_.push_back({element, within});
    const auto classes = attribute(element, "class").value_or("");
    const auto rel = attribute(element, "rel").value_or("");
    if ((classes.empty() && rel.empty()) || element->type == GUMBO_NODE_TEMPLATE) return;
    open_.back().item = read_element(element, classes, rel, within);
  }

  // The item that what is below the element belongs to.
  std::uint32_t read_element(const GumboNode* element, std::string_view classes,
                             std::string_view rel, std::uint32_t within) {
    std::vector<PropertyName> names;
    if (within != kNoMicroformat) {
      names = items_[within].classic ? classic_property_names(classes, rel, items_[within].types)
                                     : property_names(classes);
    }
    auto types = root_types(classes);
    bool classic = false;
    if (types.empty()) {
      types = classic_root_types(classes);
      classic = !types.empty();
      if (types.empty() && !names.empty() && !names.front().implied_root.empty()) {
        types.push_back(names.front().implied_root);
        classic = true;
      }
    }
    if (types.empty()) {
      for (const auto& name : names) add_value(within, element, name);
      return within;
    }
    const auto number = static_cast<std::uint32_t>(items_.size());
    MicroformatItem item;
    item.element = element;
    item.types = std::move(types);
    item.classic = classic;
    items_.push_back(std::move(item));
    place(number, within, names);
    return number;
  }

  void place(std::uint32_t number, std::uint32_t within, const std::vector<PropertyName>& names) {
    if (within == kNoMicroformat) {
      roots_.push_back(number);
      return;
    }
    auto& parent = items_[within];
    parent.has_nested = true;
    if (names.empty()) {
      parent.children.push_back(number);
      return;
    }
    for (const auto& name : names) {
      note_kind(parent, name.kind);
      parent.add(name.name, {{}, number, name.kind});
    }
  }

  static void note_kind(MicroformatItem& item, PropertyKind kind) {
    if (kind == PropertyKind::plain || kind == PropertyKind::embedded) item.has_plain = true;
    if (kind == PropertyKind::url) item.has_url = true;
  }

  void add_value(std::uint32_t to, const GumboNode* element, const PropertyName& name) {
    if (values_.full()) return;
    auto& item = items_[to];
    note_kind(item, name.kind);
    item.add(name.name, {value_json(element, name.kind, item), kNoMicroformat, name.kind});
  }

  static Alternatives alternatives_of(const MicroformatItem& item) {
    return item.classic ? Alternatives::left_out : Alternatives::told;
  }

  std::string value_json(const GumboNode* element, PropertyKind kind, MicroformatItem& item) {
    switch (kind) {
      case PropertyKind::plain:
        return json_string(values_.plain(element));
      case PropertyKind::url:
        return values_.url_json(element, alternatives_of(item));
      case PropertyKind::date:
        return json_string(values_.date(element, item.last_date));
      case PropertyKind::embedded:
        return "{\"html\":" + json_string(values_.inner_html(element)) +
               ",\"value\":" + json_string(values_.text(element)) + "}";
    }
    return "null";
  }

  // What a nested item is worth as a plain value.
  std::string nested_value(const MicroformatItem& item, PropertyKind kind) {
    const auto own = [&](std::string_view name) {
      const auto* value = item.first(name);
      return value != nullptr && value->item == kNoMicroformat ? value : nullptr;
    };
    if (kind == PropertyKind::plain) {
      if (const auto* name = own("name"); name != nullptr && name->json.starts_with('"')) {
        return name->json;
      }
      return json_string(values_.plain(item.element));
    }
    if (kind == PropertyKind::url) {
      if (const auto* url = own("url")) return url->json;
      return values_.url_json(item.element, alternatives_of(item));
    }
    return json_string(values_.text(item.element));
  }

  struct Open {
    std::uint32_t item;
    std::size_t property = 0;
    std::size_t value = 0;
    std::size_t child = 0;
    std::string tail;  // behind the item's closing brace's front
  };

  void append_item(std::uint32_t root, std::string& out) {
    std::vector<Open> open;
    begin(root, {}, open, out);
    while (!open.empty()) {
      auto& at = open.back();
      const auto& item = items_[at.item];
      if (at.property < item.properties.size()) {
        append_next_value(item, open, out);
      } else if (at.child < item.children.size()) {
        out += at.child == 0 ? "},\"children\":[" : ",";
        const auto child = item.children[at.child++];
        if (open.size() > kMaxNesting || out.size() > kMaxOutput) {
          out += "null";
        } else {
          begin(child, {}, open, out);
        }
      } else {
        out += item.children.empty() ? "}" : "]";
        out += at.tail + "}";
        open.pop_back();
      }
    }
  }

  void begin(std::uint32_t number, std::string tail, std::vector<Open>& open, std::string& out) {
    out += "{\"type\":[";
    for (std::size_t i = 0; i < items_[number].types.size(); ++i) {
      if (i > 0) out += ',';
      out += json_string(items_[number].types[i]);
    }
    out += "],\"properties\":{";
    open.push_back({number, 0, 0, 0, std::move(tail)});
  }

  void append_next_value(const MicroformatItem& item, std::vector<Open>& open, std::string& out) {
    auto& at = open.back();
    const auto& [name, values] = item.properties[at.property];
    if (at.value == values.size()) {
      out += ']';
      at.value = 0;
      ++at.property;
      return;
    }
    if (at.value == 0) {
      if (at.property > 0) out += ',';
      out += json_string(name) + ":[";
    } else {
      out += ',';
    }
    const auto& value = values[at.value++];
    if (value.item == kNoMicroformat) {
      out += value.json;
      return;
    }
    if (open.size() > kMaxNesting || out.size() > kMaxOutput) {
      out += "null";
      return;
    }
    const auto& nested = items_[value.item];
    std::string tail = ",\"value\":" + nested_value(nested, value.kind);
    if (value.kind == PropertyKind::embedded) {
      tail += ",\"html\":" + json_string(values_.inner_html(nested.element));
    }
    begin(value.item, std::move(tail), open, out);
  }

  struct RelUrl {
    std::string url;
    std::string text;
    std::vector<std::uint32_t> rels;  // as first met; of rels_
    std::vector<std::pair<std::string, std::string>> details;
  };
  struct Rel {
    std::string_view word;
    std::vector<std::uint32_t> urls;  // of urls_
  };

  void note_rel(const GumboNode* element) {
    const auto rel = attribute(element, "rel");
    const auto href = attribute(element, "href");
    if (!rel || !href) return;
    const bool link = is_html(element, GUMBO_TAG_A) || is_html(element, GUMBO_TAG_LINK) ||
                      is_html(element, GUMBO_TAG_AREA);
    const auto rels = space_separated(*rel);
    if (!link || rels.empty() || values_.full()) return;
    auto url = values_.absolute(*href);
    const auto [at, fresh] = url_number_.try_emplace(url, static_cast<std::uint32_t>(urls_.size()));
    if (fresh) urls_.push_back({std::move(url), {}, {}, {}});
    auto& told = urls_[at->second];
    for (const auto word : rels) {
      const auto [number, first] =
          rel_number_.try_emplace(word, static_cast<std::uint32_t>(rels_.size()));
      if (first) rels_.push_back({word, {}});
      const auto pair = std::uint64_t{at->second} << 32 | number->second;
      if (!related_.insert(pair).second) continue;
      told.rels.push_back(number->second);
      auto& urls = rels_[number->second].urls;
      if (urls.size() < kManyUrls) urls.push_back(at->second);
    }
    if (!fresh) return;
    told.text = values_.text(element);
    for (const auto* name : {"hreflang", "media", "title", "type"}) {
      if (const auto value = attribute(element, name)) told.details.emplace_back(name, *value);
    }
  }

  std::string rels() const {
    std::string out;
    for (const Rel& rel : rels_) {
      if (!out.empty()) out += ',';
      out += json_string(rel.word) + ":";
      char before = '[';
      for (const auto url : rel.urls) {
        if (out.size() > kMaxOutput) break;
        out += before + json_string(urls_[url].url);
        before = ',';
      }
      out += before == '[' ? "[]" : "]";
      if (out.size() > kMaxOutput) break;
    }
    return out;
  }

  std::string rel_urls() const {
    std::string out;
    for (const RelUrl& told : urls_) {
      if (out.size() > kMaxOutput) break;
      if (!out.empty()) out += ',';
      out += json_string(told.url) + ":{\"text\":" + json_string(told.text);
      for (const auto& [name, value] : told.details) {
        out += "," + json_string(name) + ":" + json_string(value);
      }
      std::vector<std::string_view> words;
      for (const auto rel : told.rels) words.push_back(rels_[rel].word);
      std::sort(words.begin(), words.end());
      out += ",\"rels\":[";
      for (const auto word : words) {
        if (word != words.front()) out += ',';
        out += json_string(word);
      }
      out += "]}";
    }
    return out;
  }

  static constexpr std::size_t kManyUrls = 1'000;  // of one rel

  const HtmlTree& tree_;
  MicroformatValues values_;
  std::vector<MicroformatItem> items_;
  std::vector<std::uint32_t> roots_;
  std::vector<Frame> open_;
  std::vector<RelUrl> urls_;
  std::unordered_map<std::string, std::uint32_t> url_number_;
  std::vector<Rel> rels_;
  std::unordered_map<std::string_view, std::uint32_t> rel_number_;
  std::unordered_set<std::uint64_t> related_;  // number of the URL, and of the rel
};

}  // namespace

std::string extract_microformats(const HtmlTree& tree, const DocumentBase& base) {
  return MicroformatsReader(tree, base).read();
}

}  // namespace crawld::parsers
