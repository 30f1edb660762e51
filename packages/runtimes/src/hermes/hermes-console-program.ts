/**
 * Python that runs the CLI in the console, and beside it a thread that writes down what the CLI itself knows it does.
 *
 * The CLI sets no title and keeps no state file, and its hooks tell of no failed request, so one who counts them
 * stays busy. `resume` as the first argument goes on with the conversation that was last in the console.
 */
export const hermesConsoleProgram = `import json
import os
import sys
import threading
import time

folder = os.path.dirname(os.path.abspath(__file__))
state_file = os.path.join(folder, "agent.json")
conversation_file = os.path.join(folder, "conversation")
questions = {
    "_approval_state": ("approval", "command"),
    "_clarify_state": ("question", "question"),
    "_sudo_state": ("password", ""),
    "_secret_state": ("secret", "prompt"),
}


def write(path, text):
    new = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


def look(cli):
    """What the CLI does and why it waits; None while its prompt is not up."""
    if cli is None or cli._app is None or not cli._app.is_running:
        return None
    for name, (word, member) in questions.items():
        asked = getattr(cli, name)
        if asked:
            return "waiting", ": ".join(filter(None, [word, str(asked.get(member) or "")]))
    return "busy" if cli._agent_running else "idle", ""


def tell(state, detail=""):
    record = {"pid": os.getpid(), "state": state, "detail": detail, "since": int(time.time() * 1000)}
    write(state_file, json.dumps(record))


def watch():
    try:
        follow()
    finally:
        # What nobody follows any more must not be believed.
        forget()


def forget():
    if os.path.exists(state_file):
        os.remove(state_file)


def follow():
    told = conversation = None
    while True:
        cli = get_plugin_manager()._cli_ref
        seen = look(cli)
        if seen is not None and seen != told:
            told = seen
            tell(*seen)
        if seen is not None and seen[0] == "busy" and cli.session_id != conversation:
            conversation = cli.session_id
            write(conversation_file, conversation)
        time.sleep(0.1)


tell("starting")
if sys.argv[1:2] == ["resume"]:
    with open(conversation_file) as file:
        sys.argv[1:2] = ["--resume", file.read()]
sys.argv[0] = "hermes"
# The CLI has packages with names that could be here too.
del sys.path[0]
from hermes_cli.main import main
from hermes_cli.plugins import get_plugin_manager

threading.Thread(target=watch, daemon=True).start()
sys.exit(main())
`
