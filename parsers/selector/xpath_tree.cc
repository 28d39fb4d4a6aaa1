#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <libxml/xpath.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <mutex>

#include "parsers/html/arena.h"
#include "parsers/selector/xpath.h"

namespace crawld::parsers {
namespace {

constexpr char kXlink[] = "http://www.w3.org/1999/xlink";
// Of a page's tree and its copy: a page of 9.5 MB with all else that is made of it stays within the
// usual 256 MiB of a worker.
constexpr std::size_t kMostBytes = 160U << 20;
// Of a text libxml2 looks at what stands before the lists of elements, and no further.
constexpr std::size_t kTextBytes = offsetof(xmlNode, properties);

const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }
std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void start_library() {
  static std::once_flag started;
  std::call_once(started, [] { xmlInitParser(); });
}

// Copies a page node by node. Nodes stand in the arena, names and texts stay where the page has
// them: XPath only reads, and thousands of small allocations cost more than an expression.
class Copier {
 public:
  Copier(xmlDoc* document, Arena& arena, std::vector<XmlNode>& elements)
      : document_(document), arena_(arena), elements_(elements) {}

  bool copy(const HtmlTree& tree) {
    elements_.assign(tree.elements().size(), nullptr);
    struct Open {
      const GumboNode* from;
      xmlNode* to;
    };
    Open at{tree.document(), reinterpret_cast<xmlNode*>(document_)};
    const GumboNode* top = tree.document();
    for (const GumboNode* node = next_node(top, top); node != nullptr;
         node = next_node(node, top)) {
      while (at.from != node->parent) at = {at.from->parent, at.to->parent};
      xmlNode* made = make(node);
      if (made == nullptr) return false;
      append(at.to, made);
      if (is_element(node)) {
        if (!add_attributes(node, made)) return false;
        elements_[element_index(node)] = made;
        at = {node, made};
      }
    }
    return document_->children != nullptr;
  }

 private:
  // All zero; null beyond the arena's cap.
  template <typename Struct>
  Struct* zeroed(std::size_t bytes = sizeof(Struct)) {
    void* made = arena_.allocate(bytes);
    if (made != nullptr) std::memset(made, 0, bytes);
    return static_cast<Struct*>(made);
  }

  xmlNode* make_node(xmlElementType type, const xmlChar* name, const char* content) {
    auto* made = zeroed<xmlNode>(type == XML_ELEMENT_NODE ? sizeof(xmlNode) : kTextBytes);
    if (made == nullptr) return nullptr;
    made->type = type;
    made->name = name;
    made->content = const_cast<xmlChar*>(chars(content));
    made->doc = document_;
    return made;
  }

  xmlNode* make(const GumboNode* node) {
    xmlNode* made = nullptr;
    if (is_element(node)) {
      const std::string_view name = tag_name(node);
      made = make_node(XML_ELEMENT_NODE, chars(name.empty() ? "unknown" : name.data()), nullptr);
    } else if (node->type == GUMBO_NODE_COMMENT) {
      made = make_node(XML_COMMENT_NODE, xmlStringComment, node->v.text.text);
    } else {
      made = make_node(XML_TEXT_NODE, xmlStringText, node->v.text.text);
    }
    if (made != nullptr) made->_private = const_cast<GumboNode*>(node);
    return made;
  }

  // By hand: xmlAddChild joins texts and would lose the way back to the page.
  static void append(xmlNode* parent, xmlNode* child) {
    child->parent = parent;
    child->prev = parent->last;
    (parent->last == nullptr ? parent->children : parent->last->next) = child;
    parent->last = child;
  }

