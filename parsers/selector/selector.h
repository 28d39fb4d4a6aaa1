// CSS selectors over a page: Selectors Level 4 as far as a page that nobody looks
// at has meaning, plus `::text` and `::attr(name)` as scrapers write them.
//
// Beyond the standard: [a!=b], :contains() and :-soup-contains(-own)(), :matches()
// for :is(), and the namespaces html, svg, math (elements), xlink, xml (attributes)
// without declaration. States that need a user or a player (:hover, :target,
// :playing) are known and never match. ::before and its like match nothing.
// "&" stands for :scope. :empty lets white space pass (Selectors 4 section 14.2);
// :contains() compares text with its case; :has() may stand within :has().
//
// Matching goes from right to left and remembers, element by element, what it has
// found out: time is at most page x selector, whatever either looks like, and
// nothing recurses with the depth of the page.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/selector_document.h"

namespace crawld::parsers {

namespace selector {
struct Program;
}

// A compiled selector. Cheap to copy; threads: any number at once.
class Selector {
 public:
  // What a combinator at the start of one of the list's selectors means: a mistake, or
  // that it hangs on :scope ("> a, + dd").
  enum class Start : std::uint8_t { anywhere, may_be_relative };
  // Fails with what is wrong and at which byte.
  static base::Result<Selector> compile(std::string_view text, Start start = Start::anywhere);

  // The elements inside `scope` that match, in document order; null: of the whole
  // document. `scope` is what :scope stands for (null: the root element).
  std::vector<const GumboNode*> select(const HtmlTree& tree,
                                       const GumboNode* scope = nullptr) const;
  bool matches(const HtmlTree& tree, const GumboNode* element) const;

  // True where all of it ends in ::text or ::attr(): its result is text.
  bool yields_text() const;
  const std::string& text() const { return text_; }

 private:
  friend class SelectorMatcher;
  Selector() = default;

  std::string text_;
  // Shared, because it is immutable and copied with the rules that hold it.
  std::shared_ptr<const selector::Program> program_;
};

// One thing that a selector found: an element, or with ::text and ::attr() a piece
// of its text. Views point into the tree.
struct Selected {
  const GumboNode* element = nullptr;
  bool is_text = false;
  std::string_view text;
};

// One selector on one page; keeps what it learns between calls, so asking for many
// scopes is cheap. The document and the selector must outlive it. Threads: one.
class SelectorMatcher {
 public:
  SelectorMatcher(const Selector& selector, const SelectorDocument& document);
  ~SelectorMatcher();
  SelectorMatcher(SelectorMatcher&&) noexcept;

  // As Selector::select(). No more than `most` are looked for.
  std::vector<const GumboNode*> select(const GumboNode* scope = nullptr,
                                       std::size_t most = SIZE_MAX);
  // As select(), but with ::text and ::attr() carried out: each text node and each
  // attribute is one result, in document order and once. "p::text" means p's own text
  // nodes, "p ::text" all inside p; both may be asked of `scope` itself ("::attr(href)").
  std::vector<Selected> values(const GumboNode* scope = nullptr, std::size_t most = SIZE_MAX);
  // As values(), and what such as ":scope + dd" finds behind `scope`. Needs: scope.
  std::vector<Selected> values_around(const GumboNode* scope, std::size_t most = SIZE_MAX);
  bool matches(const GumboNode* element, const GumboNode* scope = nullptr);

 private:
  class Matching;
  std::unique_ptr<Matching> matching_;
};

}  // namespace crawld::parsers
