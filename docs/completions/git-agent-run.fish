# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_agent_run_global_optspecs
    string join \n json q/quiet h/help V/version
end

function __fish_git_agent_run_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_git_agent_run_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_git_agent_run_using_subcommand
    set -l cmd (__fish_git_agent_run_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -s V -l version -d 'Print version'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "start" -d 'Begin a run: keep what is there, make its branch, and put a working tree on it'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "progress" -d 'Tell what the agent is at'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "finish" -d 'Hand the work in: commit what is left, push, open a draft pull request, clean up'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "resume" -d 'Go on with a run, also one that was abandoned'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "abandon" -d 'Give a run up, keeping its work as a checkpoint'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "list" -d 'List the runs, the newest first'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "show" -d 'Show a run: its branch, its commits, its steps, what failed'
complete -c git-agent-run -n "__fish_git_agent_run_needs_command" -f -a "log" -d 'Show what happened in runs, the newest first'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l task -d 'What is to be done, in a few words; the branch is named after it' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l id -d 'Name the task as it is called elsewhere, such as API-17' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l worktree -d 'Make a working tree for the run; without <dir> in <repository>.runs, beside the repository' -r -F
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l base -d 'Begin at this commit; default: HEAD' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l prefix -d 'Begin the branch with this; default: the policy\'s runs.branch-prefix' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l template -d 'Word the subjects of the run\'s commits like this; default: the policy\'s runs.commit-template' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l repo -d 'Begin a run of the same task in this repository; may be repeated. Default: the repository we are in' -r -F
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l agent -d 'The agent; default: GIT_AGENT_NAME, else the one that runs this' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l session -d 'The agent\'s session; default: GIT_AGENT_SESSION, else as the agent tells' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l model -d 'The agent\'s model; default: GIT_AGENT_MODEL' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -l step -d 'The step that is begun' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -l percent -d 'How much of the task is done, 0 to 100' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -l state -d 'The state of the task' -r -f -a "pending\t''
running\t''
paused\t''
completed\t''
failed\t''"
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand progress" -s h -l help -d 'Print help'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l cleanup -d 'Remove here what is no longer needed: the working tree that was made for the run, or also its branch when it is pushed; default: the policy\'s runs.cleanup' -r -f -a "keep\t''
worktree\t''
all\t''"
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -s m -l message -d 'What the commit of what is left says; default: the last step' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l push -d 'Push the branch; default: the policy\'s runs.push'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l no-push -d 'Do not push the branch'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l pull-request -d 'Open a pull request; default: the policy\'s runs.pull-request'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l no-pull-request -d 'Open no pull request'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l discard-ignored -d 'Let ignored files go with the working tree, which no checkpoint holds; default: those of the policy\'s runs.discard-ignored'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l merge -d 'Merge the pull request when its checks have passed; it is then opened ready, not as a draft'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand finish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand resume" -l at -d 'Put back this checkpoint' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand resume" -l take-over -d 'Let a run of another clone belong to this one from now on, as after a repository was moved or its host renamed'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand resume" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand resume" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -s m -l message -d 'Why, for the record' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -l discard-ignored -d 'Let ignored files go with the working tree, which no checkpoint holds; default: those of the policy\'s runs.discard-ignored'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -l close -d 'Close its pull request, too'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand abandon" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -l agent -d 'Only those of this agent' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -l task -d 'Only those of the task with this id or name' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -s n -l max-count -d 'At most so many' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -l active -d 'Only runs that are not over'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand list" -s h -l help -d 'Print help'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand show" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand show" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand show" -s h -l help -d 'Print help'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand log" -s n -l max-count -d 'At most so many; with --follow, so many of those before, 10 unless said' -r
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand log" -s f -l follow -d 'Go on with what happens from now on, in whichever worktree'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand log" -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand log" -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-run -n "__fish_git_agent_run_using_subcommand log" -s h -l help -d 'Print help'
