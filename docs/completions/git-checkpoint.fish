# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_checkpoint_global_optspecs
    string join \n json q/quiet h/help V/version
end

function __fish_git_checkpoint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_git_checkpoint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_git_checkpoint_using_subcommand
    set -l cmd (__fish_git_checkpoint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -s V -l version -d 'Print version'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "status" -d 'Show branch, changes, operation in progress, recent commits and checkpoints'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "create" -d 'Keep the present state'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "list" -d 'List checkpoints, the newest first'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "show" -d 'Show what a checkpoint holds and what happened to it'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "diff" -d 'Show what changed between a checkpoint and another, or the working tree'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "name" -d 'Give a checkpoint a name'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "delete" -d 'Delete checkpoints; their states stay restorable until the grace of \'prune\' ends'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "prune" -d 'Remove what the policy\'s retention does not keep'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "validate" -d 'Tell whether a checkpoint may be taken now; exit 1 if not'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "summary" -d 'Show totals: how many, of which type, how many used for rollback, how large'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "log" -d 'Show what happened to checkpoints, the newest first'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "export" -d 'Write checkpoints to a file'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "import" -d 'Read checkpoints from a file that \'export\' wrote'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "push" -d 'Give the records to another repository, and the names of checkpoints'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "fetch" -d 'Take the records and names of another repository, and states that are asked for'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "verify" -d 'Prove that checkpoints are what they say; exit 1 if a check fails, 128 if nothing could be looked at'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "scan" -d 'Look for secrets in what a state would publish; exit 1 if there are any'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "init" -d 'Put the hooks in place, in this repository and all its worktrees'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "uninstall" -d 'Take the hooks out again, and give back what was there, byte for byte'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "doctor" -d 'Look whether all is well, and say what mends it; exit 1 if something failed'
complete -c git-checkpoint -n "__fish_git_checkpoint_needs_command" -f -a "hook" -d 'Do what a git hook is for; the hook scripts call this'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand status" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand status" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand status" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -s m -l message -d 'Say what it is about; given more than once, each is a paragraph' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l type -d 'Say why it is made; the default is \'manual\'' -r -f -a "phase_complete\t''
task_group_complete\t''
safe_state\t''
pre_risky_operation\t''
error_recovery\t''
manual\t''
milestone\t''
automatic\t''
backup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l phase -d 'Say in which phase of the work it is made' -r -f -a "plan\t''
generate_tasks\t''
implement\t''
validate\t''
cleanup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l session -d 'Name the session it belongs to' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l agent -d 'Name the agent that makes it' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l task -d 'Name the task it belongs to' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l state -d 'Record a count of the work: tasks_completed, decisions_made, files_modified, files_created, tests_passing, tests_failing' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l include -d 'Keep ignored files that match as well, beside those of the policy\'s capture.include' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l exclude -d 'Leave out untracked files that match, beside those of the policy\'s capture.exclude' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l shareable -d 'Leave out what never leaves the machine, so that the state can be given to others: ignored files and those outside of the working tree, which the policy\'s capture.include and capture.extra name'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l no-untracked -d 'Leave out all untracked files'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l commit -d 'Commit everything on the branch first; if a hook refuses, nothing is changed and no checkpoint made'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l if-changed -d 'Make no checkpoint if nothing has changed since the latest one of this worktree'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l sign -d 'Sign the tag; the default is the policy\'s checkpoint.sign, or git\'s tag.gpgSign'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l replace -d 'Take the name from the checkpoint that has it; its state stays, by its id'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l session -d 'Only those of this session' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l agent -d 'Only those made by this agent' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l task -d 'Only those of this task' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l type -d 'Only those of this type' -r -f -a "phase_complete\t''
task_group_complete\t''
safe_state\t''
pre_risky_operation\t''
error_recovery\t''
manual\t''
milestone\t''
automatic\t''
backup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l phase -d 'Only those made in this phase of the work' -r -f -a "plan\t''
generate_tasks\t''
implement\t''
validate\t''
cleanup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l branch -d 'Only those made on this branch' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l since -d 'Only those made since this time: \'2h\', \'3d\', or any form git takes' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -s n -l max-count -d 'Show at most so many; the default is all' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l named -d 'Only those that have a name'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l automatic -d 'Only those that have no name'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l backups -d 'Only those that a restore made of what it was about to overwrite'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l deleted -d 'Only those that were deleted and can still be had back'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand list" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand show" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand show" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand show" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l stat -d 'Show how many lines changed in each file' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s U -l unified -d 'Show so many lines around each change' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l word-diff -d 'Show changed words' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l color-words -d 'Show changed words by colour only' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l color-moved -d 'Show moved lines in other colours' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l color -d 'Show colours: always, never or auto' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l find-renames -d 'Tell renames that are so similar' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l diff-algorithm -d 'Choose git\'s algorithm' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l diff-filter -d 'Show only files that are added, deleted, modified … (ADM…)' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l relative -d 'Show paths from the current directory, and nothing outside it' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l cached -l staged -d 'Show the index of the checkpoint instead of its files'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s p -l patch -d 'Show the changed lines; the default'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l numstat -d 'Show the numbers of --stat for a program'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l shortstat -d 'Show only the last line of --stat'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l compact-summary -d 'Show --stat with files that are new, gone or changed in mode'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l summary -d 'Show files that are new, gone, renamed or changed in mode'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l name-only -d 'Show only the names of changed files'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l name-status -d 'Show only the names of changed files and how each changed'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l raw -d 'Show git\'s raw format'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l check -d 'Warn of conflict markers and errors of white space'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s W -l function-context -d 'Show the whole function around each change'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l no-color -d 'Show no colours'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s w -l ignore-all-space -d 'Ignore white space'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s b -l ignore-space-change -d 'Ignore changes in the amount of white space'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l ignore-blank-lines -d 'Ignore blank lines'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l no-renames -d 'Tell renames as removal and addition'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l binary -d 'Show changes of binary files so that they can be applied'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l full-index -d 'Show object names in full'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s a -l text -d 'Treat all files as text'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l exit-code -d 'Exit with 1 if there are differences'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l ext-diff -d 'Allow external diff programs'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l no-ext-diff -d 'Run no external diff program'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l textconv -d 'Convert binary files to text by their drivers'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l no-textconv -d 'Do not convert binary files to text'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand diff" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand name" -l replace -d 'Take the name from the checkpoint that has it, and give up the name this one has'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand name" -l sign -d 'Sign the tag; the default is the policy\'s checkpoint.sign, or git\'s tag.gpgSign'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand name" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand name" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand name" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand delete" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand delete" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand delete" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand prune" -s n -l dry-run -d 'Show what would be removed, and remove nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand prune" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand prune" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand prune" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand validate" -l no-test -d 'Leave out the policy\'s checkpoint.test-command'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand validate" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand validate" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand validate" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l session -d 'Only those of this session' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l agent -d 'Only those made by this agent' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l task -d 'Only those of this task' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l type -d 'Only those of this type' -r -f -a "phase_complete\t''
task_group_complete\t''
safe_state\t''
pre_risky_operation\t''
error_recovery\t''
manual\t''
milestone\t''
automatic\t''
backup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l phase -d 'Only those made in this phase of the work' -r -f -a "plan\t''
generate_tasks\t''
implement\t''
validate\t''
cleanup\t''"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l branch -d 'Only those made on this branch' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l since -d 'Only those made since this time: \'2h\', \'3d\', or any form git takes' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l named -d 'Only those that have a name'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l automatic -d 'Only those that have no name'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l backups -d 'Only those that a restore made of what it was about to overwrite'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l deleted -d 'Only those that were deleted and can still be had back'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand summary" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -s n -l max-count -d 'Show at most so many events; the default is all, with --follow 10' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -l since -d 'Only what happened since this time: \'2h\', \'3d\', or any form git takes' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -s f -l follow -d 'Go on, and show what happens from now on, the newest last'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand log" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -s o -l output -d 'Write to this file; the default, \'-\', is standard output' -r -F
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -l format -d 'The format of the file' -r -f -a "native\t'All records as they are'
maestro\t'The shape of Maestro\'s checkpoints.json; records only'"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -l session -d 'Only those of this session' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -l with-state -d 'Write the states as well, as a git bundle; refused where one holds ignored files'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand import" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand import" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand import" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -l allow-secret -d 'Pass this rule of the search for secrets; it is recorded' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -l tags -l all -d 'Give the names of all checkpoints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -l with-state -d 'Give the states of the checkpoints as well, with the commits they stand on; what of that is not there yet is searched for secrets first, and ignored files never go'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -l hold-back -d 'Leave back records that say what looks like a secret, and give all others; otherwise nothing is given'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -s n -l dry-run -d 'Show what would go, and give nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l session -d 'Take the states of this session\'s checkpoints' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l run -d 'Take the states of an agent\'s run: by its id, the beginning of it, or its branch' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l branch -d 'Take the states of the checkpoints made on this branch' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l all-states -d 'Take the states of all checkpoints, as far as they are there'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l tags -d 'Take the names as well in a shallow clone, with the history they stand on; otherwise they are always taken'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l range -d 'Look at these commits as well, such as those of a pull request: \'origin/main..HEAD\'' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l remote -d 'Compare tags with those of this remote' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l format -d 'How to tell the answer: for people, as --json, as annotations and summary of GitHub Actions, or as JUnit XML' -r -f -a "text\t'Lines for people'
json\t'The document of `--json`'
github\t'Workflow commands of GitHub Actions'
junit\t'JUnit XML'"
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l all -d 'Verify every checkpoint that has a tag, a record or a state here; the default'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l restore -d 'Restore each state into a scratch repository, and compare'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l manifests -d 'Hash the listings of all states, even if there are very many large ones; by default the newest, up to 64 MiB'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l objects -d 'Read every object of the states and hash it; by default files are only looked for, not read'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l secrets -d 'Scan what the states hold for secrets, not only what records and tags say'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -l allow-secret -d 'Leave out what this rule finds; may be given more than once' -r
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -l all -d 'Look at the states of all checkpoints that are here'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -l hashes -d 'Tell the hashes by which findings that are none are allowed in the policy; who sees one can try passwords on it, so that they belong into no log'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -l rules -d 'List the rules, and look at nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -l strict -d 'Also stop whatever else moves a protected branch: reset, update-ref, fetch into it. It runs several times for every change of references, and stays until \'uninstall\''
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -l no-policy -d 'Write no policy file'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -s n -l dry-run -d 'Show what would be done, and write nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand uninstall" -s n -l dry-run -d 'Show what would be done, and write nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand uninstall" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand uninstall" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand doctor" -l fix -d 'Mend what can be mended without losing anything: hooks and settings that were installed, lost records, leftovers'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand doctor" -s n -l dry-run -d 'With \'--fix\', show what would be mended, and write nothing'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand doctor" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand doctor" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand hook" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand hook" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-checkpoint -n "__fish_git_checkpoint_using_subcommand hook" -s h -l help -d 'Print help (see more with \'--help\')'
