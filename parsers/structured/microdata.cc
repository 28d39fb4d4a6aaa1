#include "parsers/structured/microdata.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/structured_text.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

using base::json_string;

constexpr std::size_t kMaxOutput = 8 << 20;  // bytes; shared items can multiply without end

constexpr std::uint32_t kNoItem = 0xFFFFFFFF;

struct Value {
  std::uint32_t item = kNoItem;
  std::string json;  // when it is no item
};

struct Item {
  const GumboNode* element = nullptr;
  std::vector<std::pair<std::string_view, std::vector<Value>>> properties;  // as first met
  std::map<std::string_view, std::size_t> index;
  bool is_property = false;  // of another item
};

class MicrodataReader {
 public:
  MicrodataReader(const HtmlTree& tree, const DocumentBase& base)
      : tree_(tree), base_(base), item_of_(tree.elements().size(), kNoItem) {}

  std::string read() {
    for (std::size_t i = 0; i < tree_.in_document(); ++i) note(tree_.elements()[i]);
    if (items_.empty()) return "[]";
    add_own_properties();
    for (std::uint32_t i = 0; i < items_.size(); ++i) add_referenced_properties(i);
    std::string out;
    for (std::uint32_t i = 0; i < items_.size() && out.size() <= kMaxOutput; ++i) {
      if (!stands_alone(items_[i])) continue;
      if (!out.empty()) out += ',';
      append_item(i, out);
    }
    return "[" + out + "]";
  }

 private:
  void note(const GumboNode* element) {
    if (!attribute(element, "itemscope")) return;
    item_of_[element_index(element)] = static_cast<std::uint32_t>(items_.size());
    items_.push_back({.element = element});
  }

  // Top-level items are those without itemprop (HTML 5.2.2). One whose itemprop is of no item is
  // lost by that letter, with all that it holds: the post of a Blogger page (itemprop=blogPost,
  // and no Blog around it), and something on every eighth page with microdata.
  static bool stands_alone(const Item& item) {
    return !attribute(item.element, "itemprop") || !item.is_property;
  }

  // Every element's properties go to the item that its nearest ancestor with itemscope is.
  void add_own_properties() {
    std::vector<std::uint32_t> within(tree_.elements().size(), kNoItem);
    for (std::size_t i = 0; i < tree_.in_document(); ++i) {
      const auto* element = tree_.elements()[i];
      const auto* parent = parent_element(element);
      auto item = kNoItem;
      if (parent != nullptr) {
        const auto at = element_index(parent);
        item = item_of_[at] != kNoItem ? item_of_[at] : within[at];
      }
      within[i] = item;
      if (item != kNoItem) add_property(item, element);
    }
  }

  // itemprop holds a set of words: one that is said twice counts once.
  static std::vector<std::string_view> distinct(std::vector<std::string_view> words) {
    std::unordered_set<std::string_view> met;
    std::erase_if(words, [&met](std::string_view word) { return !met.insert(word).second; });
    return words;
  }

  void add_property(std::uint32_t item, const GumboNode* element) {
    const auto names = attribute(element, "itemprop");
    if (!names || written_ > kMaxOutput) return;
    const auto words = distinct(space_separated(*names));
    if (words.empty()) return;
    const auto value = value_of(element, words.front());
    if (value.item != kNoItem && value.item != item) items_[value.item].is_property = true;
    auto& to = items_[item];
    for (const auto name : words) {
      written_ += name.size() + value.json.size();
      if (written_ > kMaxOutput) return;  // each name has a copy
      const auto [at, fresh] = to.index.try_emplace(name, to.properties.size());
      if (fresh) to.properties.push_back({name, {}});
      to.properties[at->second].second.push_back(value);
    }
  }

  void add_referenced_properties(std::uint32_t number) {
    const auto* root = items_[number].element;
    const auto ids = space_separated(attribute(root, "itemref").value_or(""));
    if (ids.empty()) return;
    // Each element counts once, however often it is named.
    std::unordered_set<const GumboNode*> lent;
    for (const auto id : ids) {
      const auto* target = by_id(id);
      if (target == nullptr || is_within(target, root)) continue;
      const auto* node = target;
      while (node != nullptr && ++references_walked_ <= kMaxReferences) {
        const bool element = is_element(node);
        if (element && node->type != GUMBO_NODE_TEMPLATE && lent.insert(node).second) {
          add_property(number, node);
        }
        // What is referred to lends its properties even where it is an item of its own.
        const bool own = element && item_of_[element_index(node)] != kNoItem;
        const bool lends = node == target && !attribute(node, "itemprop");
        const bool closed = element && ((own && !lends) || node->type == GUMBO_NODE_TEMPLATE);
        node = closed ? next_outside(node, target) : next_node(node, target);
      }
    }
  }

  static bool is_within(const GumboNode* node, const GumboNode* root) {
    for (; node != nullptr; node = parent_element(node)) {
      if (node == root) return true;
    }
    return false;
  }

  const GumboNode* by_id(std::string_view id) {
    if (ids_.empty()) {
      for (std::size_t i = 0; i < tree_.in_document(); ++i) {
        const auto* element = tree_.elements()[i];
        if (const auto own = attribute(element, "id")) ids_.try_emplace(*own, element);
      }
    }
    const auto found = ids_.find(id);
    return found == ids_.end() ? nullptr : found->second;
  }

  Value value_of(const GumboNode* element, std::string_view name) {
    const auto item = item_of_[element_index(element)];
    if (item != kNoItem) return {item, {}};
    if (is_html(element, GUMBO_TAG_INPUT) && name.ends_with("-input")) {
      return {kNoItem, input_specification(element)};
    }
    return {kNoItem, json_string(plain_value(element))};
  }