  bool add_attributes(const GumboNode* from, xmlNode* to) {
    const GumboVector& held = from->v.element.attributes;
    xmlAttr* before = nullptr;
    for (unsigned i = 0; i < held.length; ++i) {
      const auto* attribute = static_cast<const GumboAttribute*>(held.data[i]);
      const char* name = attribute->name;
      xmlNs* prefix = nullptr;
      GumboAttributeNamespaceEnum space = attribute->attr_namespace;
      if (space == GUMBO_ATTR_NAMESPACE_XLINK || std::strncmp(name, "xlink:", 6) == 0) {
        prefix = xlink(to);
        if (std::strncmp(name, "xlink:", 6) == 0) name += 6;
      } else if (space == GUMBO_ATTR_NAMESPACE_XML || std::strncmp(name, "xml:", 4) == 0) {
        prefix = xmlSearchNsByHref(document_, to, XML_XML_NAMESPACE);
        if (std::strncmp(name, "xml:", 4) == 0) name += 4;
      }
      if (*name == '\0') continue;
      xmlAttr* made = make_attribute(to, prefix, name, attribute->value);
      if (made == nullptr) return false;
      made->prev = before;
      (before == nullptr ? to->properties : before->next) = made;
      before = made;
    }
    return true;
  }

  // As libxml2 has them: the value is a text below the attribute.
  xmlAttr* make_attribute(xmlNode* owner, xmlNs* prefix, const char* name, const char* value) {
    auto* made = zeroed<xmlAttr>();
    xmlNode* text = make_node(XML_TEXT_NODE, xmlStringText, value);
    if (made == nullptr || text == nullptr) return nullptr;
    made->type = XML_ATTRIBUTE_NODE;
    made->name = chars(name);
    made->children = made->last = text;
    made->parent = owner;
    made->doc = document_;
    made->ns = prefix;
    text->parent = reinterpret_cast<xmlNode*>(made);
    return made;
  }

  // Declared on the root: one for all.
  xmlNs* xlink(xmlNode* element) {
    if (xlink_ != nullptr) return xlink_;
    xlink_ = zeroed<xmlNs>();
    if (xlink_ == nullptr) return nullptr;
    xlink_->type = XML_LOCAL_NAMESPACE;
    xlink_->href = chars(kXlink);
    xlink_->prefix = chars("xlink");
    xlink_->context = document_;
    xmlNode* root = xmlDocGetRootElement(document_);
    (root != nullptr ? root : element)->nsDef = xlink_;
    return xlink_;
  }

  xmlDoc* document_;
  Arena& arena_;
  std::vector<XmlNode>& elements_;
  xmlNs* xlink_ = nullptr;
};

void ignore_entity(void*, const xmlChar*, int, const xmlChar*, const xmlChar*, xmlChar*) {}
void ignore_attribute(void*, const xmlChar*, const xmlChar*, int, int, const xmlChar*,
                      xmlEnumeration* choices) {
  xmlFreeEnumeration(choices);
}

// The entities of HTML, which feeds use without declaring them; any other name
// stands for nothing.
class HtmlEntities {
 public:
  // In an attribute's value libxml2 takes one byte of a predefined entity, so there
  // it must be a general one, and is read again for references.
  xmlEntity* find(std::string_view name, bool in_attribute) {
    std::string key = std::string(name) + (in_attribute ? "@" : "");
    if (auto known = known_.find(key); known != known_.end()) return &known->second.entity;
    if (known_.size() >= kMost) return nullptr;
    Held& held = known_[key];
    std::string written = "<p>&" + std::string(name) + ";";
    if (auto page = HtmlTree::parse(written)) held.text = text_content(page->root());
    if (held.text == written.substr(3)) held.text.clear();
    if (in_attribute && (held.text == "&" || held.text == "<")) {
      held.text = held.text == "&" ? "&#38;" : "&#60;";
    }
    held.entity = {};
    held.entity.type = XML_ENTITY_DECL;
    held.entity.etype = in_attribute ? XML_INTERNAL_GENERAL_ENTITY : XML_INTERNAL_PREDEFINED_ENTITY;
    held.entity.content = const_cast<xmlChar*>(chars(held.text.c_str()));
    held.entity.length = static_cast<int>(held.text.size());
    return &held.entity;
  }

