#include "parsers/structured/rdfa.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/rdfa_names.h"
#include "parsers/structured/structured_words.h"

namespace crawld::parsers {
namespace {

using base::json_string;

constexpr std::string_view kType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
constexpr std::string_view kXmlSchema = "http://www.w3.org/2001/XMLSchema#";
constexpr std::size_t kMaxText = 8 << 20;   // bytes of literals; nested ones are read again
constexpr std::size_t kMaxGraph = 8 << 20;  // bytes of predicates and values
// Bytes; longer ones name nothing. An IRI is handed down to all that is below.
constexpr std::size_t kMaxIri = 2'048;
constexpr std::size_t kMaxLanguage = 64;  // bytes

// Scheme and colon at the front (RFC 3986 section 3.1).
bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return base::is_ascii_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
}

// Declared prefixes, shared by all elements below the one that declared them.
using Prefixes = std::map<std::string, std::string, std::less<>>;

struct Incomplete {
  std::string predicate;
  bool reversed = false;
};

// What an element hands down (section 7.2).
struct Context {
  std::string parent_subject;
  std::string parent_object;
  std::shared_ptr<const std::vector<Incomplete>> incomplete;  // or null
  std::shared_ptr<const Prefixes> prefixes;
  std::string vocabulary;
  std::string language;
};

// Nodes in order of first appearance, properties with all their values.
class Graph {
 public:
  // What comes after a graph is full is left out.
  void add(const std::string& subject, std::string_view predicate, std::string value_json) {
    if (full()) return;
    auto& node = node_of(subject);
    auto [at, fresh] = node.index.try_emplace(std::string(predicate), node.properties.size());
    if (fresh) node.properties.push_back({std::string(predicate), {}});
    auto& values = node.properties[at->second].second;
    if (values.size() < kFewValues &&
        std::find(values.begin(), values.end(), value_json) != values.end()) {
      return;
    }
    bytes_ += predicate.size() + value_json.size();
    values.push_back(std::move(value_json));
  }
  bool full() const { return bytes_ > kMaxGraph; }

  std::string json() const {
    std::string out = "[";
    for (const auto& node : nodes_) {
      if (out.size() > 1) out += ',';
      out += "{\"@id\":" + json_string(node.id);
      for (const auto& [predicate, values] : node.properties) {
        out += "," + json_string(predicate == kType ? "@type" : predicate) + ":[";
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (i > 0) out += ',';
          out += values[i];
        }
        out += ']';
      }
      out += '}';
    }
    return out + "]";
  }

 private:
  // A graph is a set; beyond this many values repeats are not worth the search.
  static constexpr std::size_t kFewValues = 64;

  struct Node {
    std::string id;
    std::vector<std::pair<std::string, std::vector<std::string>>> properties;
    std::map<std::string, std::size_t> index;
  };
  Node& node_of(const std::string& id) {
    const auto [at, fresh] = index_.try_emplace(id, nodes_.size());
    if (fresh) {
      nodes_.push_back({id, {}, {}});
      bytes_ += id.size();
    }
    return nodes_[at->second];
  }
  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> index_;
  std::size_t bytes_ = 0;
};

class RdfaReader {
 public:
  RdfaReader(const HtmlTree& tree, const DocumentBase& base)
      : tree_(tree), base_(base), document_(base ? base.url().href() : std::string{}) {}

  std::string read() {
    if (!any_rdfa()) return kNothing;
    Context top;
    top.parent_subject = document_;
    top.parent_object = document_;
    top.prefixes = std::make_shared<const Prefixes>();
    walk(top);
    std::string json = graph_.json();
    if (json != kNothing) base_.use_all();  // the document may be a subject of it
    return json;
  }

 private:
  struct Frame {
    const GumboNode* node;
    Context context;
  };

  bool any_rdfa() const {
    for (std::size_t i = 0; i < tree_.in_document(); ++i) {
      for (const auto* name : {"property", "typeof", "rel", "rev", "vocab"}) {
        if (attribute(tree_.elements()[i], name)) return true;
      }
    }
    return false;
  }

  void walk(const Context& top) {
    std::vector<Frame> open;  // ancestors of the element that is looked at
    for (std::size_t i = 0; i < tree_.in_document() && !graph_.full(); ++i) {
      const auto* element = tree_.elements()[i];
      const auto* parent = parent_element(element);
      while (!open.empty() && open.back().node != parent) open.pop_back();
      auto below = evaluate(element, open.empty() ? top : open.back().context, open.empty());
      open.push_back({element, std::move(below)});
    }
  }

