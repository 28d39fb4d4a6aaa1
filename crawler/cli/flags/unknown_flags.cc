#include "crawler/cli/flags/unknown_flags.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

#include "CLI/CLI.hpp"
#include "config/nearest_name.h"

namespace crawld::cli {
namespace {

struct ForeignFlag {
  std::string_view names;  // each with a blank on both sides
  std::string_view here;
};

constexpr std::string_view kNoMirror =
    "pages are kept in the database; crawld export -f mirror -o DIRECTORY writes them to files";

// Of wget, Scrapy, HTTrack, katana and browsertrix.
constexpr ForeignFlag kForeign[] = {
    {" -m --mirror ",
     "leave it out: links are followed without limit, --recrawl visits again; crawld export -f "
     "mirror -o DIRECTORY writes files"},
    {" -k --convert-links ",
     "crawld export -f mirror -o DIRECTORY rewrites links; to trust any certificate: "
     "--no-check-certificate"},
    {" -E --adjust-extension --html-extension -K --backup-converted ", kNoMirror},
    {" -P --directory-prefix -O --output-document -nd --no-directories -nH --no-host-directories "
     "-x --force-directories --cut-dirs --restrict-file-names ",
     kNoMirror},
    {" -nc --no-clobber --continue ", "leave it out: known pages are not fetched again"},
    {" -N --timestamping ", "--recrawl visits known pages again, with conditional requests"},
    {" --spider ", "--no-store-body keeps no bodies; crawld report lists broken links"},
    {" -S --server-response ", "crawld fetch prints the headers of one URL, v_pages has all"},
    {" -b --background ", "crawld run is the daemon, for systemd"},
    {" --no-verbose ", "-q"},
    {" --progress --show-progress --no-progress ", "leave it out: progress is shown on a terminal"},
    {" --http2 --no-http2 ", "http2: false in a file (-c)"},
    {" --compression ", "leave it out: gzip, deflate, br and zstd are asked for"},
    {" --no-cache ", "--header 'Cache-Control: no-cache'"},
    {" --user --password --http-user --http-password ",
     "https://USER:PASSWORD@host/, or auth: in a file (-c)"},
    {" --referer ", "--header 'Referer: URL'"},
    {" --no-cookies ", "cookies: false in a file (-c)"},
    {" --connect-timeout --dns-timeout --read-timeout ", "timeout: in a file (-c), or -T for all"},
    {" --waitretry ", "retry_delay: in a file (-c)"},
    {" --accept-regex ", "--include re:EXPRESSION"},
    {" --reject-regex ", "--exclude re:EXPRESSION"},
    {" -I --include-directories ", "--include 'https://host/dir/*'"},
    {" -X --exclude-directories ", "--exclude 'https://host/dir/*'"},
    {" --exclude-domains ", "--exclude '*://host/*'"},
    {" --no-robots --robots --ignore-robots --robots-txt ", "-e robots=off"},
    {" --max-threads --workers --threads --jobs --connections ", "--concurrency N"},
    {" --rate-limit --rps ",
     "--delay TIME between requests to one host, --limit-rate SIZE over all"},
    {" --cookie --cookies --cookies-file ", "--load-cookies FILE"},
    {" --cookie-jar ", "--save-cookies FILE"},
    {" --insecure --ignore-ssl --ignore-https-errors ", "--no-check-certificate"},
    {" --hsts --hsts-file ", "leave it out: the database keeps what hosts say; --no-hsts"},
    {" --hsts-preload --hsts-preload-file ", "hosts are known by what they say, not by a list"},
    {" --bind-interface --interface --local-address --bind ", "--bind-address ADDRESS|INTERFACE"},
    {" --ipv4 ", "-4"},
    {" --ipv6 ", "-6"},
    {" --certificate-type --private-key-type ", "both files are read as PEM"},
    {" --cert --client-cert ", "--certificate FILE"},
    {" --key ", "--private-key FILE"},
    {" --secure-protocol --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 ",
     "--tls-min-version TLSv1.2 and its like, --tls-max-version"},
    {" --tls-max ", "--tls-max-version TLSv1.2 and its like"},
    {" --same-domain ", "--scope domain"},
    {" --sitemap --sitemaps ", "sitemaps are read by themselves; --no-follow sitemaps leaves them"},
    {" --sitemap-only --sitemaps-only --only-sitemap --only-sitemaps ",
     "-l 1 with the URL of the sitemap as the start"},
    {" --dry-run ", "crawld check -c FILE; crawld fetch URL tells what becomes of each link"},
    {" --format ", "-o FILE.jsonl or FILE.csv; crawld export has more"},
    {" --silent ", "-q"},
    {" --version ", "crawld --version"},
    {" --javascript --headless --render --js ", "no JavaScript is run"},
    {" --login ", "login:, auth:, headers: or cookie_file: in a file (-c)"},
    {" --warc-file --generateWACZ --generateCDX ",
     "crawld export -f warc -o FILE.warc.gz; --store-answers has bodies of errors in it"},
    {" --content-on-error ", "--store-answers"},
    {" --proxies --proxy-list --proxy-file ",
     "--proxy URL for each of them, or proxy: [URL, ...] in a file (-c)"},
    {" --no-proxy ", "leave it out: no proxy is used but by --proxy"},
    {" -s --set ", "settings stand in a file (-c); crawld check names the keys for Scrapy's"},
    {" -u --url --urls ", "give the URL alone, or -i FILE"},
    {" --seedFile --seed-file --list ", "-i FILE"},
    {" --limit --max-urls --page-limit ", "--max-pages N"},
    {" --scopeType ", "--scope page|prefix|host|domain|any"},
    {" --timeLimit ", "--max-time TIME"},
    {" --sizeLimit ", "--max-bytes SIZE"},
    {" --resume --update ", "leave it out: the same command goes on, --recrawl visits again"},
};

constexpr std::string_view kReaders = " why sql search diff export report audit backup ";
// What commands that read a database do not take.
constexpr ForeignFlag kOfDatabases[] = {
    {" -c --config ", "--db FILE names the database; it is the \"database\" of the file"}};

std::string_view here(std::span<const ForeignFlag> known, std::string_view flag) {
  const std::string searched = " " + std::string(flag) + " ";
  for (const ForeignFlag& foreign : known) {
    if (foreign.names.find(searched) != std::string_view::npos) return foreign.here;
  }
  return {};
}

// The flag that was meant: one or two letters away, or the longest word that both have whole, as
// "--max-depth" has "--depth". Empty: none.
std::string meant_by(std::string_view flag, const std::set<std::string>& names) {
  constexpr std::size_t kShortest = 4;
  const std::string_view word = flag.substr(2);
  std::string found;
  for (const std::string& name : names) {
    if (word.size() + 1 >= kShortest && config::is_slip(flag, name)) return name;
    const std::string_view known = std::string_view(name).substr(2);
    const bool within = word.find(known) != std::string_view::npos;
    if (within && known.size() >= kShortest && name.size() > found.size()) found = name;
  }
  return found;
}

bool is_flag(const std::string& word) { return word.size() > 1 && word.starts_with('-'); }

void collect_names(const CLI::App& app, std::set<std::string>& names) {
  for (const CLI::App* group : app.get_subcommands([](const CLI::App*) { return true; })) {
    collect_names(*group, names);
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.insert("--" + name);
  }
}

}  // namespace

std::string unknown_flags(const CLI::App& app, const std::vector<std::string>& flags) {
  const bool crawls = app.get_name() == "crawl" || app.get_name() == "fetch";
  const bool reads = kReaders.find(" " + app.get_name() + " ") != std::string_view::npos;
  const std::span<const ForeignFlag> foreign = crawls  ? std::span<const ForeignFlag>(kForeign)
                                               : reads ? std::span<const ForeignFlag>(kOfDatabases)
                                                       : std::span<const ForeignFlag>();
  const std::string see = "; see crawld help " + app.get_name();
  std::set<std::string> names;
  collect_names(app, names);
  // Words behind a flag that is not known may be its value, or what they were meant to be.
  const bool is_flag_unknown = std::any_of(flags.begin(), flags.end(), is_flag);
  std::string text;
  for (const std::string& word : flags) {
    if (is_flag_unknown && !is_flag(word)) continue;
    const std::string flag = word.substr(0, word.find('='));
    const std::string_view known = here(foreign, flag);
    text += text.empty() ? "" : "\n";
    if (!known.empty()) {
      text += flag + " is no flag here: " + std::string(known);
    } else if (flag.starts_with("--")) {
      const std::string meant = meant_by(flag, names);
      text +=
          flag + " is no flag here" + (meant.empty() ? see : "; did you mean \"" + meant + "\"?");
    } else {
      text += "\"" + word + "\" was not expected here" + see;
    }
  }
  return text;
}

}  // namespace crawld::cli
