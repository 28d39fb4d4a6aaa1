#include "parsers/extract/json_path.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::is_ascii_digit;
using base::Result;

constexpr int kDeepest = 200;
constexpr std::size_t kMostValues = 100'000;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kDeepest) return true;
  }
  return false;
}

Error invalid(std::string message, std::size_t at) {
  return {Error::Code::invalid, std::move(message) + " at byte " + std::to_string(at + 1)};
}

// "https://schema.org/Product", "schema:Product" and "Product" are one type.
bool is_type(const Json& value, std::string_view wanted) {
  if (!value.is_string()) return false;
  std::string_view held = value.get_ref<const std::string&>();
  if (held == wanted) return true;
  if (held.size() <= wanted.size() || !held.ends_with(wanted)) return false;
  char before = held[held.size() - wanted.size() - 1];
  return before == '/' || before == '#' || before == ':';
}

bool has_type(const Json& object, std::string_view wanted) {
  for (const char* key : {"@type", "type"}) {
    auto type = object.find(key);
    if (type == object.end()) continue;
    if (is_type(*type, wanted)) return true;
    if (!type->is_array()) continue;
    for (const Json& one : *type) {
      if (is_type(one, wanted)) return true;
    }
  }
  return false;
}

// Adds `value`, or each of its values where it is an array.
void add(JsonValues& values, const Json& value) {
  if (!value.is_array()) {
    if (values.size() < kMostValues) values.push_back(&value);
    return;
  }
  for (const Json& one : value) add(values, one);
}

// A property of a JSON-LD object, or of a microdata item.
const Json* property(const Json& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  if (auto own = object.find(name); own != object.end()) return &*own;
  auto properties = object.find("properties");
  if (properties == object.end() || !properties->is_object()) return nullptr;
  auto found = properties->find(name);
  return found == properties->end() ? nullptr : &*found;
}

// Objects of a type, outermost first, in the order of the text.
JsonValues of_type(const Json& data, const std::string& type) {
  JsonValues found;
  std::vector<const Json*> open{&data};
  while (!open.empty()) {
    const Json* at = open.back();
    open.pop_back();
    if (at->is_object() && has_type(*at, type) && found.size() < kMostValues) found.push_back(at);
    if (!at->is_structured()) continue;
    for (auto inside = at->rbegin(); inside != at->rend(); ++inside) open.push_back(&*inside);
  }
  return found;
}

JsonValues outermost(const Json& data) {
  JsonValues top;
  add(top, data);
  JsonValues all;
  for (const Json* value : top) {
    add(all, *value);
    if (auto* graph = property(*value, "@graph")) add(all, *graph);
  }
  return all;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  if (too_deep(text)) return std::nullopt;
  Json document = Json::parse(text, nullptr, false, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

Result<JsonPointer> JsonPointer::compile(std::string_view text) {
  JsonPointer pointer;
  if (!text.empty() && text[0] != '/') {
    return Error{Error::Code::invalid, "a JSON pointer starts with \"/\""};
  }
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('/', at + 1), text.size());
    std::string name;
    for (std::size_t i = at + 1; i < end; ++i) {
      if (text[i] != '~') {
        name += text[i];
        continue;
      }
      ++i;
      if (i >= end || (text[i] != '0' && text[i] != '1')) {
        return invalid("\"~\" must be written ~0", i - 1);
      }
      name += text[i] == '0' ? '~' : '/';
    }
    pointer.names_.push_back(std::move(name));
    at = end;
  }
  return pointer;
}

const Json* JsonPointer::find(const Json& document) const {
  const Json* at = &document;
  for (const std::string& name : names_) {
    if (at->is_object()) {
      auto found = at->find(name);
      if (found == at->end()) return nullptr;
      at = &*found;
    } else if (at->is_array()) {
      bool plain = !name.empty() && name.size() < 10 && (name == "0" || name[0] != '0') &&
                   std::all_of(name.begin(), name.end(), is_ascii_digit);
      if (!plain) return nullptr;
      std::size_t index = std::stoul(name);
      if (index >= at->size()) return nullptr;
      at = &(*at)[index];
    } else {
      return nullptr;
    }
  }
  return at;
}

Result<SchemaPath> SchemaPath::compile(std::string_view text) {
  SchemaPath path;
  std::size_t at = 0;
  while (at < text.size()) {
    Step step;
    if (text[at] == '[') {
      std::size_t end = text.find(']', at);
      if (end == text.npos) return invalid("\"]\" is missing", at);
      std::string_view inside = text.substr(at + 1, end - at - 1);
      bool digits = !inside.empty() && inside.size() < 10 &&
                    std::all_of(inside.begin(), inside.end(), is_ascii_digit);
      bool quoted = inside.size() > 1 && (inside.front() == '\'' || inside.front() == '"') &&
                    inside.back() == inside.front();
      if (quoted) {
        step.name = inside.substr(1, inside.size() - 2);
      } else if (digits) {
        step.index = std::stol(std::string(inside));
      } else if (inside == "*") {
        step.index = kAll;
      } else {
        return invalid("an index, \"*\" or a quoted name is missing", at + 1);
      }
      at = end + 1;
    } else {
      if (text[at] == '.' && at > 0) ++at;
      std::size_t end = std::min(text.find_first_of(".[", at), text.size());
      step.name = text.substr(at, end - at);
      if (step.name.empty()) return invalid("a name is missing", at);
      at = end;
    }
    path.steps_.push_back(std::move(step));
  }
  if (path.steps_.empty()) return invalid("a path is missing", 0);
  return path;
}

JsonValues SchemaPath::select(const Json& data, bool inside) const {
  std::size_t first = 0;
  JsonValues at = inside ? JsonValues{&data} : outermost(data);
  if (!inside && steps_[0].index == kName) {
    if (auto typed = of_type(data, steps_[0].name); !typed.empty()) {
      at = std::move(typed);
      first = 1;
    }
  }
  for (std::size_t i = first; i < steps_.size() && !at.empty(); ++i) {
    const Step& step = steps_[i];
    JsonValues next;
    if (step.index >= 0) {
      auto index = static_cast<std::size_t>(step.index);
      if (index < at.size()) next.push_back(at[index]);
    } else if (step.index == kAll) {
      next = std::move(at);
    } else {
      for (const Json* value : at) {
        if (auto* held = property(*value, step.name)) add(next, *held);
      }
    }
    at = std::move(next);
  }
  // {"@value": x} is x written at length.
  for (const Json*& value : at) {
    if (auto* literal = property(*value, "@value")) value = literal;
  }
  return at;
}

}  // namespace crawld::parsers
