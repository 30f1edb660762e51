import { gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'
import { hermesHooks } from './hermes-hooks.ts'

/**
 * Python that runs the CLI's gateway with its HTTP server and writes what the CLI's hooks tell of a message into the
 * file in `turns` that is named like its conversation; whoever sends the message makes that file.
 *
 * Nobody is there to ask: what is not allowed is denied, where the server would leave it open for ever. The
 * configuration's model is a variable, which the server by itself takes for a name.
 */
export const hermesGatewayProgram = `import json
import os
import sys

turns = os.path.join(os.path.dirname(os.path.abspath(__file__)), "turns")
os.makedirs(turns, mode=0o700, exist_ok=True)
# The CLI has packages with names that could be here too.
del sys.path[0]
sys.argv = ["hermes", "gateway", "run"]


def tell(task, event, **values):
    if not task or os.path.basename(task) != task:
        return
    try:
        file = os.open(os.path.join(turns, task), os.O_WRONLY | os.O_APPEND)
    except OSError:
        return
    with os.fdopen(file, "w") as out:
        out.write(json.dumps({"event": event, **values}, default=str) + "\\n")


${hermesHooks}
import gateway.run
from hermes_cli.main import main
from tools import approval


class Denied(dict):
    def get(self, session_key, _default=None):
        reason = "Nobody is here to allow it."
        return lambda _: approval.resolve_gateway_approval(session_key, "deny", reason=reason)


model_of = gateway.run._resolve_gateway_model
gateway.run._resolve_gateway_model = lambda config=None: os.path.expandvars(model_of(config))
approval._gateway_notify_cbs = Denied()
sys.exit(main())
`

/** Python that talks to that server: `free-port`, `ready`, and `say`, which prints what `run.py` would. */
export const hermesGatewayClient = `import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
import uuid

turns = os.path.join(os.path.dirname(os.path.abspath(__file__)), "turns")
port = int(os.environ["${gatewayPortVariable}"])
token = os.environ["${gatewayTokenVariable}"]


def free_port():
    for candidate in (port, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", candidate))
                return listener.getsockname()[1]
            except OSError:
                continue


def is_ready():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def tell(**record):
    sys.stdout.write(json.dumps(record) + "\\n")
    sys.stdout.flush()


def follow(path, is_over):
    with open(path) as turn:
        while True:
            over = is_over.is_set()
            sys.stdout.write(turn.read())
            sys.stdout.flush()
            if over:
                return
            is_over.wait(0.05)


def post(session, message):
    """What went wrong; None where nothing did."""
    request = {"model": "hermes-agent", "stream": True, "messages": [{"role": "user", "content": message}]}
    headers = {
        "authorization": "Bearer " + token,
        "content-type": "application/json",
        "x-hermes-session-id": session,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(request).encode(), headers)
        response = connection.getresponse()
        if response.status != 200:
            return {"message": response.read(4096).decode(errors="replace"), "status": response.status}
        last = b""
        for line in response:
            last = line.strip() or last
        if last != b"data: [DONE]":
            return {"message": "The chat gateway ended in the middle of it."}
    except (OSError, http.client.HTTPException) as error:
        return {"message": "The chat gateway ended in the middle of it: " + str(error)}


def say(session):
    message = sys.stdin.read()
    deadline = time.monotonic() + 120
    while not is_ready():
        if time.monotonic() > deadline:
            return {"message": "The chat gateway did not start within two minutes."}
        time.sleep(0.5)
    path = os.path.join(turns, session)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    is_over = threading.Event()
    follower = threading.Thread(target=follow, args=(path, is_over))
    follower.start()
    try:
        return post(session, message)
    finally:
        is_over.set()
        follower.join()
        os.remove(path)


if sys.argv[1] == "free-port":
    print(free_port())
elif sys.argv[1] == "ready":
    sys.exit(0 if is_ready() else 1)
elif sys.argv[1] == "say":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = say(sys.argv[2] if sys.argv[2:] else "gateway-" + uuid.uuid4().hex)
    if failed:
        tell(event="error", **failed)
    tell(event="exit")
`
