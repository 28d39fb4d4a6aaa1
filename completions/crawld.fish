# fish completion for crawld. The program itself says what it knows, so this cannot lag behind.
function __crawld_commands
    crawld --help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end
function __crawld_options
    set -l words (commandline -opc)
    crawld help $words[2] 2>/dev/null | string match -r '^ +-[^ ]*' | string match -ar -- '--?[A-Za-z][A-Za-z-]*'
end
complete -c crawld -n __fish_use_subcommand -f -a '(__crawld_commands)'
complete -c crawld -n __fish_use_subcommand -f -a help -d 'tell more of a command'
complete -c crawld -n '__fish_seen_subcommand_from inspect' -f -a 'url robots links select charset sitemap'
complete -c crawld -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__crawld_options)'
