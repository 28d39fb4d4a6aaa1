# bash completion for crawld. The program itself says what it knows, so this cannot lag behind.
_crawld_commands() { crawld --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p'; }
_crawld_options() { crawld help "$1" 2>/dev/null | sed -nE '/^ +-/p' | sed -E 's/^( +[^ ]+).*/\1/' | grep -oE -- '--?[A-Za-z][A-Za-z-]*'; }

_crawld() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ] || { [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ]; }; then
    mapfile -t COMPREPLY < <(compgen -W "$(_crawld_commands) help --help --version" -- "$word")
    return
  fi
  case $previous in
    --scope) mapfile -t COMPREPLY < <(compgen -W 'page prefix host domain any' -- "$word"); return ;;
    --sandbox) mapfile -t COMPREPLY < <(compgen -W 'required off' -- "$word"); return ;;
    -e | --execute) mapfile -t COMPREPLY < <(compgen -W 'robots=off' -- "$word"); return ;;
    inspect)
      mapfile -t COMPREPLY < <(compgen -W 'url robots links select charset sitemap' -- "$word")
      return
      ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_crawld_options "$command")" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _crawld crawld
