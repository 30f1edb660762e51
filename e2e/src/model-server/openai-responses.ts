import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Json, listOf, objectOf, textOf } from './json-value.ts'
import { isContext, type ScriptedReply, scriptReply, shellToolIn, type Turn } from './prompt-script.ts'
import { sendOpenAiError } from './scripted-error.ts'
import { paced, type StreamEvent, sendEvents } from './sse.ts'

/** Answers `POST /v1/responses` with a stream. */
export async function answerResponses(body: Json, response: ServerResponse): Promise<void> {
  const reply = scriptReply(turnOf(body))
  if (reply.kind === 'error') return sendOpenAiError(response, reply)
  await sendEvents(response, streamOf(reply, body))
}

function turnOf(body: Json): Turn {
  const input = listOf(body['input']).map(objectOf)
  const last = input.at(-1) ?? {}
  const prompts = input
    .filter((item) => item['role'] === 'user')
    .flatMap((item) => listOf(item['content']).map((part) => textOf(objectOf(part)['text'])))
    .filter((text) => text !== '' && !isContext(text))
  const isResult = textOf(last['type']).endsWith('call_output')
  return {
    prompt: prompts.at(-1) ?? '',
    toolResult: isResult ? outputText(last['output']) : null,
    hasTools: asksForText(body) && (listOf(body['tools']).length > 0 || runsToolsAsCode(body)),
  }
}

/** Side requests, such as one for a title, ask for JSON of a given shape. */
function asksForText(body: Json): boolean {
  return objectOf(body['text'])['format'] === undefined
}

/** For the models it knows best, Codex offers one tool that runs JavaScript, with the others behind it. */
function runsToolsAsCode(body: Json): boolean {
  return listOf(body['input']).some((item) => objectOf(item)['type'] === 'additional_tools')
}

function outputText(output: unknown): string {
  if (typeof output === 'string') return output
  return listOf(output)
    .map((part) => textOf(objectOf(part)['text']))
    .join('')
}

type Answer = Exclude<ScriptedReply, { kind: 'error' }>

async function* streamOf(reply: Answer, body: Json): AsyncGenerator<StreamEvent> {
  const id = `resp_${randomUUID().replaceAll('-', '')}`
  let sequence = 0
  const event = (type: string, members: Json): StreamEvent => ({
    type,
    sequence_number: sequence++,
    ...members,
  })
  const base = { id, object: 'response', model: body['model'], output: [] }
  yield event('response.created', { response: { ...base, status: 'in_progress' } })
  const item = itemOf(reply, body)
  yield event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress' } })
  if (reply.kind === 'text') {
    for await (const delta of paced(reply)) {
      yield event('response.output_text.delta', {
        item_id: item['id'],
        output_index: 0,
        content_index: 0,
        delta,
      })
    }
  }
  yield event('response.output_item.done', { output_index: 0, item: { ...item, status: 'completed' } })
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  }
  yield event('response.completed', { response: { ...base, status: 'completed', output: [item], usage } })
}

function itemOf(reply: Answer, body: Json): Json {
  if (reply.kind === 'tool')
    return runsToolsAsCode(body) ? codeCall(reply.command) : toolCall(reply.command, body)
  const content = [{ type: 'output_text', text: reply.tokens.join(''), annotations: [] }]
  return { type: 'message', id: `msg_${randomUUID()}`, role: 'assistant', content }
}

/** Codex has a name of its own for its tool, and for the member that holds the command. */
function toolCall(command: string, body: Json): Json {
  const tool = shellToolIn(listOf(body['tools']).map((each) => textOf(objectOf(each)['name'])))
  return {
    type: 'function_call',
    id: `fc_${randomUUID()}`,
    call_id: `call_${randomUUID()}`,
    name: tool ?? 'exec_command',
    arguments: JSON.stringify(tool === null ? { cmd: command } : { command }),
  }
}

function codeCall(command: string): Json {
  return {
    type: 'custom_tool_call',
    id: `ctc_${randomUUID()}`,
    call_id: `call_${randomUUID()}`,
    name: 'exec',
    namespace: 'functions',
    input: `const result = await tools.exec_command({ cmd: ${JSON.stringify(command)} })\ntext(result.output ?? result)`,
  }
}
