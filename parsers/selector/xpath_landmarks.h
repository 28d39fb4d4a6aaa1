// What lets libxml2 compare the places of two nodes exactly and in little time.
//
// libxml2 compares numbers of elements. A text or comment it takes for as far as the nearest
// element in front of it, which it looks for node by node: with long runs of texts and comments
// its sort is quadratic, and a text behind an element comes before what stands within that
// element. So there are landmarks: elements with a number and no name that only the way back
// leads over ("prev"), in front of a text behind an element that holds others, and every few
// nodes of a run. Children, descendants and what follows never show them; `*` and node() on a
// "preceding" axis do, so the tree loses them for good before the first such expression.
#pragma once

#include <vector>

// NOLINTBEGIN(bugprone-reserved-identifier): the names are libxml2's
struct _xmlDoc;
struct _xmlNode;
// NOLINTEND(bugprone-reserved-identifier)

namespace crawld::parsers {

class Arena;

// Threads: one at a time for a document and its landmarks.
class Landmarks {
 public:
  // Numbers the elements of `document` in document order and sets landmarks, which stand in
  // `arena`. False where that is full; the document is whole then, with some landmarks.
  bool set(_xmlDoc* document, Arena& arena);

  // Takes them away; the numbers stay.
  void remove();

 private:
  bool set_before(_xmlNode* node, long number, Arena& arena);

  std::vector<_xmlNode*> behind_;  // the node behind each
};

}  // namespace crawld::parsers
