
# What can stand in a query is known to the program: it is asked.
complete -c floorwalk -n "__fish_floorwalk_using_subcommand list" -f -a '(set -l typed (commandline -opc); $typed[1] complete-words -- $typed[2..-1] (commandline -ct) 2>/dev/null)'
