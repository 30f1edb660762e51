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


def tell(event, **values):
    print(json.dumps({"event": event, **values}, default=str), file=events, flush=True)


def on_turn(session_id, model, **_):
    tell("turn", session=session_id, model=model)


def on_answer(assistant_message, usage, **_):
    text = getattr(assistant_message, "content", None)
    reasoning = getattr(assistant_message, "reasoning", None)
    tell("answer", text=text, reasoning=reasoning, usage=usage)


def on_call(tool_name, args, tool_call_id, **_):
    tell("call", call=tool_call_id, name=tool_name, input=args)


def on_result(tool_call_id, result, status, **_):
    tell("result", call=tool_call_id, output=result, status=status)


def on_error(error, status_code, **_):
    tell("error", message=error["message"], status=status_code)


def on_end(completed, **_):
    tell("end", completed=completed)


from hermes_cli.plugins import PluginContext, PluginManifest, get_plugin_manager

context = PluginContext(PluginManifest(name="agent-machines"), get_plugin_manager())
context.register_hook("pre_llm_call", on_turn)
context.register_hook("post_api_request", on_answer)
context.register_hook("pre_tool_call", on_call)
context.register_hook("post_tool_call", on_result)
context.register_hook("api_request_error", on_error)
context.register_hook("on_session_end", on_end)

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
    tell("exit", code=code)
`
