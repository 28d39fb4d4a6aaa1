#include "parsers/selector/xpath_paths.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <unordered_set>
#include <utility>

#include "parsers/selector/xpath_order.h"

namespace crawld::parsers {
namespace {

using Nodes = std::vector<xmlNode*>;

struct FreeObject {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
using Object = std::unique_ptr<xmlXPathObject, FreeObject>;

struct FreeNodeSet {
  void operator()(xmlNodeSet* set) const { xmlXPathFreeNodeSet(set); }
};
using NodeSet = std::unique_ptr<xmlNodeSet, FreeNodeSet>;

NodeSet set_of(const Nodes& nodes) {
  NodeSet set(xmlXPathNodeSetCreate(nullptr));
  for (xmlNode* node : nodes) {
    if (!set || xmlXPathNodeSetAddUnique(set.get(), node) < 0) return nullptr;
  }
  return set;
}

bool stands_inside(const xmlNode* node, const xmlNode* outer) {
  while (node != nullptr && node != outer) node = node->parent;
  return node != nullptr;
}

// Attributes stand inside no element: nothing that goes down finds them.
Nodes outermost(const Nodes& nodes) {
  Nodes kept;
  const xmlNode* outer = nullptr;
  for (xmlNode* node : nodes) {
    const bool attribute = node->type == XML_ATTRIBUTE_NODE;
    if (!attribute && outer != nullptr && stands_inside(node, outer)) continue;
    if (!attribute) outer = node;
    kept.push_back(node);
  }
  return kept;
}

Nodes first_of_each_parent(const Nodes& nodes) {
  Nodes kept;
  std::unordered_set<const xmlNode*> parents;
  for (xmlNode* node : nodes) {
    if (node->type != XML_ATTRIBUTE_NODE && parents.insert(node->parent).second) {
      kept.push_back(node);
    }
  }
  return kept;
}

// Leaves out what finds nothing that others do not.
void narrow(Nodes& nodes, Reach reach) {
  if (reach == Reach::any || nodes.size() < 2) return;
  sort_in_document_order(nodes);
  nodes = reach == Reach::inside ? outermost(nodes) : first_of_each_parent(nodes);
}

// Keeps the first of each.
void drop_repeats(Nodes& nodes) {
  std::unordered_set<const xmlNode*> seen;
  std::erase_if(nodes, [&](const xmlNode* node) { return !seen.insert(node).second; });
}

}  // namespace

void XPathPaths::FreeExpression::operator()(_xmlXPathCompExpr* expression) const {
  xmlXPathFreeCompExpr(expression);
}

std::optional<XPathPaths> XPathPaths::compile(std::string_view expression,
                                              _xmlXPathContext* context) {
  const auto cut = cut_paths(expression);
  if (!cut) return std::nullopt;
  XPathPaths paths;
  for (const auto& pieces : *cut) {
    Path& path = paths.paths_.emplace_back();
    for (const PathPiece& piece : pieces) {
      const auto* text = reinterpret_cast<const xmlChar*>(piece.text.c_str());
      path.push_back({{xmlXPathCtxtCompile(context, text), {}}, piece.reach});
      if (!path.back().expression) return std::nullopt;
    }
  }
  return paths;
}

_xmlXPathObject* XPathPaths::evaluate(_xmlXPathContext* context) const {
  xmlNode* const start = context->node;
  Nodes all;
  for (const Path& path : paths_) {
    Nodes found{start};
    if (!walk(path, context, found)) return nullptr;
    all.insert(all.end(), found.begin(), found.end());
    context->node = start;
  }
  if (paths_.size() > 1) drop_repeats(all);
  NodeSet set = set_of(all);
  return set ? xmlXPathWrapNodeSet(set.release()) : nullptr;
}

bool XPathPaths::walk(const Path& path, _xmlXPathContext* context, Nodes& found) {
  for (const Piece& piece : path) {
    narrow(found, piece.reach);
    Nodes next;
    for (xmlNode* node : found) {
      // One for the way there, so that nodes without children are not for nothing.
      if (++context->opCount >= context->opLimit) return false;
      context->node = node;
      const Object object(xmlXPathCompiledEval(piece.expression.get(), context));
      if (!object || object->type != XPATH_NODESET) return false;
      const xmlNodeSet* set = object->nodesetval;
      if (set != nullptr) next.insert(next.end(), set->nodeTab, set->nodeTab + set->nodeNr);
    }
    // Below or behind different nodes different nodes are found.
    if (piece.reach == Reach::any && found.size() > 1) drop_repeats(next);
    found = std::move(next);
  }
  return true;
}

}  // namespace crawld::parsers
