# bash completion for crawld. The program itself says what it knows, so this cannot lag behind.
_crawld_commands() { crawld --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p'; }
_crawld_options() { crawld help "$1" 2>/dev/null | sed -nE '/^ +-/p' | sed -E 's/^( +[^ ]+).*/\1/' | grep -oE -- '--?[A-Za-z0-9][A-Za-z0-9-]*'; }

# What may stand behind the option (or as the argument) $2 of command $1, one of a few words.
_crawld_choices() {
  case $2 in
    --tls-min-version | --tls-max-version) echo 'system TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3' ;;
    --scope) echo 'page prefix host domain any' ;;
    --prefer-family) echo 'none IPv4 IPv6' ;;
    --sandbox) echo 'required off' ;;
    -e | --execute) echo 'robots=off' ;;
    --follow) echo 'sitemaps usual-sitemaps nofollow forms' ;;
    --no-follow) echo 'sitemaps' ;;
    *[!A-Za-z-]*) ;;
    -* | KIND) crawld help "$1" 2>/dev/null | sed -nE "s/^ +([^ ]*,)?$2(,[^ ]*)? TEXT:\{([^}]*)\}.*/\3/p" | tr , ' ' ;;
  esac
}

_crawld() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} choices
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ] || { [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ]; }; then
    mapfile -t COMPREPLY < <(compgen -W "$(_crawld_commands) help --help --version" -- "$word")
    return
  fi
  choices=$(_crawld_choices "$command" "$previous")
  if [[ -n $choices ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_crawld_options "$command")" -- "$word")
  elif [ "$previous" = inspect ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_crawld_choices inspect KIND)" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _crawld crawld
