
# What can stand in a query is known to the program: it is asked; where it knows nothing, the lines above do.
_floorwalk_words() {
    local -a found texts shown
    local line
    found=("${(@f)$(${(Q)words[1]} complete-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $found; do
        [[ -n $line ]] || continue
        texts+=("${line%%$'\t'*}")
        shown+=("${line%%$'\t'*}  ${line#*$'\t'}")
    done
    if (( ! ${#texts} )); then
        _floorwalk "$@"
        return
    fi
    if [[ ${#texts} -eq 1 && ${texts[1]} == *: ]]; then
        compadd -S '' -U -- "${texts[1]}"
    else
        compadd -U -l -d shown -a texts
    fi
}

if [ "$funcstack[1]" = "_floorwalk" ]; then
    _floorwalk_words "$@"
else
    compdef _floorwalk_words floorwalk
fi
