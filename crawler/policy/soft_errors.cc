#include "crawler/policy/soft_errors.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "crawler/base/ascii.h"
#include "crawler/model/url.h"

namespace crawld::policy {
namespace {

constexpr std::size_t kShortText = 2'000;   // bytes: more than an error page has to say
constexpr std::size_t kLongestTitle = 200;  // bytes read of a title or heading

using Phrases = std::span<const std::string_view>;

constexpr std::string_view kNotFound[] = {"404",
                                          "error 404",
                                          "404 error",
                                          "http 404",
                                          "404 not found",
                                          "404 page not found",
                                          "404 file not found",
                                          "error 404 not found",
                                          "not found",
                                          "page not found",
                                          "file not found",
                                          "content not found",
                                          "page cannot be found",
                                          "page could not be found",
                                          "this page could not be found",
                                          "the page cannot be found",
                                          "page can't be found",
                                          "this page can't be found",
                                          "page doesn't exist",
                                          "page does not exist",
                                          "this page doesn't exist",
                                          "this page does not exist",
                                          "this page isn't available",
                                          "page unavailable",
                                          "page no longer exists",
                                          "we couldn't find that page",
                                          "we can't find that page",
                                          "seite nicht gefunden",
                                          "404 seite nicht gefunden",
                                          "fehler 404",
                                          "die seite wurde nicht gefunden",
                                          "page introuvable",
                                          "page non trouvée",
                                          "erreur 404",
                                          "página no encontrada",
                                          "pagina no encontrada",
                                          "error 404 página no encontrada",
                                          "página não encontrada",
                                          "pagina non trovata",
                                          "errore 404",
                                          "pagina niet gevonden",
                                          "sidan hittades inte",
                                          "siden blev ikke fundet",
                                          "siden ble ikke funnet",
                                          "sivua ei löytynyt",
                                          "strona nie została znaleziona",
                                          "nie znaleziono strony",
                                          "stránka nenalezena",
                                          "az oldal nem található",
                                          "sayfa bulunamadı",
                                          "страница не найдена",
                                          "Страница не найдена",
                                          "сторінку не знайдено",
                                          "Сторінку не знайдено",
                                          "ページが見つかりません",
                                          "お探しのページは見つかりませんでした",
                                          "页面不存在",
                                          "页面未找到",
                                          "找不到页面",
                                          "找不到網頁",
                                          "페이지를 찾을 수 없습니다"};

constexpr std::string_view kLogIn[] = {"log in",
                                       "login",
                                       "log-in",
                                       "sign in",
                                       "signin",
                                       "sign-in",
                                       "please log in",
                                       "please sign in",
                                       "log in to continue",
                                       "sign in to continue",
                                       "login required",
                                       "member login",
                                       "members only",
                                       "authentication required",
                                       "log in or sign up",
                                       "log into your account",
                                       "sign in to your account",
                                       "anmelden",
                                       "anmeldung",
                                       "einloggen",
                                       "bitte anmelden",
                                       "connexion",
                                       "se connecter",
                                       "identifiez-vous",
                                       "iniciar sesión",
                                       "inicia sesión",
                                       "iniciar sessão",
                                       "entrar",
                                       "accedi",
                                       "inloggen",
                                       "logga in",
                                       "log ind",
                                       "logg inn",
                                       "kirjaudu sisään",
                                       "zaloguj się",
                                       "logowanie",
                                       "přihlášení",
                                       "bejelentkezés",
                                       "giriş yap",
                                       "вход",
                                       "Вход",
                                       "войти",
                                       "Войти",
                                       "увійти",
                                       "Увійти",
                                       "ログイン",
                                       "登录",
                                       "登入",
                                       "로그인"};

// Words that part a title into its name and that of the site.
constexpr std::array<std::string_view, 12> kSeparators = {" | ", " - ",  " – ", " — ", " · ", " • ",
                                                          " » ", " :: ", ": ",  "!",   ". ",  ", "};

std::string folded(std::string_view text) {
  std::string out = base::ascii_lower(text.substr(0, kLongestTitle));
  // Typographic apostrophe.
  for (std::size_t at = out.find("’"); at != out.npos; at = out.find("’", at)) {
    out.replace(at, 3, "'");
  }
  return out;
}

constexpr std::string_view kEdges = " \t\r\n.?!:;,\"()[]";

bool holds(Phrases phrases, std::string_view text) {
  return std::find(phrases.begin(), phrases.end(), text) != phrases.end();
}

// Some part of `text` is one of `phrases` and nothing else.
bool says(std::string_view text, Phrases phrases) {
  const std::string low = folded(text);
  std::string_view rest = low;
  while (!rest.empty()) {
    std::size_t end = rest.size();
    std::size_t next = rest.size();
    for (const std::string_view separator : kSeparators) {
      const std::size_t at = rest.find(separator);
      if (at < end) {
        end = at;
        next = at + separator.size();
      }
    }
    if (holds(phrases, base::trim(rest.substr(0, end), kEdges))) return true;
    rest.remove_prefix(next);
  }
  return holds(phrases, base::trim(low, kEdges));
}

std::string_view first_heading(const model::ParsedPage& page) {
  for (const model::Heading& heading : page.headings) {
    if (heading.level == 1) return heading.text;
  }
  return page.headings.empty() ? std::string_view() : page.headings.front().text;
}

bool is_login_path(std::string_view path) {
  static constexpr std::string_view kSegments[] = {
      "login", "log-in",       "log_in", "signin", "sign-in",  "sign_in",   "logon",   "sso",
      "auth",  "authenticate", "oauth",  "oauth2", "anmelden", "connexion", "wp-login"};
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    std::string segment = folded(path.substr(0, end));
    if (const std::size_t dot = segment.find('.'); dot != segment.npos) segment.resize(dot);
    if (holds(kSegments, segment)) return true;
    path.remove_prefix(end);
  }
  return false;
}

}  // namespace

std::string_view soft_error(const model::Request& request, const model::ParsedPage& page) {
  if (page.kind != model::DocumentKind::html && page.kind != model::DocumentKind::xhtml) return {};
  const std::string_view heading = first_heading(page);
  const bool brief = page.text.size() < kShortText;
  const bool title_says = says(page.title, kNotFound);
  const bool heading_says = says(heading, kNotFound);
  if (title_says || heading_says) {
    const bool unlisted =
        std::find(page.robots.begin(), page.robots.end(), "noindex") != page.robots.end();
    // It was a page once, and its text is another now.
    const bool was_good = !request.history.content_hash.empty();
    if ((title_says && heading_says) || brief || unlisted || was_good) return "soft_404";
  }
  const bool login = says(page.title, kLogIn) || says(heading, kLogIn);
  if (login && page.asks_password && !is_login_path(request.url.path())) return "login_wall";
  return {};
}

bool leads_to_login(const model::Request& request, const model::Response& response) {
  const auto target = request.url.resolve(response.headers.get("Location"));
  if (!target || !is_login_path(target->path()) || is_login_path(request.url.path())) return false;
  // The way back stands in the query; or this was a page that anybody could read.
  return !target->query().empty() || !request.history.content_hash.empty();
}

}  // namespace crawld::policy
