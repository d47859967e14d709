//! Completion in shells: the words of a query, by the program and by the scripts that ask it.

use std::process::Command;

use crate::floor::Floor;

/// What bash would offer for a line, with the script sourced as a user's shell sources it.
fn in_bash(desk: &crate::floor::Desk, line: &str) -> Vec<String> {
    let script = desk.fine(&["completions", "bash"]).out();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_floorwalk")).parent().unwrap().display();
    let ask = format!(
        "{script}\nCOMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}\nread -r -a COMP_WORDS <<< \"$COMP_LINE\"\n\
         [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')\nCOMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n\
         _floorwalk_words floorwalk \"${{COMP_WORDS[COMP_CWORD]}}\" ''\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let mut bash = Command::new("bash");
    bash.arg("--norc").arg("-c").arg(ask).env_clear();
    for (name, value) in desk.command(&[]).get_envs() {
        if let Some(value) = value {
            bash.env(name, value);
        }
    }
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let done = bash.env("PATH", path).output().unwrap();
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().lines().filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_offers_fields_words_values_and_views_of_a_query() {
    let floor = Floor::open();
    let desk = floor.desk_with("sam", "[[view]]\nname = \"quick\"\nquery = \"is:free size:s\"");
    desk.fine(&["sync"]);
    assert!(in_bash(&desk, "floorwalk list is:fr").contains(&"free".to_owned()));
    assert_eq!(in_bash(&desk, "floorwalk list sig"), ["signal:"]);
    assert_eq!(in_bash(&desk, "floorwalk list -sig"), ["-signal:"], "what is left out");
    assert_eq!(in_bash(&desk, "floorwalk list @"), ["@quick"]);
    assert_eq!(in_bash(&desk, "floorwalk --repo quillfern/handbook list signal:docs,sta"), ["docs\\,stale"]);
    let labels = in_bash(&desk, "floorwalk list label:good");
    assert!(
        labels.iter().any(|l| l == "\\\"good\\ first\\ issue\\\""),
        "a value with blanks is kept together: {labels:?}"
    );
    let projects = in_bash(&desk, "floorwalk list is:free project:quill");
    assert!(projects.iter().any(|p| p == "quillfern/handbook"), "{projects:?}");
    let all = in_bash(&desk, "floorwalk list ");
    assert!(all.contains(&"is:".to_owned()) && all.contains(&"@quick".to_owned()), "{all:?}");
}

#[test]
fn bash_still_offers_verbs_and_options_where_no_query_stands() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    assert_eq!(in_bash(&desk, "floorwalk rele"), ["release"]);
    assert!(in_bash(&desk, "floorwalk list --lim").contains(&"--limit".to_owned()));
    assert_eq!(in_bash(&desk, "floorwalk keys is:fr"), Vec::<String>::new().as_slice());
}

#[test]
fn the_program_says_nothing_where_the_shells_script_knows_better() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    for words in
        [&["show", "is:fr"][..], &["list", "--lim"], &["list", "--sort", "sig"], &["--config", "list", "is:fr"]]
    {
        let ran = desk.run(&[&["complete-words", "--"], words].concat());
        assert_eq!((ran.code(), ran.out().as_str()), (1, ""), "{words:?}");
    }
    let offered = desk.fine(&["complete-words", "--", "list", "is:fr"]).out();
    assert!(offered.starts_with("is:free\t"), "{offered}");
}

#[test]
fn the_scripts_of_zsh_and_fish_ask_the_program_as_well() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    let zsh = desk.fine(&["completions", "zsh"]).out();
    assert!(zsh.contains("compdef _floorwalk_words floorwalk"), "{zsh}");
    assert!(!zsh.contains("compdef _floorwalk floorwalk"), "the script's own end was taken over");
    let fish = desk.fine(&["completions", "fish"]).out();
    assert!(
        fish.contains("complete-words --") && fish.contains("function __fish_floorwalk_using_subcommand"),
        "{fish}"
    );
    for (shell, script) in [("zsh", zsh), ("fish", fish)] {
        match Command::new(shell).arg("-n").arg("-c").arg(&script).output() {
            Ok(checked) => assert!(checked.status.success(), "{shell}: {}", String::from_utf8_lossy(&checked.stderr)),
            Err(_) => println!("{shell} is not installed; its script was not run"),
        }
    }
}
