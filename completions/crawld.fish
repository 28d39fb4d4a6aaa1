# fish completion for crawld. The program itself says what it knows, so this cannot lag behind.
function __crawld_commands
    crawld --help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end
function __crawld_options
    set -l words (commandline -opc)
    crawld help $words[2] 2>/dev/null | string match -r '^ +-[^ ]*' | string match -ar -- '--?[A-Za-z0-9][A-Za-z0-9-]*'
end
# What may stand behind the word before this one, where it is one of a few words.
function __crawld_choices
    set -l words (commandline -opc)
    set -l name $words[-1]
    switch $name
        case --tls-min-version --tls-max-version
            printf '%s\n' system TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3
        case --scope
            printf '%s\n' page prefix host domain any
        case --prefer-family
            printf '%s\n' none IPv4 IPv6
        case --sandbox
            printf '%s\n' required off
        case -e --execute
            echo robots=off
        case --follow
            printf '%s\n' sitemaps usual-sitemaps nofollow forms
        case --no-follow
            echo sitemaps
        case inspect
            __crawld_listed inspect KIND
        case '-*'
            string match -qr '^[A-Za-z-]+$' -- $name; and __crawld_listed $words[2] $name
    end
end
function __crawld_listed
    crawld help $argv[1] 2>/dev/null | string replace -rf "^ +(?:[^ ]*,)?$argv[2](?:,[^ ]*)? TEXT:\{([^}]*)\}.*" '$1' | string split ,
end
complete -c crawld -n __fish_use_subcommand -f -a '(__crawld_commands)'
complete -c crawld -n __fish_use_subcommand -f -a help -d 'tell more of a command'
complete -c crawld -n '__fish_seen_subcommand_from help; and test (count (commandline -opc)) -eq 2' -f -a '(__crawld_commands)'
complete -c crawld -n 'not __fish_use_subcommand; and string length -q -- (__crawld_choices)' -f -a '(__crawld_choices)'
complete -c crawld -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__crawld_options)'
