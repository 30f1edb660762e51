import { type DescribedRoute, routeTable } from '@agent-machines/control-plane/routes'
import { code, generatedNote, table } from './markdown.ts'

const accessWords = {
  open: 'everybody',
  'signed-in': 'API key or session',
  bearer: 'API key',
} as const

export function httpReference(): string {
  const routes = routeTable()
  const rows = routes.map(({ method, path, access, summary }) => [
    method,
    code(path),
    accessWords[access],
    summary,
  ])
  return `${generatedNote}
# HTTP API

JSON in and out; ${code('GET /api/v1/openapi.json')} describes every body. Programs send
${code('Authorization: Bearer am_…')}. A browser's session is its cookie together with the proof that signing in
answered, as ${code('X-AM-Proof')} or, for the WebSocket, as subprotocol ${code('am.proof.<proof>')}. A ${code('Host')} that is
not known is refused before anything else, on every route.

Every route can also answer ${code('HOST_REFUSED')} and ${code('INTERNAL')}; every route but the open ones
${code('SIGN_IN_REQUIRED')} and ${code('ORIGIN_REFUSED')}; every route that takes something ${code('REQUEST_INVALID')} and
${code('BODY_TOO_LARGE')}. See [errors](errors.md).

${table(['', 'path', 'who', 'what'], rows)}

${routes.map(section).join('\n')}`
}

function section({ method, path, summary, takes, answer, errors }: DescribedRoute): string {
  const lines = [
    takes.query.length > 0 ? `- Query: ${takes.query.map(code).join(', ')}` : '',
    takes.body.length > 0 ? `- Body: ${takes.body.map(code).join(', ')}` : '',
    `- Answer: ${answer.status}${answer.isStream && method !== 'WebSocket' ? ', server-sent events' : ''}`,
    errors.length > 0
      ? `- Errors: ${errors.map((each) => `[${each}](errors.md#${each.toLowerCase()})`).join(', ')}`
      : '',
  ]
  return `## ${method} ${path}\n\n${summary}\n\n${lines.filter((line) => line !== '').join('\n')}\n`
}
