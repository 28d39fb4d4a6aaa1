#include "parsers/main_text/main_text_words.h"

#include <array>

namespace crawld::parsers {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

struct ClassWords {
  ClassHint hint;
  std::string_view words;
};

constexpr ClassWords kClassWords[] = {
    {ClassHint::comment,
     "comment comments disqus discussion discussions reply replies respond kommentar kommentare "
     "commentaire commentaires comentario comentarios livefyre feedback reactions komentar "
     "commentlist usercomment talkback forum thread"},
    {ClassHint::related,
     "related recommend recommended recommendation recommendations recommends similar popular "
     "trending trends mostread latest recent next previous prev outbrain taboola readmore further "
     "weitere suggested suggestions more also viewed topstories verwandte yarpp crosslink "
     "mostpopular siblings alsoread"},
    {ClassHint::share,
     "share sharing shares social facebook twitter pinterest whatsapp addthis addtoany follow "
     "shariff like likes sharedaddy sharethis socials instagram linkedin telegram teilen sns"},
    {ClassHint::navigation,
     "nav navigation menu menus navbar breadcrumb breadcrumbs toolbar skip sitemap submenu navi "
     "dropdown tabs topbar toc crumbs crumb nav menubar offcanvas hamburger megamenu skiplink"},
    {ClassHint::footer, "footer foot colophon bottom imprint copyright legal disclaimer impressum"},
    {ClassHint::header, "header head masthead logo banner branding siteheader kopf"},
    {ClassHint::sidebar,
     "sidebar aside widget widgets rail side marginal sidebox infobox factbox textwidget "
     "secondary complementary supplemental extra marginalia portlet"},
    {ClassHint::advert,
     "ad ads advert adverts advertisement advertising adsense sponsor sponsored sponsors promo "
     "promotion promos promoted dfp gpt commercial anzeige anzeigen werbung affiliate adslot "
     "adunit adbox publicidad adcontainer adwrapper inread billboard leaderboard"},
    {ClassHint::newsletter,
     "newsletter newsletters subscribe subscription signup optin mailing mailchimp email mail "
     "callout cta donate donation spenden abo"},
    {ClassHint::byline,
     "byline author authors date time meta timestamp published posted dateline contributor bio "
     "profile vcard autor datum postmeta info pubdate avatar writer reporter metadata entrymeta "
     "authorbox posttime publish updated fecha modified"},
    {ClassHint::tags,
     "tag tags category categories topics topic keywords labels label taxonomy catlinks cats cat "
     "tagcloud hashtags rubrik kategorie schlagworte"},
    {ClassHint::caption,
     "caption captions credit credits image images img photo photos picture figure figcaption "
     "bild bildunterschrift bu foto thumb thumbnail media copyright attribution legende imagen"},
    {ClassHint::popup,
     "cookie cookies consent gdpr modal popup overlay dialog lightbox notice alert privacy toast "
     "cmp interstitial notification tooltip popover ccpa browsehappy"},
    {ClassHint::login,
     "login paywall account signin register registration premium member members user piano "
     "regwall meter logout password"},
    {ClassHint::content,
     "content contents article articles post entry page main maincontent hentry inhalt artikel "
     "beitrag contenu contenido conteudo primary pagecontent blogpost news contenuto nota "
     "single"},
    {ClassHint::body_text,
     "body story text articlebody bodytext copy paragraph paragraphs prose markdown richtext "
     "rte storybody articletext postbody texte texto fliesstext detail details articlecontent "
     "entrycontent postcontent fulltext newstext storytext testo wysiwyg textblock msonormal"},
    {ClassHint::title,
     "title titles headline headlines heading hed titel subtitle subheading ueberschrift titulo "
     "pagetitle titre überschrift"},
    {ClassHint::lead,
     "lead lede intro introduction summary excerpt standfirst abstract dek description vorspann "
     "subhead kicker chapeau bajada introtext deck einleitung leadtext synopsis"},
    {ClassHint::list,
     "list lists card cards grid item items tile tiles feed archive results result listing row "
     "col column box boxes block loop"},
    {ClassHint::hidden,
     "hidden hide invisible sr visually screenreader noprint print visuallyhidden printonly "
     "mobileonly collapsed off"},
    {ClassHint::gallery,
     "gallery galleries slider slideshow carousel swiper video videos player audio slide slides "
     "playlist embed lightslider youtube podcast"},
    {ClassHint::pager, "pagination pager paging pagenav paginator postnav pages seiten"},
    {ClassHint::form,
     "form search input field button buttons btn contact suche suchen searchform formular kontakt "
     "submit select"},
    {ClassHint::quote, "quote blockquote pullquote quotes zitat citation cite tweet"},
    {ClassHint::teaser, "teaser teasers preview snippet highlight highlights promoitem linklist"},
    {ClassHint::tools,
     "tools tool actions action rating ratings vote votes print stats views counter edit utility "
     "utilities service services toggle control controls icon icons"},
};

struct CueWords {
  Cue cue;
  std::string_view words;
};

constexpr CueWords kCueWords[] = {
    {Cue::share,
     "share tweet teilen facebook twitter whatsapp pinterest email e-mail print drucken partager "
     "compartir imprimir linkedin instagram telegram reddit follow folgen xing flipboard merken "
     "empfehlen like youtube tumblr messenger condividi udostępnij delen"},
    {Cue::comment,
     "comment comments kommentar kommentare commentaires commentaire comentarios reply antworten "
     "respond schreibe antwort responses kommentieren replies antwortenabbrechen comentar "
     "commenti trackback trackbacks pingback discussion diskussion diskutieren"},
    {Cue::related,
     "related read also recommended more mehr auch weiterlesen weitere lesen lire aussi leer más "
     "ähnliche interessieren popular latest neueste trending previous next vorheriger nächster "
     "zurück weiter articles artikel beiträge posts stories themen topics empfohlene meistgelesen "
     "vorherige nächste thema related: recent archiv archive archives leggi anche noticias"},
    {Cue::legal,
     "copyright rights reserved rechte vorbehalten impressum datenschutz privacy policy terms agb "
     "licence license disclaimer datenschutzerklärung conditions derechos reservados "
     "nutzungsbedingungen urheberrecht imprint haftungsausschluss trademark"},
    {Cue::subscribe,
     "subscribe newsletter sign abonnieren abonnement anmelden register login registrieren inbox "
     "account password subscription abonnez suscríbete abo anmeldung registrierung einloggen "
     "subscriber subscribers signup log passwort rss feed kostenlos donate spenden support"},
    {Cue::cookie,
     "cookie cookies browser javascript consent accept zustimmen akzeptieren einwilligung "
     "adblocker "
     "gdpr dsgvo tracking enable aktivieren"},
    {Cue::byline,
     "by von posted published veröffentlicht author autor autorin updated aktualisiert uhr written "
     "geschrieben categories kategorie kategorien tags filed stand schlagwörter tagged category "
     "posté publié publicado redaktion editor reporter staff admin january february march april "
     "june july august september october november december januar februar märz juni juli oktober "
     "dezember am pm ago min minutes lesezeit"},
    {Cue::credit,
     "photo foto image bild getty reuters afp dpa quelle source credit courtesy bildquelle picture "
     "fotos images shutterstock photos bilder istock picture-alliance imago pixabay unsplash "
     "bildnachweis fotograf photograph photographer photograf"},
    {Cue::advert,
     "advertisement anzeige werbung sponsored publicidad publicité advertising ad ads"},
    {Cue::function_word,
     "the of and to in is that for it was on with as are at be this have from or an not but which "
     "they were their has his her he she you we will would can been had its if when there who what "
     "der die und das ist den zu mit im ein eine auf für nicht es sich dem des als auch wird an "
     "sind bei oder wie einen sie wir er ich hat dass nach aus um nur noch kann man aber einer "
     "le la les des et est un une dans que qui pour sur pas du il ne se par au plus avec ce "
     "el los las en del que por con para una su al lo como más pero sus ha fue "
     "il di che non per una sono con del della "
     "o os as em um uma do da no na dos das não mais ao "
     "het een van ik niet dat op te zijn met voor er aan "
     "w i na z do nie się jest to że od o "
     "och att det som en på är av för med den till inte om i"},
};

template <class Value, std::size_t kSlots>
class WordTable {
 public:
  static_assert((kSlots & (kSlots - 1)) == 0);

