/**
 * Python that has the CLI's hooks tell what it does: `tell(task, event, **values)`, where `task` is the conversation
 * that a request named, however the CLI renames it meanwhile.
 */
export const hermesHooks = `\
def on_turn(task_id, session_id, model, **_):
    tell(task_id, "turn", session=session_id, model=model)


def on_answer(task_id, assistant_message, usage, **_):
    text = getattr(assistant_message, "content", None)
    reasoning = getattr(assistant_message, "reasoning", None)
    tell(task_id, "answer", text=text, reasoning=reasoning, usage=usage)


def on_call(task_id, tool_name, args, tool_call_id, **_):
    tell(task_id, "call", call=tool_call_id, name=tool_name, input=args)


def on_result(task_id, tool_call_id, result, status, **_):
    tell(task_id, "result", call=tool_call_id, output=result, status=status)


def on_error(task_id, error, status_code, **_):
    tell(task_id, "error", message=error["message"], status=status_code)


def on_end(task_id=None, completed=False, **_):
    tell(task_id, "end", completed=completed)


from hermes_cli.plugins import PluginContext, PluginManifest, get_plugin_manager

context = PluginContext(PluginManifest(name="agent-machines"), get_plugin_manager())
context.register_hook("pre_llm_call", on_turn)
context.register_hook("post_api_request", on_answer)
context.register_hook("pre_tool_call", on_call)
context.register_hook("post_tool_call", on_result)
context.register_hook("api_request_error", on_error)
context.register_hook("on_session_end", on_end)
`
