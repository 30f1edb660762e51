import { hermesHooks } from './hermes-hooks.ts'

/**
 * Python that gives the CLI the task on standard input and prints what its hooks tell, each as a line of JSON.
 *
 * The CLI takes a task only as an argument, where other users of a computer could read it, and prints the answer
 * alone. Nobody is there to ask: questions are handed back at once, and what is not allowed is denied.
 */
export const hermesRunProgram = `import json
import os
import sys

events = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
# The CLI has packages with names that could be here too.
del sys.path[0]
sys.argv = ["hermes", "chat", "--quiet", "--query=" + sys.stdin.read(), *sys.argv[1:]]


def tell(_task, event, **values):
    print(json.dumps({"event": event, **values}, default=str), file=events, flush=True)


${hermesHooks}
import cli
from hermes_cli.main import main

cli.HermesCLI._approval_callback = lambda *_, **__: "deny"
cli.HermesCLI._clarify_callback = lambda *_: "Nobody is here to answer. Decide yourself and go on."
cli.HermesCLI._sudo_password_callback = lambda *_: ""
code = 1
try:
    code = main() or 0
except SystemExit as exit:
    code = exit.code
    raise
finally:
    tell(None, "exit", code=code)
`