  std::string plain_value(const GumboNode* element) const {
    const auto url = [&](const char* name) {
      const auto told = attribute(element, name);
      return told ? absolute(base::trim(*told)) : std::string{};
    };
    switch (static_cast<int>(element->v.element.tag)) {
      case GUMBO_TAG_META:
        return std::string(attribute(element, "content").value_or(""));
      case GUMBO_TAG_AUDIO:
      case GUMBO_TAG_EMBED:
      case GUMBO_TAG_IFRAME:
      case GUMBO_TAG_IMG:
      case GUMBO_TAG_SOURCE:
      case GUMBO_TAG_TRACK:
      case GUMBO_TAG_VIDEO:
        return url("src");
      case GUMBO_TAG_A:
      case GUMBO_TAG_AREA:
      case GUMBO_TAG_LINK:
        return url("href");
      case GUMBO_TAG_OBJECT:
        return url("data");
      case GUMBO_TAG_DATA:
      case GUMBO_TAG_METER:
        return std::string(attribute(element, "value").value_or(""));
      case GUMBO_TAG_TIME:
        if (const auto when = attribute(element, "datetime")) return std::string(*when);
        return laid_out_text(element);
      default:
        break;
    }
    // Not of the standard, but of schema.org's examples and many pages.
    if (const auto content = attribute(element, "content"); content && !content->empty()) {
      return std::string(*content);
    }
    return laid_out_text(element);
  }

  std::string absolute(std::string_view reference) const {
    if (!base_) return std::string(reference);
    const auto url = base_.resolve(reference);
    return url ? url->href() : std::string(reference);
  }

  // schema.org/docs/actions.html: an input element describes what an action asks for.
  static std::string input_specification(const GumboNode* element) {
    constexpr std::pair<const char*, const char*> kNames[] = {{"required", "valueRequired"},
                                                              {"name", "valueName"},
                                                              {"readonly", "readonlyValue"},
                                                              {"multiple", "multipleValues"},
                                                              {"minlength", "valueMinLength"},
                                                              {"maxlength", "valueMaxLength"},
                                                              {"pattern", "valuePattern"},
                                                              {"min", "minValue"},
                                                              {"max", "maxValue"},
                                                              {"step", "stepValue"},
                                                              {"value", "defaultValue"}};
    std::string out = "{";
    for (const auto& [attribute_name, property] : kNames) {
      const auto told = attribute(element, attribute_name);
      if (!told) continue;
      if (out.size() > 1) out += ',';
      const std::string_view key(attribute_name);
      const bool yes = key == "required" || key == "readonly" || key == "multiple";
      out += json_string(property) + ":" + (yes ? "true" : json_string(*told));
    }
    return out + "}";
  }

  // Items within items, without recursion: a frame for each open one.
  struct Frame {
    std::uint32_t item;
    std::size_t property = 0;
    std::size_t value = 0;
  };

  void append_item(std::uint32_t root, std::string& out) {
    std::vector<Frame> open;
    std::vector<char> is_open(items_.size());
    const auto begin = [&](std::uint32_t item) {
      out += '{' + head(item);
      if (items_[item].properties.empty()) {
        out += '}';
        return;
      }
      if (out.back() != '{') out += ',';
      out += "\"properties\":{";
      open.push_back({item});
      is_open[item] = 1;
    };
    begin(root);
    while (!open.empty()) {
      auto& frame = open.back();
      const auto& properties = items_[frame.item].properties;
      if (frame.property == properties.size()) {
        out += "}}";
        is_open[frame.item] = 0;
        open.pop_back();
        continue;
      }
      const auto& [name, values] = properties[frame.property];
      const bool list = values.size() > 1;
      if (frame.value == values.size()) {
        if (list) out += ']';
        frame.value = 0;
        ++frame.property;
        continue;
      }
      if (frame.value == 0) {
        if (frame.property > 0) out += ',';
        out += json_string(name) + (list ? ":[" : ":");
      } else {
        out += ',';
      }
      const auto& value = values[frame.value++];
      if (value.item == kNoItem) {
        out += value.json;
      } else if (is_open[value.item] != 0 || out.size() > kMaxOutput || open.size() > kMaxNesting) {
        out += "null";  // an item within itself, or more than anyone can use
      } else {
        begin(value.item);
      }
    }
  }

  // "type" and "id", and "value" where there is nothing else.
  std::string head(std::uint32_t number) {
    const auto* element = items_[number].element;
    std::string out;
    const auto add = [&](std::string_view key, const std::string& json) {
      if (!out.empty()) out += ',';
      out += json_string(key) + ":" + json;
    };
    const auto types = space_separated(attribute(element, "itemtype").value_or(""));
    if (types.size() == 1) {
      add("type", json_string(types.front()));
    } else if (!types.empty()) {
      std::string list;
      for (const auto type : types) list += (list.empty() ? "[" : ",") + json_string(type);
      add("type", list + "]");
    }
    if (const auto id = attribute(element, "itemid")) {
      add("id", json_string(absolute(base::trim(*id))));
    }
    if (items_[number].properties.empty()) add("value", json_string(plain_value(element)));
    return out;
  }

  static constexpr std::size_t kMaxReferences = 1'000'000;  // nodes walked for itemref
  static constexpr std::size_t kMaxNesting = 64;

  const HtmlTree& tree_;
  const DocumentBase& base_;
  std::vector<std::uint32_t> item_of_;
  std::vector<Item> items_;
  std::unordered_map<std::string_view, const GumboNode*> ids_;
  std::size_t references_walked_ = 0;
  std::size_t written_ = 0;  // bytes of names and values; what comes after kMaxOutput is left out
};

}  // namespace

std::string extract_microdata(const HtmlTree& tree, const DocumentBase& base) {
  return MicrodataReader(tree, base).read();
}

}  // namespace crawld::parsers
