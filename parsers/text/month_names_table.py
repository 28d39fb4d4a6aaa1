#!/usr/bin/env python3
"""Writes parsers/text/month_names_table.cc: the names of months in CLDR (python3-babel has them).

Run as `/usr/bin/python3 parsers/text/month_names_table.py | clang-format > parsers/text/month_names_table.cc`.
Sorted by the bytes of the word, so that one word is one range.
"""
import re
import sys
import unicodedata

from babel import Locale

LANGUAGES = ("af ar az bg bn bs ca cs da de el es et eu fa fi fr ga gl he hi hr hu hy id is it ka "
             "kk lt lv mk ml ms nb nl pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur uz").split()
LEAST_LETTERS = 4  # of a name that is believed in any language


def is_word(text):
    return text != "" and all(unicodedata.category(c)[0] in "LM" for c in text)


def names():
    """(word, language) -> months"""
    found = {}
    for language in LANGUAGES:
        months = Locale(language).months
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in months[use][width].items():
                    word = re.sub("[.\u05f3']+$", "", name.lower())
                    words = [word, "\u05d1" + word] if language == "he" else [word]
                    for one in words:
                        if is_word(one):
                            found.setdefault((one, language), set()).add(month)
    return found


def main():
    found = {key: months for key, months in names().items() if len(months) == 1}
    anywhere = {}
    for (word, _), months in found.items():
        anywhere.setdefault(word, set()).update(months)
    common = {word: months for word, months in anywhere.items()
              if len(months) == 1 and sum(c.isalpha() for c in word) >= LEAST_LETTERS}
    rows = [(word, "", *months) for word, months in common.items()]
    rows += [(word, language, *months) for (word, language), months in found.items()
             if word not in common]
    rows.sort(key=lambda row: (row[0].encode(), row[1]))
    out = sys.stdout
    out.write("// Made by month_names_table.py from CLDR; do not edit.\n")
    out.write('#include "parsers/text/month_names.h"\n\nnamespace crawld::parsers {\n\n')
    out.write("const MonthName kMonthNames[] = {\n    ")
    out.write(",\n    ".join(f'{{"{word}", "{language}", {month}}}' for word, language, month in rows))
    out.write("};\n\nconst std::size_t kMonthNameCount = std::size(kMonthNames);\n\n"
              "}  // namespace crawld::parsers\n")


main()