  // What the attributes of one element say (section 7.5).
  struct Said {
    std::optional<std::string_view> about, resource, href, src, property, type_of, rel, rev,
        content, datatype;
  };

  static Said said_by(const GumboNode* element) {
    return {attribute(element, "about"),    attribute(element, "resource"),
            attribute(element, "href"),     attribute(element, "src"),
            attribute(element, "property"), attribute(element, "typeof"),
            attribute(element, "rel"),      attribute(element, "rev"),
            attribute(element, "content"),  attribute(element, "datatype")};
  }

  Context evaluate(const GumboNode* element, const Context& parent, bool root) {
    Context context = parent;
    context.incomplete.reset();
    declare(element, context);
    const auto said = said_by(element);
    const auto rels = predicates(said.rel, said.property.has_value(), context);
    const auto revs = predicates(said.rev, said.property.has_value(), context);
    const bool has_rel = (said.rel && (!rels.empty() || !said.property)) ||
                         (said.rev && (!revs.empty() || !said.property));

    Resources found =
        has_rel ? with_rel(said, parent, context, root) : without_rel(said, parent, context, root);
    if (!found.typed.empty()) {
      for (const auto type : space_separated(said.type_of.value_or(""))) {
        if (const auto iri = term(type, context); !iri.empty()) {
          graph_.add(found.typed, kType, json_string(iri));
        }
      }
    }
    if (has_rel) relate(rels, revs, found, context);
    if (said.property) add_values(element, said, found, context);
    if (!found.skip && !found.subject.empty()) complete(parent, found.subject);
    if (found.skip) {
      context.incomplete = parent.incomplete;
      return context;
    }
    context.parent_subject = found.subject.empty() ? parent.parent_subject : found.subject;
    context.parent_object = !found.object.empty()    ? found.object
                            : !found.subject.empty() ? found.subject
                                                     : parent.parent_subject;
    return context;
  }

  struct Resources {
    std::string subject;
    std::string object;
    std::string typed;
    bool skip = false;
  };

  // Steps 2 to 4: vocabulary, prefixes, language.
  void declare(const GumboNode* element, Context& context) {
    if (const auto vocabulary = attribute(element, "vocab")) {
      context.vocabulary = base::trim(*vocabulary);
      if (!context.vocabulary.empty()) {
        context.vocabulary = absolute(context.vocabulary);
      }
      if (!context.vocabulary.empty()) {
        graph_.add(document_, "http://www.w3.org/ns/rdfa#usesVocabulary",
                   reference(context.vocabulary));
      }
    }
    declare_prefixes(element, context);
    // lang is left out, as other readers do: it would put a language on every value.
    if (const auto told = attribute(element, GUMBO_ATTR_NAMESPACE_XML, "lang")) {
      context.language = told->substr(0, kMaxLanguage);
    } else if (const auto written = attribute(element, "xml:lang")) {
      context.language = written->substr(0, kMaxLanguage);
    }
  }

