// Pages whose texts are nearly the same, in clusters: what the view v_near_dups tells to any
// SQLite client, for `crawld report`. The view joins a list of all pages with itself ten times,
// a minute and more for a million pages; this takes some seconds and at most 80 bytes of memory a
// page.
//
// Two texts are near where their 64-bit simhashes differ in three bits at most. Of five blocks of
// bits two at least are equal then, so only prints that share two blocks are compared (Manku, Jain,
// Das Sarma: Detecting Near-Duplicates for Web Crawling, WWW 2007, section 3).
//
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"
#include "storage/reports/query.h"

namespace crawld::storage {

struct PagePrint {
  std::uint64_t simhash = 0;
  PageId page = 0;
};

struct NearPage {
  PageId cluster = 0;  // the leader's leader
  PageId page = 0;
};

// The pages that are near to another one, by cluster and then by page. The leader of a print is the
// first page that is near it; a cluster is what has the leader's leader in common, so that what
// hangs together over one more print is one cluster.
std::vector<NearPage> find_near_pages(std::span<const PagePrint> pages);

// A row a cluster whose pages are not all the same to the byte: cluster, urls, one, another; the
// largest 200 first. Of each URL its newest page counts, if its status is 200.
base::Status report_near_duplicates(Database& reader, QueryRows& rows);

}  // namespace crawld::storage
