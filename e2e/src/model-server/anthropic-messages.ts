import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Json, listOf, objectOf, textOf } from './json-value.ts'
import { isContext, type ScriptedReply, scriptReply, shellToolIn, type Turn } from './prompt-script.ts'
import { sendAnthropicError } from './scripted-error.ts'
import { paced, type StreamEvent, sendEvents } from './sse.ts'

/** Answers `POST /v1/messages`, as a stream when asked for one. */
export async function answerMessages(body: Json, response: ServerResponse): Promise<void> {
  const tool = shellToolIn(listOf(body['tools']).map((each) => textOf(objectOf(each)['name'])))
  const reply = scriptReply(turnOf(body, tool !== null))
  if (reply.kind === 'error') return sendAnthropicError(response, reply)
  const model = textOf(body['model'])
  if (body['stream'] === true) return sendEvents(response, streamOf(reply, model, tool ?? ''))
  if (reply.kind === 'text' && reply.isCut) return void response.destroy()
  sendJson(response, 200, {
    ...messageOf(model),
    content: [blockOf(reply, tool ?? '')],
    stop_reason: stopReasonOf(reply),
    usage: { input_tokens: 10, output_tokens: 5 },
  })
}

function turnOf(body: Json, hasTools: boolean): Turn {
  const messages = listOf(body['messages']).map(objectOf)
  const spoken = messages.filter(
    (message) => message['role'] === 'user' && !blocksOf(message).every(isContextBlock),
  )
  const results = blocksOf(spoken.at(-1)).filter((block) => block['type'] === 'tool_result')
  const prompts = spoken.flatMap((message) =>
    blocksOf(message)
      .filter((block) => block['type'] === 'text' && !isContextBlock(block))
      .map((block) => textOf(block['text'])),
  )
  return {
    prompt: prompts.at(-1) ?? '',
    toolResult: results.length > 0 ? results.map(resultText).join('\n') : null,
    hasTools,
  }
}

function isContextBlock(block: Json): boolean {
  return block['type'] === 'text' && isContext(textOf(block['text']))
}

function blocksOf(message: Json | undefined): Json[] {
  const content = message?.['content']
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(objectOf)
}

function resultText(block: Json): string {
  const { content } = block
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(objectOf(part)['text']))
    .join('')
}

type Answer = Exclude<ScriptedReply, { kind: 'error' }>

async function* streamOf(reply: Answer, model: string, tool: string): AsyncGenerator<StreamEvent> {
  yield { type: 'message_start', message: { ...messageOf(model), content: [], stop_reason: null } }
  if (reply.kind === 'tool') {
    yield { type: 'content_block_start', index: 0, content_block: { ...blockOf(reply, tool), input: {} } }
    const json = JSON.stringify(toolInput(reply.command))
    yield { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: json } }
  } else {
    yield { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
    for await (const text of paced(reply)) {
      yield { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }
    }
  }
  yield { type: 'content_block_stop', index: 0 }
  yield {
    type: 'message_delta',
    delta: { stop_reason: stopReasonOf(reply), stop_sequence: null },
    usage: { output_tokens: 5 },
  }
  yield { type: 'message_stop' }
}

function messageOf(model: string) {
  return {
    id: `msg_${randomUUID().replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  }
}

function blockOf(reply: Answer, name: string): Json {
  if (reply.kind === 'text') return { type: 'text', text: reply.tokens.join('') }
  const id = `toolu_${randomUUID().replaceAll('-', '')}`
  return { type: 'tool_use', id, name, input: toolInput(reply.command) }
}

function toolInput(command: string): Json {
  return { command, description: 'Runs the command the prompt names' }
}

function stopReasonOf(reply: Answer): string {
  return reply.kind === 'tool' ? 'tool_use' : 'end_turn'
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
