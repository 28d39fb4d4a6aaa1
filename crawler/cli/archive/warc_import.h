// The answers of a WARC file, handed to an ImportStage.
//
// response: as fetched then. revisit: with the body of the version it names, which must
// be in the database. resource: as an answer 200. metadata next to one of them tells its
// depth and the page that held it. request, warcinfo, conversion and continuation records
// say nothing that is stored. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "crawler/base/result.h"
#include "crawler/pipeline/import_stage.h"
#include "storage/archive/archived_response.h"
#include "storage/archive/warc_reader.h"
#include "storage/bodies/body_reader.h"
#include "storage/database.h"

namespace crawld::cli {

struct ImportCounts {
  std::uint64_t records = 0;
  std::map<std::string, std::uint64_t> fates;    // pipeline::ImportFate as text
  std::map<std::string, std::uint64_t> skipped;  // by reason
  std::uint64_t queued = 0;                      // URLs of lists
  std::uint64_t known = 0;                       // URLs of lists that were known
};

class WarcImport {
 public:
  // `choose_site`: the site a URL belongs to; nothing when none wants it. All references
  // outlive the import; `database` is the store's own.
  using ChooseSite = std::function<std::optional<model::SiteId>(const model::Url&)>;
  WarcImport(pipeline::ImportStage& stage, storage::Database& database,
             const pipeline::SiteTable& sites, ChooseSite choose_site, std::string file,
             ImportCounts& counts)
      : stage_(stage),
        database_(database),
        bodies_(database),
        sites_(sites),
        choose_site_(std::move(choose_site)),
        file_(std::move(file)),
        counts_(counts) {}

  base::Status take(const storage::ArchiveRecord& record);
  // After the last record.
  base::Status finish();

 private:
  base::Status take_answer(const storage::ArchiveRecord& record, const std::string& type);
  base::Status take_metadata(const storage::ArchiveRecord& record);
  std::optional<pipeline::ArchivedAnswer> answer_frame(const storage::ArchiveRecord& record);
  base::Result<bool> fill_revisit(const storage::ArchiveRecord& record,
                                  storage::ArchivedResponse& archived);
  base::Status skip(const char* reason);

  pipeline::ImportStage& stage_;
  storage::Database& database_;
  storage::BodyReader bodies_;
  const pipeline::SiteTable& sites_;
  const ChooseSite choose_site_;
  const std::string file_;
  ImportCounts& counts_;
  // The last answer waits for its metadata, which comes behind it.
  std::optional<pipeline::ArchivedAnswer> pending_;
  std::string pending_id_;
};

}  // namespace crawld::cli
