#include "parsers/page_scan_tree.h"

#include <algorithm>

namespace crawld::parsers {

void Outline::reset(std::string_view input) {
  input_ = input;
  nodes_.clear();
  attributes_.clear();
  nodes_.emplace_back();
}

std::uint32_t Outline::add_text(std::string_view raw, TextMode mode) {
  OutlineNode& node = nodes_.emplace_back();
  node.begin = static_cast<std::uint32_t>(raw.data() - input_.data());
  node.size = static_cast<std::uint32_t>(raw.size());
  node.mode = mode;
  node.is_text = true;
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Outline::add_element(Tag tag, Space space, const std::vector<Attribute>& attributes) {
  OutlineNode& node = nodes_.emplace_back();
  node.begin = static_cast<std::uint32_t>(attributes_.size());
  node.size = static_cast<std::uint32_t>(attributes.size());
  node.tag = tag;
  node.space = space;
  attributes_.insert(attributes_.end(), attributes.begin(), attributes.end());
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Outline::add_clone(std::uint32_t original) {
  OutlineNode node;
  node.begin = nodes_[original].begin;
  node.size = nodes_[original].size;
  node.tag = nodes_[original].tag;
  node.space = nodes_[original].space;
  node.in_noscript = nodes_[original].in_noscript;
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
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

void Outline::insert(std::uint32_t parent, std::uint32_t before, std::uint32_t child) {
  OutlineNode& node = nodes_[child];
  node.parent = parent;
  node.next = before;
  node.previous = before == 0 ? nodes_[parent].last : nodes_[before].previous;
  if (node.previous == 0)
    nodes_[parent].first = child;
  else
    nodes_[node.previous].next = child;
  if (before == 0)
    nodes_[parent].last = child;
  else
    nodes_[before].previous = child;
}

void Outline::remove(std::uint32_t child) {
  OutlineNode& node = nodes_[child];
  // An element that was removed before has no parent but may look like the document's child.
  if (node.previous == 0 && nodes_[node.parent].first != child) return;
  if (node.previous == 0)
    nodes_[node.parent].first = node.next;
  else
    nodes_[node.previous].next = node.next;
  if (node.next == 0)
    nodes_[node.parent].last = node.previous;
  else
    nodes_[node.next].previous = node.previous;
  node.parent = node.previous = node.next = 0;
}

void Outline::move_children(std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t child = nodes_[from].first; child != 0; child = nodes_[child].next) {
    nodes_[child].parent = to;
  }
  nodes_[to].first = nodes_[from].first;
  nodes_[to].last = nodes_[from].last;
  nodes_[from].first = nodes_[from].last = 0;
}

}  // namespace crawld::parsers
