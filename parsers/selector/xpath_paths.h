// Location paths taken a step at a time: what XPath 1.0 section 2 says of them, in linear time.
//
// libxml2 joins what a step finds from each node of a set by comparing all with all where an
// axis may find a node twice: `//p/..` and `//div//p[1]` take minutes on a page of 100,000
// elements. So a path is cut in front of such steps. libxml2 evaluates each piece from one node
// at a time, predicates and all, and what was found twice is told by a hash. Nodes that can find
// nothing new are passed over: below `//`, those inside another; behind "following-sibling::"
// without a predicate, those behind another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// NOLINTBEGIN(bugprone-reserved-identifier): the names are libxml2's
struct _xmlNode;
struct _xmlXPathCompExpr;
struct _xmlXPathContext;
struct _xmlXPathObject;
// NOLINTEND(bugprone-reserved-identifier)

namespace crawld::parsers {

// What a piece of a path finds from a node, as far as it tells which nodes are worth asking.
enum class Reach : std::uint8_t { any, inside, behind };

struct PathPiece {
  std::string text;
  Reach reach = Reach::any;
};

// The pieces of each path of a union. Nothing where the expression is more than paths (calls,
// comparisons, parentheses, "namespace::"), or where there is nothing to cut.
std::optional<std::vector<std::vector<PathPiece>>> cut_paths(std::string_view expression);

// A compiled union of paths. Threads: one at a time.
class XPathPaths {
 public:
  // Nothing as cut_paths(), or where libxml2 refuses a piece.
  static std::optional<XPathPaths> compile(std::string_view expression, _xmlXPathContext* context);

  // A set of nodes, in any order, which the caller frees. Null where a piece fails (lastError of
  // `context`), or where more than opLimit steps of `context` are taken; opCount tells how many.
  _xmlXPathObject* evaluate(_xmlXPathContext* context) const;

 private:
  struct FreeExpression {
    void operator()(_xmlXPathCompExpr* expression) const;
  };
  struct Piece {
    std::unique_ptr<_xmlXPathCompExpr, FreeExpression> expression;
    Reach reach;
  };
  using Path = std::vector<Piece>;

  static bool walk(const Path& path, _xmlXPathContext* context, std::vector<_xmlNode*>& found);

  std::vector<Path> paths_;
};

}  // namespace crawld::parsers
