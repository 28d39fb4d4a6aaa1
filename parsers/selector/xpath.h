// XPath 1.0 over a page or an XML document, through libxml2.
//
// A page is copied from gumbo's tree into libxml2's, only when a rule asks for it:
// names in lower case and without namespace, SVG and MathML too, so `//a` means
// every <a>; xlink:href and xml:lang keep their prefixes. What stands in <template>
// is there. In XML, elements of a default namespace count as having none, so
// `//entry` finds Atom's; prefixes are those that the document declares, and the
// usual ones of feeds.
//
// Beyond XPath 1.0, as scrapers know them: has-class('a', 'b') and
// re:test(string, pattern [, 'i']) with RE2's patterns.
//
// Nothing is read but the bytes given: no DTD, no entities, no network. Evaluation
// stops at a number of steps, and nothing recurses with the depth of a document.
// Threads: one at a time for each XPath and each XmlTree.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/xpath_landmarks.h"

// NOLINTBEGIN(bugprone-reserved-identifier): the names are libxml2's
struct _xmlDoc;
struct _xmlNode;
struct _xmlXPathCompExpr;
// NOLINTEND(bugprone-reserved-identifier)

namespace crawld::parsers {

class Arena;
class XPathPaths;

using XmlNode = const _xmlNode*;

// A document as libxml2 holds it.
class XmlTree {
 public:
  // Nothing where `tree` and its copy would take more than 160 MiB: a worker that is out of its
  // memory loses the page, and not what asks for paths alone. `tree` must outlive the copy,
  // which shares its texts.
  static std::optional<XmlTree> copy_of(const HtmlTree& tree);
  // Broken XML is read as far as it goes; nothing when there is not even a root
  // element. `utf8` is UTF-8 whatever its declaration says.
  static std::optional<XmlTree> parse(std::string_view utf8);

  XmlTree(XmlTree&&) noexcept;
  XmlTree& operator=(XmlTree&&) noexcept;
  ~XmlTree();

  XmlNode root() const;
  // The copy of an element of the page; null where it has none.
  XmlNode of(const GumboNode* element) const;

 private:
  friend class XPath;
  struct FreeDocument {
    bool nodes_in_arena = false;
    void operator()(_xmlDoc* document) const;
  };
  enum class Nodes : std::uint8_t { in_arena, of_libxml2 };
  XmlTree(_xmlDoc* document, std::unique_ptr<Arena> arena, Nodes nodes);
  void collect_prefixes();
  void index_ids() const;

  std::unique_ptr<Arena> nodes_;  // of a copy, and landmarks
  std::unique_ptr<_xmlDoc, FreeDocument> document_;
  std::vector<XmlNode> elements_;                              // by element_index()
  std::vector<std::pair<std::string, std::string>> prefixes_;  // prefix, namespace
  mutable bool ids_indexed_ = false;                           // for id()
  mutable Landmarks landmarks_;                                // until an expression would see them
};

// One result: a node, or the one string, number or boolean an expression gives.
struct XPathItem {
  enum class Kind : std::uint8_t { element, attribute, text, value };
  Kind kind = Kind::value;
  XmlNode node = nullptr;           // the element; of attributes and text: theirs
  const GumboNode* html = nullptr;  // the same in the page, where it is one
  std::string text;                 // of all kinds but element
};

class XPath {
 public:
  // Fails with what is wrong and at which byte; unknown functions too.
  static base::Result<XPath> compile(std::string_view text);

  // Steps that evaluations on one page may take together: about a second. Paths join sets of nodes
  // in linear time (xpath_paths.h). Within predicates and calls (`count(//p/..)`) libxml2 takes
  // quadratic time and does not count it, as where an expression with "preceding-sibling::*" sorts
  // long runs of texts and comments: the worker's limit of CPU time ends what is too much.
  static constexpr unsigned long kSteps = 20'000'000;

  // Results in document order, relative to `scope` (null: the document). Fails when
  // the evaluation meets an unknown prefix or takes more steps than `steps_left`
  // (null: kSteps), from which those taken are subtracted.
  base::Result<std::vector<XPathItem>> evaluate(const XmlTree& tree, XmlNode scope = nullptr,
                                                unsigned long* steps_left = nullptr) const;

  const std::string& text() const { return text_; }

 private:
  struct FreeExpression {
    void operator()(_xmlXPathCompExpr* expression) const;
  };
  XPath() = default;

  std::string text_;
  bool asks_for_ids_ = false;
  bool sees_landmarks_ = false;
  // Shared, because it is immutable to its users and copied with the rules.
  std::shared_ptr<_xmlXPathCompExpr> expression_;
  std::shared_ptr<const XPathPaths> paths_;  // the same, where it is better walked; or null
};

// The text inside an element as it stands; attributes by name ("href",
// "xlink:href"); its children as XML. For documents that were XML from the start.
std::string xml_text(XmlNode element);
std::string xml_name(XmlNode element);
std::optional<std::string> xml_attribute(XmlNode element, std::string_view name);
std::string xml_inside(XmlNode element);

}  // namespace crawld::parsers