 private:
  static constexpr std::size_t kMost = 500;
  struct Held {
    std::string text;
    xmlEntity entity;
  };
  std::map<std::string, Held, std::less<>> known_;
};

xmlEntity* find_entity(void* parser, const xmlChar* name) {
  auto* context = static_cast<xmlParserCtxt*>(parser);
  // In a DTD it is asked for only to be given the text of a declaration to own.
  if (context->inSubset != 0) return nullptr;
  bool in_attribute = context->instate == XML_PARSER_ATTRIBUTE_VALUE;
  return static_cast<HtmlEntities*>(context->_private)->find(view(name), in_attribute);
}

// Once a document is broken, libxml2 drops every "&amp;" after it. We read on, so
// it has to forget.
void read_characters(void* parser, const xmlChar* text, int length) {
  static_cast<xmlParserCtxt*>(parser)->wellFormed = 1;
  xmlSAX2Characters(parser, text, length);
}
void read_end(void* parser, const xmlChar* name, const xmlChar* prefix, const xmlChar* space) {
  static_cast<xmlParserCtxt*>(parser)->wellFormed = 1;
  xmlSAX2EndElementNs(parser, name, prefix, space);
}

}  // namespace

XmlTree::XmlTree(_xmlDoc* document, std::unique_ptr<Arena> arena, Nodes nodes)
    : nodes_(std::move(arena)), document_(document, FreeDocument{nodes == Nodes::in_arena}) {}
XmlTree::XmlTree(XmlTree&&) noexcept = default;
XmlTree& XmlTree::operator=(XmlTree&&) noexcept = default;
XmlTree::~XmlTree() = default;

void XmlTree::FreeDocument::operator()(_xmlDoc* document) const {
  if (nodes_in_arena) document->children = document->last = nullptr;
  xmlFreeDoc(document);
}

std::optional<XmlTree> XmlTree::copy_of(const HtmlTree& tree) {
  start_library();
  xmlDoc* document = xmlNewDoc(chars("1.0"));
  if (document == nullptr) return std::nullopt;
  const std::size_t left = kMostBytes - std::min(kMostBytes, tree.bytes());
  XmlTree copy(document, std::make_unique<Arena>(left), Nodes::in_arena);
  if (!Copier(document, *copy.nodes_, copy.elements_).copy(tree)) return std::nullopt;
  if (!copy.landmarks_.set(document, *copy.nodes_)) return std::nullopt;
  copy.prefixes_ = {{"xlink", kXlink}};
  return copy;
}

