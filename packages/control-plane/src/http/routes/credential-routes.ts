import {
  checkCredentialSchema,
  credentialStatusSchema,
  pageOf,
  pageQuerySchema,
  putCredentialSchema,
  upstreamCheckSchema,
} from '@agent-machines/core'
import { z } from 'zod'
import type { CredentialAdministration } from '../../catalogue/credential-administration.ts'
import type { UpstreamChecks } from '../../catalogue/upstream-checks.ts'
import { json, noContent } from '../json.ts'
import { type Route, route } from '../route.ts'
import { pageOfWhole } from '../whole-list.ts'

const params = z.object({ name: z.string().max(128) })

export function credentialRoutes(credentials: CredentialAdministration, checks: UpstreamChecks): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/credentials',
      access: 'signed-in',
      summary: 'List credentials: whether, from where and until which last four characters, never the value.',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageOf(credentialStatusSchema) },
      handle: async ({ query }) => json(pageOfWhole(await credentials.list(), ({ name }) => name, query)),
    }),
    route({
      method: 'put',
      path: '/api/v1/credentials/:name',
      access: 'signed-in',
      summary: 'Store a credential; it is encrypted on arrival and never answered.',
      params,
      body: putCredentialSchema,
      answer: { status: 200, schema: credentialStatusSchema },
      errors: ['CREDENTIAL_UNKNOWN', 'CREDENTIAL_FROM_ENVIRONMENT'],
      handle: async ({ params, body }) => json(await credentials.put(params.name, body)),
    }),
    route({
      method: 'post',
      path: '/api/v1/credentials/:name/check',
      access: 'signed-in',
      summary:
        'Ask the upstream, at no cost, whether it takes a key: the given one, or the stored one. Stores nothing.',
      params,
      body: checkCredentialSchema,
      answer: { status: 200, schema: upstreamCheckSchema },
      errors: ['CREDENTIAL_UNKNOWN'],
      handle: async ({ params, body }) => json(await checks.check(params.name, body)),
    }),
    route({
      method: 'delete',
      path: '/api/v1/credentials/:name',
      access: 'signed-in',
      summary: 'Remove a stored credential; removing twice is harmless.',
      params,
      answer: { status: 204 },
      errors: ['CREDENTIAL_UNKNOWN', 'CREDENTIAL_FROM_ENVIRONMENT'],
      handle: async ({ params }) => {
        await credentials.remove(params.name)
        return noContent()
      },
    }),
  ]
}
