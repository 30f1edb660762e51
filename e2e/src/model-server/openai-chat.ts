import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Json, listOf, objectOf, textOf } from './json-value.ts'
import { isContext, type ScriptedReply, scriptReply, shellToolIn, type Turn } from './prompt-script.ts'
import { sendOpenAiError } from './scripted-error.ts'
import { paced, sendData } from './sse.ts'

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

/** Answers `POST /v1/chat/completions`, as a stream when asked for one. */
export async function answerChat(body: Json, response: ServerResponse): Promise<void> {
  const tool = shellToolOf(body)
  const reply = scriptReply(turnOf(body, tool !== null))
  if (reply.kind === 'error') return sendOpenAiError(response, reply)
  const completion = { id: `chatcmpl-${randomUUID()}`, created: nowInSeconds(), model: textOf(body['model']) }
  if (body['stream'] === true) {
    const includeUsage = objectOf(body['stream_options'])['include_usage'] === true
    return sendData(response, streamOf(reply, completion, tool ?? '', includeUsage))
  }
  if (reply.kind === 'text' && reply.isCut) return void response.destroy()
  const message =
    reply.kind === 'tool'
      ? { role: 'assistant', content: null, tool_calls: [toolCall(reply.command, tool ?? '')] }
      : { role: 'assistant', content: reply.tokens.join('') }
  const choices = [{ index: 0, message, finish_reason: finishReasonOf(reply) }]
  sendJson(response, 200, { ...completion, object: 'chat.completion', choices, usage })
}

function turnOf(body: Json, hasTools: boolean): Turn {
  const messages = listOf(body['messages'])
    .map(objectOf)
    .filter(({ role, content }) => role !== 'system' && (role !== 'user' || contentText(content) !== ''))
  const prompts = messages.filter((message) => message['role'] === 'user')
  const last = messages.at(-1)
  return {
    prompt: contentText(prompts.at(-1)?.['content']),
    toolResult: last?.['role'] === 'tool' ? partsOf(last['content']).join('\n') : null,
    hasTools,
  }
}

/** What stands in a message besides what a CLI put there by itself. */
function contentText(content: unknown): string {
  return partsOf(content)
    .filter((part) => !isContext(part))
    .join('\n')
}

function partsOf(content: unknown): string[] {
  return typeof content === 'string'
    ? [content]
    : listOf(content).map((part) => textOf(objectOf(part)['text']))
}

function shellToolOf(body: Json): string | null {
  return shellToolIn(
    listOf(body['tools']).map((tool) => textOf(objectOf(objectOf(tool)['function'])['name'])),
  )
}

type Answer = Exclude<ScriptedReply, { kind: 'error' }>

async function* streamOf(
  reply: Answer,
  completion: Json,
  tool: string,
  includeUsage: boolean,
): AsyncGenerator<string> {
  const chunk = (members: Json) =>
    JSON.stringify({ ...completion, object: 'chat.completion.chunk', ...members })
  const choice = (delta: Json, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta, finish_reason }] })
  yield choice({ role: 'assistant', content: reply.kind === 'tool' ? null : '' })
  if (reply.kind === 'tool') {
    const call = toolCall(reply.command, tool)
    const start = { ...call, function: { ...call.function, arguments: '' } }
    yield choice({ tool_calls: [{ index: 0, ...start }] })
    yield choice({ tool_calls: [{ index: 0, function: { arguments: call.function.arguments } }] })
  } else {
    for await (const content of paced(reply)) yield choice({ content })
  }
  yield choice({}, finishReasonOf(reply))
  if (includeUsage) yield chunk({ choices: [], usage })
  yield '[DONE]'
}

function toolCall(command: string, name: string) {
  const input = { command, description: 'Runs the command the prompt names' }
  const id = `call_${randomUUID().replaceAll('-', '')}`
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } }
}

function finishReasonOf(reply: Answer): string {
  return reply.kind === 'tool' ? 'tool_calls' : 'stop'
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
