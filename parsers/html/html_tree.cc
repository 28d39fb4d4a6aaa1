#include "parsers/html/html_tree.h"

#include <csetjmp>
#include <unordered_map>

#include "crawler/base/utf8.h"
#include "parsers/html/arena.h"
#include "parsers/html/html_skeleton.h"

namespace crawld::parsers {
namespace {

// gumbo does not look at what its allocator returns, so beyond the cap the only
// way out is a jump over its (plain C) frames.
struct Allocation {
  Arena* arena;
  std::jmp_buf exhausted;
};

void* allocate(void* userdata, std::size_t bytes) {
  auto* allocation = static_cast<Allocation*>(userdata);
  void* room = allocation->arena->allocate(bytes);
  if (room == nullptr) std::longjmp(allocation->exhausted, 1);
  return room;
}

void release(void* userdata, void* room) {
  static_cast<Allocation*>(userdata)->arena->release(room);
}

// Null when the arena's cap is reached. No local here has a destructor that the
// jump could skip.
GumboOutput* parse_into(Arena* arena, std::string_view utf8) {
  Allocation allocation;
  allocation.arena = arena;
  if (setjmp(allocation.exhausted) != 0) return nullptr;
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = &allocation;
  options.max_errors = 0;  // the list of errors is quadratic in depth
  return gumbo_parse_with_options(&options, utf8.data(), utf8.size());
}

// The names of elements, each stored once.
class Names {
 public:
  explicit Names(Arena& arena) : arena_(arena) {}

