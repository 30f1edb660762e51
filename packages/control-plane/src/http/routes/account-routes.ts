import {
  AgentMachinesError,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  createSessionSchema,
  meSchema,
  pageOf,
  pageQuerySchema,
  sessionAnswerSchema,
} from '@agent-machines/core'
import type { Context } from 'hono'
import { z } from 'zod'
import type { AccountService } from '../../accounts/account-service.ts'
import { type AllowList, formatSessionCookie, sessionCookieOf } from '../../accounts/allow-list.ts'
import type { ApiKeyStore } from '../../accounts/api-key-store.ts'
import type { LoginTokens } from '../../accounts/login-tokens.ts'
import type { SessionStore } from '../../accounts/session-store.ts'
import { accessRequestOf } from '../authorization.ts'
import { json, noContent } from '../json.ts'
import { pathId } from '../path-id.ts'
import { type Route, route } from '../route.ts'
import { pageOfDated } from '../whole-list.ts'

export interface AccountRouteServices {
  readonly accounts: AccountService
  readonly sessions: SessionStore
  readonly keys: ApiKeyStore
  readonly tokens: LoginTokens
  readonly allowList: () => AllowList
  readonly instance: string
  readonly version: string
  readonly workspace: string
  /** Where browsers reach us, without a trailing slash. */
  readonly origin: () => string
  readonly addressOf: (context: Context) => string
}

const sessionAgeS = 30 * 24 * 60 * 60

export function accountRoutes(services: AccountRouteServices): Route[] {
  const { accounts, sessions, keys, tokens, instance, version, workspace } = services
  const cookieOf = (context: Context) =>
    sessionCookieOf(instance, context.req.header('host') ?? '', services.allowList())
  return [
    route({
      method: 'post',
      path: '/api/v1/session',
      access: 'open',
      summary: 'Sign in with a one-time token; the answer holds the proof, once.',
      body: createSessionSchema,
      answer: { status: 200, schema: sessionAnswerSchema },
      errors: ['LOGIN_TOKEN_REFUSED', 'LOGIN_RATE_LIMITED', 'ORIGIN_REFUSED'],
      handle: async ({ body, context }) => {
        const allowList = services.allowList()
        const request = accessRequestOf(
          'POST',
          'http',
          (name) => context.req.header(name),
          instance,
          allowList,
        )
        const attempt = { token: body.token, address: services.addressOf(context) }
        const session = await accounts.signIn(request, allowList, attempt)
        const cookie = formatSessionCookie(cookieOf(context), session.cookie, sessionAgeS)
        return json({ proof: session.proof }, 200, { 'set-cookie': cookie })
      },
    }),
    route({
      method: 'delete',
      path: '/api/v1/session',
      access: 'signed-in',
      summary: 'Sign out.',
      answer: { status: 204 },
      handle: async ({ principal, context }) => {
        if (principal?.kind === 'session') await sessions.remove(principal.id)
        return noContent({ 'set-cookie': formatSessionCookie(cookieOf(context), '', 0) })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/me',
      access: 'signed-in',
      summary: 'Who asks.',
      answer: { status: 200, schema: meSchema },
      handle: ({ principal }) =>
        json({
          principal: principal?.kind,
          id: principal?.id,
          workspace: principal?.workspace,
          instance,
          version,
        }),
    }),
    route({
      method: 'post',
      path: '/api/v1/login-links',
      access: 'bearer',
      summary: 'Make a one-time login link.',
      answer: { status: 200, schema: z.object({ url: z.string() }) },
      handle: async () => json({ url: loginLink(services.origin(), await tokens.mint(workspace)) }),
    }),
    route({
      method: 'get',
      path: '/api/v1/api-keys',
      access: 'signed-in',
      summary: 'List API keys, never their values.',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageOf(apiKeySchema) },
      handle: async ({ query }) => json(pageOfDated(await keys.list(workspace), query)),
    }),
    route({
      method: 'post',
      path: '/api/v1/api-keys',
      access: 'signed-in',
      summary: 'Make an API key; its value is in this answer only.',
      body: createApiKeySchema,
      answer: { status: 201, schema: createdApiKeySchema },
      handle: async ({ body }) => json(await keys.create({ workspace, name: body.name }), 201),
    }),
    route({
      method: 'delete',
      path: '/api/v1/api-keys/:id',
      access: 'signed-in',
      summary: 'Revoke an API key.',
      params: z.object({ id: pathId }),
      answer: { status: 204 },
      errors: ['API_KEY_UNKNOWN'],
      handle: async ({ params }) => {
        if (!(await keys.remove(workspace, params.id))) {
          throw new AgentMachinesError('API_KEY_UNKNOWN', `No API key ${params.id}.`)
        }
        return noContent()
      },
    }),
  ]
}

/** The token stands behind `#`, so it reaches no server log and no proxy. */
export function loginLink(origin: string, token: string): string {
  return `${origin}/login#token=${token}`
}
