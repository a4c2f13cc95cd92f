complete -c git-agent-commit -l pathspec-from-file -d 'Read the paths from this file, or with - from standard input, one on each line' -r -F
complete -c git-agent-commit -s m -l message -d 'Say what was done; the first line goes into the subject. May be repeated, for more paragraphs' -r
complete -c git-agent-commit -s F -l file -d 'Read that from this file, or with - from standard input' -r -F
complete -c git-agent-commit -l template -d 'Word the subject like this; default: as the run says, else the policy\'s runs.commit-template' -r
complete -c git-agent-commit -l agent -d 'The agent; default: GIT_AGENT_NAME, else as the run says, else the one that runs this' -r
complete -c git-agent-commit -l task -d 'What it works on; default: GIT_AGENT_TASK, else as the run says' -r
complete -c git-agent-commit -l session -d 'Its session; default: GIT_AGENT_SESSION, else as the run or the agent says' -r
complete -c git-agent-commit -l model -d 'Its model; default: GIT_AGENT_MODEL, else as the run says' -r
complete -c git-agent-commit -l json -d 'Print one JSON document (or JSON Lines, where the output streams) on standard output'
complete -c git-agent-commit -s q -l quiet -d 'Print only data, warnings and errors: no progress, no hints'
complete -c git-agent-commit -l pathspec-file-nul -d 'Read paths that are separated by NUL, and quoted by nothing'
complete -c git-agent-commit -l run -d 'On a protected branch, start a run and take the work along to its branch'
complete -c git-agent-commit -l best-effort -d 'When it fails, record that, and exit with 0: for callers that must not stop'
complete -c git-agent-commit -s h -l help -d 'Print help (see more with \'--help\')'
complete -c git-agent-commit -s V -l version -d 'Print version'