std::optional<XmlTree> XmlTree::parse(std::string_view utf8) {
  start_library();
  if (utf8.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  xmlParserCtxt* parser = xmlNewParserCtxt();
  if (parser == nullptr) return std::nullopt;
  // No entity is ever declared and no attribute defaulted, so nothing can multiply
  // and "replace entities" (NOENT) replaces by our few texts only.
  parser->sax->entityDecl = ignore_entity;
  parser->sax->attributeDecl = ignore_attribute;
  parser->sax->externalSubset = nullptr;
  parser->sax->resolveEntity = nullptr;
  parser->sax->getEntity = find_entity;
  parser->sax->getParameterEntity = nullptr;
  parser->sax->characters = read_characters;
  parser->sax->endElementNs = read_end;
  HtmlEntities entities;
  parser->_private = &entities;
  xmlDoc* document =
      xmlCtxtReadMemory(parser, utf8.data(), static_cast<int>(utf8.size()), nullptr, "UTF-8",
                        XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                            XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_NOENT);
  xmlFreeParserCtxt(parser);
  if (document == nullptr) return std::nullopt;
  XmlTree tree(document, std::make_unique<Arena>(kMostBytes), Nodes::of_libxml2);
  if (xmlDocGetRootElement(document) == nullptr) return std::nullopt;
  tree.collect_prefixes();
  if (!tree.landmarks_.set(document, *tree.nodes_)) return std::nullopt;
  return tree;
}

// Takes the default namespaces away and notes the prefixes in use.
void XmlTree::collect_prefixes() {
  prefixes_ = {{"atom", "http://www.w3.org/2005/Atom"},
               {"content", "http://purl.org/rss/1.0/modules/content/"},
               {"dc", "http://purl.org/dc/elements/1.1/"},
               {"itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
               {"media", "http://search.yahoo.com/mrss/"},
               {"xlink", kXlink}};
  constexpr std::size_t kMostPrefixes = 100;
  xmlNode* top = reinterpret_cast<xmlNode*>(document_.get());
  for (xmlNode* node = top->children; node != nullptr;) {
    if (node->type == XML_ELEMENT_NODE) {
      for (xmlNs* held = node->nsDef; held != nullptr; held = held->next) {
        if (held->prefix == nullptr || prefixes_.size() >= kMostPrefixes) continue;
        prefixes_.emplace_back(view(held->prefix), view(held->href));
      }
      if (node->ns != nullptr && node->ns->prefix == nullptr) node->ns = nullptr;
    }
    if (node->children != nullptr && node->type == XML_ELEMENT_NODE) {
      node = node->children;
      continue;
    }
    while (node != top && node->next == nullptr) node = node->parent;
    node = node == top ? nullptr : node->next;
  }
}

// XPath section 4.1: which attributes are IDs is told by a DTD, and in a page by HTML (DOM
// 4.9: "id", and the first of one name counts). Made when first asked for.
void XmlTree::index_ids() const {
  if (ids_indexed_) return;
  ids_indexed_ = true;
  for (XmlNode element : elements_) {
    if (element == nullptr) continue;
    for (xmlAttr* held = element->properties; held != nullptr; held = held->next) {
      if (held->ns == nullptr && view(held->name) == "id" && held->children->content != nullptr) {
        xmlAddID(nullptr, document_.get(), held->children->content, held);
      }
    }
  }
}

XmlNode XmlTree::root() const { return xmlDocGetRootElement(document_.get()); }

XmlNode XmlTree::of(const GumboNode* element) const {
  if (element == nullptr || !is_element(element)) return nullptr;
  std::uint32_t index = element_index(element);
  return index < elements_.size() ? elements_[index] : nullptr;
}

std::string xml_text(XmlNode element) {
  std::string text;
  for (XmlNode node = element; node != nullptr;) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
      text += view(node->content);
    }
    if (node->type == XML_ELEMENT_NODE && node->children != nullptr) {
      node = node->children;
      continue;
    }
    while (node != element && node->next == nullptr) node = node->parent;
    node = node == element ? nullptr : node->next;
  }
  return text;
}

std::string xml_name(XmlNode element) { return std::string(view(element->name)); }

std::optional<std::string> xml_attribute(XmlNode element, std::string_view name) {
  for (const xmlAttr* held = element->properties; held != nullptr; held = held->next) {
    std::string full;
    if (held->ns != nullptr && held->ns->prefix != nullptr) {
      full = std::string(view(held->ns->prefix)) + ":";
    }
    full += view(held->name);
    if (full != name) continue;
    std::string value;
    for (XmlNode part = held->children; part != nullptr; part = part->next) {
      if (part->type == XML_TEXT_NODE) value += view(part->content);
    }
    return value;
  }
  return std::nullopt;
}

std::string xml_inside(XmlNode element) {
  xmlBuffer* buffer = xmlBufferCreate();
  if (buffer == nullptr) return "";
  for (xmlNode* child = element->children; child != nullptr; child = child->next) {
    xmlNodeDump(buffer, element->doc, child, 0, 0);
  }
  std::string text(view(xmlBufferContent(buffer)));
  xmlBufferFree(buffer);
  return text;
}

}  // namespace crawld::parsers