  // The first meaning given to a word stays its primary one; bits are joined.
  template <class Join>
  void add(std::string_view words, Value value, Join join) {
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      std::uint32_t hash = kWordSeed;
      for (const char c : words.substr(0, end)) {
        hash = word_hash_step(hash, static_cast<unsigned char>(c));
      }
      auto& slot = slot_of(hash);
      slot.hash = hash;
      slot.value = join(slot.value, value);
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }
  Value find(std::uint32_t hash) const {
    for (std::size_t at = hash & (kSlots - 1);; at = (at + 1) & (kSlots - 1)) {
      if (slots_[at].hash == hash) return slots_[at].value;
      if (slots_[at].hash == 0) return Value{};
    }
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    Value value{};
  };
  Slot& slot_of(std::uint32_t hash) {
    std::size_t at = hash & (kSlots - 1);
    while (slots_[at].hash != 0 && slots_[at].hash != hash) at = (at + 1) & (kSlots - 1);
    return slots_[at];
  }
  std::array<Slot, kSlots> slots_{};
};

using ClassTable = WordTable<ClassHints, 2048>;
using CueTable = WordTable<Cue, 2048>;

const ClassTable& class_table() {
  static const ClassTable table = [] {
    ClassTable made;
    for (const auto& [hint, words] : kClassWords) {
      made.add(words, bit(hint), [](ClassHints a, ClassHints b) { return a | b; });
    }
    return made;
  }();
  return table;
}

const CueTable& cue_table() {
  static const CueTable table = [] {
    CueTable made;
    for (const auto& [cue, words] : kCueWords) {
      made.add(words, cue, [](Cue a, Cue b) { return a == Cue::none ? b : a; });
    }
    return made;
  }();
  return table;
}

constexpr std::size_t kShortestPart = 4;  // of a run-together word: "more" in "readmore"
constexpr std::size_t kLongestWord = 32;  // longer ones are machine-made

// "sharebar" begins with "share", "articlebody" is known as a whole.
ClassHints word_hints(std::string_view word) {
  if (word.size() > kLongestWord) return 0;
  const auto& table = class_table();
  std::uint32_t hash = kWordSeed;
  ClassHints beginning = 0;
  std::size_t cut = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    hash = word_hash_step(hash, static_cast<unsigned char>(lower(word[i])));
    if (i + 1 < kShortestPart || i + 1 == word.size()) continue;
    if (const auto hints = table.find(hash)) {
      beginning = hints;
      cut = i + 1;
    }
  }
  if (const auto whole = table.find(hash)) return whole;
  if (beginning == 0) return 0;
  std::uint32_t rest = kWordSeed;
  for (const char c : word.substr(cut)) {
    rest = word_hash_step(rest, static_cast<unsigned char>(lower(c)));
  }
  return beginning | table.find(rest);
}

}  // namespace

ClassHints class_hints(std::string_view attribute) {
  ClassHints hints = 0;
  std::size_t start = 0;
  const auto is_letter = [](char c) { return is_lower(c) || is_upper(c); };
  for (std::size_t i = 0; i <= attribute.size(); ++i) {
    const bool inside = i < attribute.size() && is_letter(attribute[i]);
    const bool hump = inside && i > start && is_upper(attribute[i]) && is_lower(attribute[i - 1]);
    if (inside && !hump) continue;
    if (i > start + 1) hints |= word_hints(attribute.substr(start, i - start));
    start = hump ? i : i + 1;
  }
  return hints;
}

Cue cue_of(std::uint32_t word_hash) { return cue_table().find(word_hash); }

}  // namespace crawld::parsers
