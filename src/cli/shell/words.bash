
# What can stand in a query is known to the program: it is asked; where it knows nothing, the lines above do.
_floorwalk_words() {
    local line="${COMP_LINE:0:COMP_POINT}" typed=() found=() text current behind=""
    # As they were typed: bash itself would take "is:free" apart at its colon.
    read -r -a typed <<< "$line"
    [[ $line == *[[:space:]] ]] && typed+=("")
    current="${typed[${#typed[@]}-1]}"
    while IFS=$'\t' read -r text _; do
        [[ -n $text ]] && found+=("$text")
    done < <("$1" complete-words -- "${typed[@]:1}" 2>/dev/null)
    if (( ${#found[@]} == 0 )); then
        _floorwalk "$@"
        return
    fi
    # Bash puts the answer behind the last colon.
    [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && behind="${current%"${current##*:}"}"
    COMPREPLY=()
    for text in "${found[@]}"; do
        printf -v text '%q' "$text"
        COMPREPLY+=("${text#"$behind"}")
    done
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _floorwalk_words -o nosort -o bashdefault -o default floorwalk
else
    complete -F _floorwalk_words -o bashdefault -o default floorwalk
fi