  std::string_view of(const GumboElement& element) {
    if (element.tag_namespace == GUMBO_NAMESPACE_SVG && element.original_tag.length > 0) {
      GumboStringPiece name = element.original_tag;
      gumbo_tag_from_original_text(&name);
      if (const char* adjusted = gumbo_normalize_svg_tagname(&name)) return adjusted;
    }
    if (element.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(element.tag);
    return unknown(element);
  }

 private:
  std::string_view unknown(const GumboElement& element) {
    GumboStringPiece piece = element.original_tag;
    if (piece.length == 0) return "";
    gumbo_tag_from_original_text(&piece);
    lower_.assign(piece.data, piece.length);
    for (char& c : lower_) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    // A NUL in a name is read as U+FFFD (HTML 13.2.5.8).
    for (auto at = lower_.find('\0'); at != std::string::npos; at = lower_.find('\0', at)) {
      lower_.replace(at, 1, base::kReplacementCharacter);
    }
    if (auto found = known_.find(lower_); found != known_.end()) return found->second;
    std::string_view stored = arena_.copy(lower_);
    if (stored.data() == nullptr) return "";
    return known_.emplace(stored, stored).first->second;
  }

  Arena& arena_;
  std::string lower_;
  std::unordered_map<std::string_view, std::string_view> known_;
};

// Mutable here only: the tree is ours until it is handed out.
GumboVector& children_of(GumboNode* node) {
  return node->type == GUMBO_NODE_DOCUMENT ? node->v.document.children : node->v.element.children;
}

// Whether what stood between the first `before` nodes and those from `after` on kept apart
// what is one text.
bool parts_texts(const GumboVector& list, std::uint32_t before, std::uint32_t after) {
  const auto text_at = [&](std::uint32_t i) {
    return is_text(static_cast<const GumboNode*>(list.data[i]));
  };
  return before > 0 && text_at(before - 1) && after < list.length && text_at(after);
}

}  // namespace

HtmlTree::HtmlTree(const TreeLimits& limits) : arena_(std::make_unique<Arena>(limits.max_bytes)) {}
HtmlTree::HtmlTree(HtmlTree&&) noexcept = default;
HtmlTree& HtmlTree::operator=(HtmlTree&&) noexcept = default;
HtmlTree::~HtmlTree() = default;

std::size_t HtmlTree::bytes() const { return arena_->bytes(); }

std::optional<HtmlTree> HtmlTree::parse(std::string_view utf8, TreeLimits limits) {
  if (utf8.data() == nullptr) utf8 = "";
  HtmlTree tree(limits);
  {
    HtmlSkeleton skeleton(utf8, limits, *tree.arena_);
    if (!skeleton.within_limits()) return std::nullopt;
    if (skeleton.usable() && tree.build(skeleton.html(), &skeleton)) return tree;
  }
  // Read as a whole the page takes more, and room for both would be needed at once.
  if (tree.arena_->exhausted()) return std::nullopt;
  tree = HtmlTree(limits);
  if (!tree.build(utf8, nullptr)) return std::nullopt;
  return tree;
}

std::optional<HtmlTree> HtmlTree::parse_whole(std::string_view utf8, TreeLimits limits) {
  if (utf8.data() == nullptr) utf8 = "";
  HtmlTree tree(limits);
  if (!HtmlSkeleton(utf8, limits, *tree.arena_).within_limits()) return std::nullopt;
  if (!tree.build(utf8, nullptr)) return std::nullopt;
  return tree;
}

bool HtmlTree::build(std::string_view html, HtmlSkeleton* skeleton) {
  const GumboOutput* output = parse_into(arena_.get(), html);
  if (output == nullptr || output->root == nullptr) return false;
  document_ = output->document;
  root_ = output->root;
  quirks_ = output->document->v.document.doc_type_quirks_mode == GUMBO_DOCTYPE_QUIRKS;
  return number_elements(skeleton);
}

// False where the tree is not that of the skeleton's page.
bool HtmlTree::number_elements(HtmlSkeleton* skeleton) {
  struct Open {
    GumboNode* node;
    std::uint32_t next_child = 0;
    std::uint32_t kept = 0;  // of the children before it
  };
  Names names(*arena_);
  std::vector<Open> open;
  std::vector<GumboNode*> templates;
  auto enter = [&](GumboNode* node, std::uint32_t depth) {
    GumboElement& element = node->v.element;
    if (skeleton != nullptr && !skeleton->restore_element(element)) return false;
    std::string_view name = names.of(element);
    element.original_end_tag = {name.data(), name.size()};
    element.start_pos.line = static_cast<unsigned>(elements_.size());
    element.start_pos.column = depth;
    elements_.push_back(node);
    return true;
  };
  // Each turn numbers one subtree: the document, then the templates met in it.
  auto number = [&](GumboNode* top, std::uint32_t top_depth) {
    open.push_back({top});
    while (!open.empty()) {
      Open& at = open.back();
      GumboVector& list = children_of(at.node);
      if (at.next_child == list.length) {
        list.length = at.kept;
        open.pop_back();
        continue;
      }
      auto* child = static_cast<GumboNode*>(list.data[at.next_child++]);
      if (skeleton != nullptr && skeleton->takes_out(child)) {
        if (parts_texts(list, at.kept, at.next_child)) return false;
        continue;
      }
      list.data[at.kept] = child;
      child->parent = at.node;
      child->index_within_parent = at.kept++;
      if (!is_element(child)) {
        if (skeleton != nullptr && !skeleton->restore_text(child)) return false;
        continue;
      }
      if (!enter(child, top_depth + static_cast<std::uint32_t>(open.size()))) return false;
      if (child->type == GUMBO_NODE_TEMPLATE) {
        templates.push_back(child);
      } else {
        open.push_back({child});
      }
    }
    return true;
  };
  if (!number(const_cast<GumboNode*>(document_), 0)) return false;
  in_document_ = elements_.size();
  for (std::size_t i = 0; i < templates.size(); ++i) {
    if (!number(templates[i], element_depth(templates[i]))) return false;
  }
  return skeleton == nullptr || skeleton->restored();
}

std::span<const GumboNode* const> children(const GumboNode* node) {
  const GumboVector* list = nullptr;
  if (node->type == GUMBO_NODE_DOCUMENT) list = &node->v.document.children;
  if (is_element(node)) list = &node->v.element.children;
  if (list == nullptr || list->length == 0) return {};
  return {reinterpret_cast<const GumboNode* const*>(list->data), list->length};
}

const GumboNode* next_node(const GumboNode* node, const GumboNode* top) {
  auto inside = children(node);
  return inside.empty() ? next_outside(node, top) : inside.front();
}

const GumboNode* next_outside(const GumboNode* node, const GumboNode* top) {
  while (node != top && node->parent != nullptr) {
    auto siblings = children(node->parent);
    if (node->index_within_parent + 1 < siblings.size()) {
      return siblings[node->index_within_parent + 1];
    }
    node = node->parent;
  }
  return nullptr;
}

const GumboNode* parent_element(const GumboNode* node) {
  return node->parent != nullptr && is_element(node->parent) ? node->parent : nullptr;
}

const GumboNode* next_element(const GumboNode* node) {
  if (node->parent == nullptr) return nullptr;
  auto siblings = children(node->parent);
  for (std::size_t i = node->index_within_parent + 1; i < siblings.size(); ++i) {
    if (is_element(siblings[i])) return siblings[i];
  }
  return nullptr;
}

std::optional<std::string_view> attribute(const GumboNode* element, std::string_view name) {
  return attribute(element, GUMBO_ATTR_NAMESPACE_NONE, name);
}

std::optional<std::string_view> attribute(const GumboNode* element,
                                          GumboAttributeNamespaceEnum name_space,
                                          std::string_view name) {
  if (!is_element(element)) return std::nullopt;
  const GumboVector& list = element->v.element.attributes;
  for (unsigned i = 0; i < list.length; ++i) {
    const auto* held = static_cast<const GumboAttribute*>(list.data[i]);
    if (held->attr_namespace == name_space && name == held->name) return held->value;
  }
  return std::nullopt;
}

std::string text_content(const GumboNode* node) {
  std::string text;
  const GumboNode* at = node;
  while (at != nullptr) {
    if (is_text(at)) text += at->v.text.text;
    bool passed_over = at->type == GUMBO_NODE_TEMPLATE && at != node;
    at = passed_over ? next_outside(at, node) : next_node(at, node);
  }
  return text;
}

}  // namespace crawld::parsers
