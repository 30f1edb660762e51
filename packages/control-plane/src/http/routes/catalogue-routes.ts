import {
  gateRequestSchema,
  gateVerdictSchema,
  runtimeEntrySchema,
  substrateEntrySchema,
  upstreamCheckSchema,
  upstreamEntrySchema,
} from '@agent-machines/core'
import { z } from 'zod'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import type { UpstreamChecks } from '../../catalogue/upstream-checks.ts'
import { json } from '../json.ts'
import { type Route, route } from '../route.ts'

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.null() })

export function catalogueRoutes(catalogue: Catalogue, checks: UpstreamChecks): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/runtimes',
      access: 'signed-in',
      summary: 'The agents that can run, and what each still needs.',
      answer: { status: 200, schema: listOf(runtimeEntrySchema) },
      handle: async () => json({ items: await catalogue.runtimes(), nextCursor: null }),
    }),
    route({
      method: 'get',
      path: '/api/v1/substrates',
      access: 'signed-in',
      summary: 'The places machines can run, what each can do and still needs.',
      answer: { status: 200, schema: listOf(substrateEntrySchema) },
      handle: async () => json({ items: await catalogue.substrates(), nextCursor: null }),
    }),
    route({
      method: 'get',
      path: '/api/v1/upstreams',
      access: 'signed-in',
      summary: 'The model sources, the protocols each serves and what it still needs.',
      answer: { status: 200, schema: listOf(upstreamEntrySchema) },
      handle: async () => json({ items: await catalogue.upstreams(), nextCursor: null }),
    }),
    route({
      method: 'get',
      path: '/api/v1/upstreams/:id/models',
      access: 'signed-in',
      summary: 'The models that an upstream lists now, or listed in the last ten minutes.',
      params: z.object({ id: z.string().max(64) }),
      answer: { status: 200, schema: upstreamCheckSchema },
      errors: ['UPSTREAM_UNKNOWN'],
      handle: async ({ params }) => json(await checks.models(catalogue.upstream(params.id))),
    }),
    route({
      method: 'post',
      path: '/api/v1/gate',
      access: 'signed-in',
      summary: 'Whether a combination can run, and what is missing if not.',
      body: gateRequestSchema,
      answer: { status: 200, schema: gateVerdictSchema },
      errors: ['RUNTIME_UNKNOWN', 'SUBSTRATE_UNKNOWN', 'UPSTREAM_UNKNOWN'],
      handle: async ({ body }) => json(await catalogue.gate(body)),
    }),
  ]
}
