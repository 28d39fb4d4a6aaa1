#include "parsers/html/page_scan_tree.h"

#include <algorithm>
#include <type_traits>

namespace crawld::parsers {
namespace {

// Enough for all but one page in a thousand.
constexpr std::size_t kMostNodesKept = 64 << 10;

}  // namespace

void Outline::reset(std::string_view input) {
  input_ = input;
  nodes_.clear();
  links_.clear();
  attributes_.clear();
  nodes_.emplace_back();
}

void Outline::forget_large() {
  const auto forget = [](auto& list) {
    if (list.capacity() > kMostNodesKept) std::remove_reference_t<decltype(list)>().swap(list);
  };
  forget(nodes_);
  forget(links_);
  forget(attributes_);
}

std::uint32_t Outline::add_clone(std::uint32_t original) {
  OutlineNode& node = add();
  node = nodes_[original];
  node.parent = 0;
  node.is_open = node.is_placed = false;
  return newest();
}

void Outline::add_missing_attributes(std::uint32_t node, const std::vector<Attribute>& attributes) {
  std::vector<Attribute> all(this->attributes(nodes_[node]).begin(),
                             this->attributes(nodes_[node]).end());
  const std::size_t before = all.size();
  for (const Attribute& attribute : attributes) {
    const bool there = std::any_of(
        all.begin(), all.end(), [&](const Attribute& other) { return other.id == attribute.id; });
    if (!there) all.push_back(attribute);
  }
  if (all.size() == before) return;
  nodes_[node].begin = static_cast<std::uint32_t>(attributes_.size());
  nodes_[node].size = static_cast<std::uint32_t>(all.size());
  attributes_.insert(attributes_.end(), all.begin(), all.end());
}

void Outline::link_all() {
  if (!links_.empty()) return;
  links_.resize(nodes_.size());
  for (std::uint32_t node = 1; node < nodes_.size(); ++node) {
    if (nodes_[node].is_placed) link(nodes_[node].parent, 0, node);
  }
}

void Outline::link(std::uint32_t parent, std::uint32_t before, std::uint32_t child) {
  nodes_[child].parent = parent;
  nodes_[child].is_placed = true;
  Links& links = links_[child];
  links.next = before;
  links.previous = before == 0 ? links_[parent].last : links_[before].previous;
  (links.previous == 0 ? links_[parent].first : links_[links.previous].next) = child;
  (before == 0 ? links_[parent].last : links_[before].previous) = child;
}

void Outline::remove(std::uint32_t child) {
  OutlineNode& node = nodes_[child];
  if (!node.is_placed) return;
  link_all();
  Links& links = links_[child];
  (links.previous == 0 ? links_[node.parent].first : links_[links.previous].next) = links.next;
  (links.next == 0 ? links_[node.parent].last : links_[links.next].previous) = links.previous;
  links.previous = links.next = 0;
  node.parent = 0;
  node.is_placed = false;
}

void Outline::move_children(std::uint32_t from, std::uint32_t to) {
  link_all();
  for (std::uint32_t child = links_[from].first; child != 0; child = links_[child].next) {
    nodes_[child].parent = to;
  }
  links_[to].first = links_[from].first;
  links_[to].last = links_[from].last;
  links_[from].first = links_[from].last = 0;
}

}  // namespace crawld::parsers
