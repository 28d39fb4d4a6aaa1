#include "crawler/cli/flags/unknown_command.h"

#include <string_view>

#include "config/nearest_name.h"
#include "crawler/base/escape.h"
#include "crawler/cli/flags/url_list.h"

namespace crawld::cli {
namespace {

struct ForeignCommand {
  std::string_view names;  // each with a blank on both sides
  std::string_view here;
};

// Of Scrapy, Nutch, HTTrack, browsertrix and SQLite.
constexpr ForeignCommand kForeign[] = {
    {" mirror copy ", "crawld crawl -p URL, and then crawld export -f mirror -o DIRECTORY"},
    {" inject seed ",
     "crawld add hands URLs to a running crawl, crawld crawl -i FILE starts with them"},
    {" continue update ",
     "crawld crawl goes on where it was; with --recrawl it asks known pages again"},
    {" list ls show dump ", "crawld export -f urls, or crawld sql"},
    {" stats readdb info summary ", "crawld report"},
    {" shell view parsechecker indexchecker ",
     "crawld fetch URL shows an answer, crawld parse what is read of it"},
    {" filterchecker normalizerchecker explain ", "crawld why URL, crawld inspect url"},
    {" runspider spider start ",
     "crawld crawl URL, crawld crawl -c FILE, or crawld run -c FILE as a service"},
    {" genspider startproject init ",
     "there is nothing to make: crawld crawl URL, or a file of sites behind -c"},
    {" serve replay ",
     "crawld export -f wacz is what players of web archives read; -f mirror writes files"},
    {" log logs ", "crawld sql \"SELECT * FROM fetches\", crawld crawl -v"},
    {" delete purge prune clean ",
     "keep: in a file (-c) says what goes; a crawl is its database file"},
    {" validate lint ", "crawld check -c FILE"},
    {" query select ", "crawld sql \"SELECT ...\""},
    {" grep find ", "crawld search WORDS"},
    {" restore ", "a backup is a database: --db FILE crawls on in it"},
};

}  // namespace

std::string unknown_command(const std::string& word, const std::set<std::string>& commands) {
  const std::string told = "there is no command \"" + base::printable(word.substr(0, 200)) + "\"; ";
  if (url_as_listed(word)) return told + "to crawl it: crawld crawl URL";
  if (word.starts_with('-')) return told + "options stand behind one: crawld crawl --help";
  for (const ForeignCommand& foreign : kForeign) {
    if (foreign.names.find(" " + word + " ") != std::string_view::npos) {
      return told + std::string(foreign.here);
    }
  }
  const std::string nearest = config::nearest_name(word, commands);
  return told + (nearest.empty() ? "see crawld --help" : "did you mean \"" + nearest + "\"?");
}

}  // namespace crawld::cli
