import { errorCatalog, problemSchema } from '@agent-machines/core'
import { z } from 'zod'
import type { Route } from './route.ts'

/** The OpenAPI 3.1 document of `routes`, made from the schemas that validate. */
export function openApiDocument(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Agent Machines', version },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemSchema) },
    },
    paths,
  }
}

function operation(route: Route): Record<string, unknown> {
  const statuses = new Set((route.errors ?? []).map((code) => errorCatalog[code].status))
  if (route.body || route.query || route.params) statuses.add(400)
  if (route.access !== 'open') statuses.add(401).add(403)
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  const failures = [...statuses]
    .sort()
    .map((status) => [status, { description: 'Problem', content: problem }])
  return {
    summary: route.summary,
    security: route.access === 'open' ? [] : [{ bearer: [] }],
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body ? { requestBody: { content: requestContent(route.body) } } : {}),
    responses: { [route.answer.status]: success(route), ...Object.fromEntries(failures) },
  }
}

function requestContent(body: NonNullable<Route['body']>): Record<string, unknown> {
  if (body === 'bytes') return { 'application/octet-stream': {} }
  return { 'application/json': { schema: jsonSchema(body) } }
}

function success({ answer, summary }: Route): Record<string, unknown> {
  if (answer.stream) return { description: summary, content: { 'text/event-stream': {} } }
  if (!answer.schema) return { description: summary }
  return { description: summary, content: { 'application/json': { schema: jsonSchema(answer.schema) } } }
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Record<string, unknown>[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
    schema: jsonSchema(field as z.ZodType),
  }))
}

function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}
