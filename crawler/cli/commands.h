// The commands of `crawld`: argv without the program's and the command's name in,
// exit code out. One file each, and a page of man/.
#pragma once

#include <string>
#include <vector>

namespace crawld::cli {

using Arguments = std::vector<std::string>;

int crawl_command(const Arguments& arguments);
int fetch_command(const Arguments& arguments);
int parse_command(const Arguments& arguments);
int inspect_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int demo_command(const Arguments& arguments);
int run_command(const Arguments& arguments);
int status_command(const Arguments& arguments);
int pause_command(const Arguments& arguments);
int resume_command(const Arguments& arguments);
int stop_command(const Arguments& arguments);
int reload_command(const Arguments& arguments);
int add_command(const Arguments& arguments);
int sql_command(const Arguments& arguments);
int why_command(const Arguments& arguments);
int search_command(const Arguments& arguments);
int export_command(const Arguments& arguments);
int import_command(const Arguments& arguments);
int diff_command(const Arguments& arguments);
int audit_command(const Arguments& arguments);
int backup_command(const Arguments& arguments);
int test_command(const Arguments& arguments);
int extract_command(const Arguments& arguments);
int report_command(const Arguments& arguments);

// `crawld ARGUMENTS...`: finds the command and runs it.
int run(const Arguments& arguments);

}  // namespace crawld::cli