  static void declare_prefixes(const GumboNode* element, Context& context) {
    std::vector<std::pair<std::string, std::string>> fresh;
    const auto& attributes = element->v.element.attributes;
    for (unsigned i = 0; i < attributes.length; ++i) {
      const auto* told = static_cast<const GumboAttribute*>(attributes.data[i]);
      const std::string_view name = told->name;
      if (name.starts_with("xmlns:"))
        fresh.emplace_back(base::ascii_lower(name.substr(6)), told->value);
    }
    const auto words = space_separated(attribute(element, "prefix").value_or(""));
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      if (!words[i].ends_with(':')) break;
      fresh.emplace_back(base::ascii_lower(words[i].substr(0, words[i].size() - 1)), words[i + 1]);
    }
    if (fresh.empty()) return;
    auto prefixes = std::make_shared<Prefixes>(*context.prefixes);
    for (auto& [prefix, iri] : fresh) {
      if (prefixes->size() < kMaxPrefixes && iri.size() <= kMaxIri) (*prefixes)[prefix] = iri;
    }
    context.prefixes = std::move(prefixes);
  }

  // Step 5: no rel, no rev.
  Resources without_rel(const Said& said, const Context& parent, const Context& context,
                        bool root) {
    Resources found;
    if (said.property && !said.content && !said.datatype) {
      found.subject = about(said, context, root).value_or(parent.parent_object);
      if (!said.type_of) return found;
      found.typed = said.about ? about(said, context, root).value_or("")
                    : root     ? document_
                               : object_of(said, context).value_or("");
      if (found.typed.empty()) found.typed = fresh_node();
      found.object = found.typed;
      return found;
    }
    auto subject = about(said, context, /*root=*/false);
    if (!subject) subject = object_of(said, context);
    if (!subject && root) subject = document_;
    if (!subject && said.type_of) subject = fresh_node();
    if (!subject) {
      subject = parent.parent_object;
      found.skip = !said.property;
    }
    found.subject = *subject;
    if (said.type_of) found.typed = found.subject;
    return found;
  }

  // Step 6.
  Resources with_rel(const Said& said, const Context& parent, const Context& context, bool root) {
    Resources found;
    found.subject = about(said, context, root).value_or(parent.parent_object);
    if (said.about && said.type_of) found.typed = found.subject;
    found.object = object_of(said, context).value_or("");
    if (!said.about && said.type_of) {
      if (found.object.empty()) found.object = fresh_node();
      found.typed = found.object;
    }
    return found;
  }

  std::optional<std::string> about(const Said& said, const Context& context, bool root) {
    if (said.about) {
      auto iri = resource(*said.about, context);
      if (!iri.empty() || said.about->empty()) return iri;
    }
    if (root) return document_;
    return std::nullopt;
  }

  std::optional<std::string> object_of(const Said& said, const Context& context) {
    if (said.resource) {
      if (auto iri = resource(*said.resource, context); !iri.empty()) return iri;
    }
    if (said.href) return absolute(base::trim(*said.href));
    if (said.src) return absolute(base::trim(*said.src));
    return std::nullopt;
  }

  // Steps 9 and 10.
  void relate(const std::vector<std::string>& rels, const std::vector<std::string>& revs,
              Resources& found, Context& context) {
    if (!found.object.empty()) {
      for (const auto& rel : rels) graph_.add(found.subject, rel, reference(found.object));
      for (const auto& rev : revs) graph_.add(found.object, rev, reference(found.subject));
      return;
    }
    if (rels.empty() && revs.empty()) return;
    std::vector<Incomplete> incomplete;
    incomplete.reserve(rels.size() + revs.size());
    for (const auto& rel : rels) incomplete.push_back({rel, false});
    for (const auto& rev : revs) incomplete.push_back({rev, true});
    context.incomplete = std::make_shared<const std::vector<Incomplete>>(std::move(incomplete));
    found.object = fresh_node();
  }

  // Step 12: triples that waited for their object.
  void complete(const Context& parent, const std::string& subject) {
    if (parent.incomplete == nullptr) return;
    for (const auto& [predicate, reversed] : *parent.incomplete) {
      if (graph_.full()) return;
      const auto& from = reversed ? subject : parent.parent_subject;
      const auto& to = reversed ? parent.parent_subject : subject;
      graph_.add(from, predicate, reference(to));
    }
  }

  // Step 11.
  void add_values(const GumboNode* element, const Said& said, const Resources& found,
                  const Context& context) {
    const auto value = value_of(element, said, found, context);
    for (const auto name : space_separated(*said.property)) {
      if (graph_.full()) return;
      if (const auto iri = predicate(name, context); !iri.empty()) {
        graph_.add(found.subject, iri, value);
      }
    }
  }

  std::string value_of(const GumboNode* element, const Said& said, const Resources& found,
                       const Context& context) {
    const auto datetime = attribute(element, "datetime");
    if (said.datatype && !base::trim(*said.datatype).empty()) {
      return typed(said.content ? std::string(*said.content)
                   : datetime   ? std::string(*datetime)
                                : text_of(element),
                   term(base::trim(*said.datatype), context));
    }
    if (said.datatype) {
      return plain(said.content ? std::string(*said.content) : text_of(element), context);
    }
    if (said.content) return plain(std::string(*said.content), context);
    if (datetime) return dated(std::string(*datetime), context);
    if (!said.rel && !said.rev) {
      if (const auto object = object_of(said, context)) return reference(*object);
    }
    if (said.type_of && !said.about && !found.typed.empty()) return reference(found.typed);
    if (is_html(element, GUMBO_TAG_TIME)) return dated(text_of(element), context);
    return plain(text_of(element), context);
  }

  std::string text_of(const GumboNode* element) {
    if (text_read_ > kMaxText) return {};
    auto text = text_content(element);
    text_read_ += text.size();
    return text;
  }

  static std::string typed(const std::string& value, const std::string& type) {
    if (type.empty()) return "{\"@value\":" + json_string(value) + "}";
    return "{\"@type\":" + json_string(type) + ",\"@value\":" + json_string(value) + "}";
  }
  static std::string plain(const std::string& value, const Context& context) {
    if (context.language.empty()) return "{\"@value\":" + json_string(value) + "}";
    return "{\"@language\":" + json_string(context.language) + ",\"@value\":" + json_string(value) +
           "}";
  }
  // HTML+RDFa 1.1 section 3.1: the form of a date tells its type.
  static std::string dated(const std::string& value, const Context& context) {
    const auto is_like = [&](std::string_view form) {
      return value.size() == form.size() &&
             std::equal(value.begin(), value.end(), form.begin(),
                        [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
    };
    const std::string schema(kXmlSchema);
    if (is_like("0000-00-00")) return typed(value, schema + "date");
    if (is_like("0000")) return typed(value, schema + "gYear");
    if (is_like("0000-00")) return typed(value, schema + "gYearMonth");
    if (is_like("00:00:00")) return typed(value, schema + "time");
    const std::string_view front = std::string_view(value).substr(0, 19);
    if (value.size() >= 19 && front[4] == '-' && front[10] == 'T' && front[13] == ':') {
      return typed(value, schema + "dateTime");
    }
    if (value.starts_with('P') && value.size() > 2) return typed(value, schema + "duration");
    return plain(value, context);
  }

  static std::string reference(const std::string& iri) {
    return "{\"@id\":" + json_string(iri) + "}";
  }
  std::string fresh_node() { return "_:b" + std::to_string(nodes_made_++); }

  // rel and rev; beside property only terms with a colon count (HTML+RDFa 3.1 rule 7).
  std::vector<std::string> predicates(const std::optional<std::string_view>& list, bool beside,
                                      const Context& context) const {
    std::vector<std::string> iris;
    for (const auto word : space_separated(list.value_or(""))) {
      if (beside && word.find(':') == std::string_view::npos) continue;
      if (iris.size() == kMaxPredicates) break;
      if (auto iri = predicate(word, context); !iri.empty()) iris.push_back(std::move(iri));
    }
    return iris;
  }

  // A term that may stand between two nodes: an IRI, never a node without a name (RDF 1.1 Concepts
  // section 3.1). Empty when it means nothing.
  std::string predicate(std::string_view word, const Context& context) const {
    auto iri = term(word, context);
    return iri.starts_with("_:") ? std::string{} : iri;
  }

  // TERMorCURIEorAbsIRI (section 7.4.3); empty when it means nothing.
  std::string term(std::string_view word, const Context& context) const {
    if (word.size() > kMaxIri) return {};
    if (word.find(':') == std::string_view::npos) {
      if (!context.vocabulary.empty()) return context.vocabulary + std::string(word);
      return std::string(initial_term(base::ascii_lower(word)));
    }
    if (auto iri = curie(word, context)) return *iri;
    return has_scheme(word) ? std::string(word) : std::string{};
  }

  // SafeCURIEorCURIEorIRI (section 7.4.2).
  std::string resource(std::string_view text, const Context& context) const {
    text = base::trim(text);
    if (text.size() > kMaxIri) return {};
    if (text.starts_with('[') && text.ends_with(']')) {
      return curie(text.substr(1, text.size() - 2), context).value_or("");
    }
    if (auto iri = curie(text, context)) return *iri;
    return absolute(text);
  }

  static std::optional<std::string> curie(std::string_view text, const Context& context) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto local = text.substr(colon + 1);
    if (local.starts_with("//")) return std::nullopt;
    const auto prefix = base::ascii_lower(text.substr(0, colon));
    if (prefix == "_")
      return "_:" + (local.empty() ? std::string("anon") : "n" + std::string(local));
    if (prefix.empty()) return "http://www.w3.org/1999/xhtml/vocab#" + std::string(local);
    if (const auto declared = context.prefixes->find(prefix); declared != context.prefixes->end()) {
      return declared->second + std::string(local);
    }
    const auto known = initial_prefix(prefix);
    if (known.empty()) return std::nullopt;
    return std::string(known) + std::string(local);
  }

  std::string absolute(std::string_view text) const {
    if (text.size() > kMaxIri) return {};
    if (has_scheme(text) || !base_) return std::string(text);
    if (text.empty()) return document_;
    const auto url = base_.resolve(text);
    if (!url) return std::string(text);
    return url->href().size() > kMaxIri ? std::string{} : url->href();
  }

  static constexpr const char* kNothing = "[]";
  static constexpr std::size_t kMaxPrefixes = 256;
  static constexpr std::size_t kMaxPredicates = 1'000;  // of one element

  const HtmlTree& tree_;
  const DocumentBase& base_;
  const std::string document_;
  Graph graph_;
  std::size_t nodes_made_ = 0;
  std::size_t text_read_ = 0;
};

}  // namespace

std::string extract_rdfa(const HtmlTree& tree, const DocumentBase& base) {
  return RdfaReader(tree, base).read();
}

}  // namespace crawld::parsers
