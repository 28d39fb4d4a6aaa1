// Who waits to hear that what he handed to the books would be known after a kill.
//
// A URL that is known already is asked for again by the batch behind the one that it came with.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace crawld::pipeline {

// Set once all that came with it, and before it, stands in the store. Null: nobody waits. Threads:
// set by the commit stage's, read by any.
using Receipt = std::shared_ptr<std::atomic<bool>>;

// Threads: the commit stage's.
class Receipts {
 public:
  // `asks_again`: known URLs that came with it, or before it, are not asked for yet.
  void add(Receipt receipt, bool asks_again) {
    if (receipt) (asks_again ? of_asked_ : of_batch_).push_back(std::move(receipt));
  }
  // The batch stands in the store.
  void written() {
    for (const Receipt& receipt : of_batch_) receipt->store(true);
    of_batch_.clear();
  }
  // All known URLs are asked for by the batch that is open now, or, where none is, need not be.
  void asked(bool batch_is_open) {
    for (Receipt& receipt : of_asked_) of_batch_.push_back(std::move(receipt));
    of_asked_.clear();
    if (!batch_is_open) written();
  }

 private:
  std::vector<Receipt> of_batch_;
  std::vector<Receipt> of_asked_;
};

}  // namespace crawld::pipeline
