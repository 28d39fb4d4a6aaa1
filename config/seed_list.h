// The seeds of a site, in their order. There may be millions: they stand one behind the other in
// one text, and copies share it.
//
// Threads: as a string; copies count as others.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::config {

class SeedList {
 public:
  SeedList() = default;
  SeedList(std::initializer_list<std::string_view> seeds);
  SeedList(const std::vector<std::string>& seeds);  // NOLINT(google-explicit-constructor)

  // Where copies share the text, this one gets a text of its own.
  void push_back(std::string_view seed);
  void clear() { list_.reset(); }

  std::size_t size() const { return list_ ? list_->ends.size() : 0; }
  bool empty() const { return size() == 0; }
  // Views hold until this list, or the last copy that shares its text, changes or goes.
  std::string_view operator[](std::size_t place) const;  // Needs: place < size().
  std::string_view front() const { return (*this)[0]; }
  std::string_view back() const { return (*this)[size() - 1]; }

  class Iterator {
   public:
    Iterator(const SeedList& list, std::size_t place) : list_(&list), place_(place) {}
    std::string_view operator*() const { return (*list_)[place_]; }
    Iterator& operator++() {
      ++place_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return place_ == other.place_; }

   private:
    const SeedList* list_;
    std::size_t place_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  bool operator==(const SeedList& other) const;

 private:
  struct List {
    std::string text;
    std::vector<std::size_t> ends;
  };
  // Shared by copies, of which none writes into it. Null: empty.
  std::shared_ptr<List> list_;
};

}  // namespace crawld::config
