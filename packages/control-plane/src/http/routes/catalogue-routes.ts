import {
  gateRequestSchema,
  gateVerdictSchema,
  pageOf,
  pageQuerySchema,
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
import { pageOfWhole } from '../whole-list.ts'

export function catalogueRoutes(catalogue: Catalogue, checks: UpstreamChecks): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/runtimes',
      access: 'signed-in',
      summary: 'The agents that can run, and what each still needs.',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageOf(runtimeEntrySchema) },
      handle: async ({ query }) => json(pageOfWhole(await catalogue.runtimes(), ({ id }) => id, query)),
    }),
    route({
      method: 'get',
      path: '/api/v1/substrates',
      access: 'signed-in',
      summary: 'The places machines can run, what each can do and still needs.',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageOf(substrateEntrySchema) },
      handle: async ({ query }) => json(pageOfWhole(await catalogue.substrates(), ({ id }) => id, query)),
    }),
    route({
      method: 'get',
      path: '/api/v1/upstreams',
      access: 'signed-in',
      summary: 'The model sources, the protocols each serves and what it still needs.',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageOf(upstreamEntrySchema) },
      handle: async ({ query }) => json(pageOfWhole(await catalogue.upstreams(), ({ id }) => id, query)),
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
