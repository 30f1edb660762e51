import {
  AgentMachinesError,
  agentActionSchema,
  createMachineSchema,
  listQuerySchema,
  machineSchema,
  pageOf,
  patchMachineSchema,
  reloadMachineSchema,
} from '@agent-machines/core'
import { z } from 'zod'
import type { ConsoleService } from '../../console/console-service.ts'
import type { DeployService } from '../../deploy/deploy-service.ts'
import type { FleetService } from '../../fleet/fleet-service.ts'
import { json, noContent } from '../json.ts'
import { pathId } from '../path-id.ts'
import { type Route, route } from '../route.ts'

export interface MachineRouteServices {
  readonly fleet: FleetService
  readonly deploys: DeployService
  readonly consoles: Pick<ConsoleService, 'agent'>
}

export const machineParams = z.object({ id: pathId })
const machines = '/api/v1/machines'
const actionErrors = ['MACHINE_UNKNOWN', 'MACHINE_ASLEEP', 'MACHINE_NOT_READY', 'MACHINE_DESTROYED'] as const

export function machineRoutes({ fleet, deploys, consoles }: MachineRouteServices): Route[] {
  return [
    route({
      method: 'post',
      path: machines,
      access: 'signed-in',
      summary: 'Deploy a machine. `Idempotency-Key` makes asking again safe for 24 hours.',
      body: createMachineSchema,
      answer: { status: 202, schema: machineSchema },
      errors: [
        'RUNTIME_UNKNOWN',
        'SUBSTRATE_UNKNOWN',
        'UPSTREAM_UNKNOWN',
        'GATE_BLOCKED',
        'IDEMPOTENCY_MISMATCH',
      ],
      handle: async ({ body, principal, context }) => {
        const idempotencyKey = idempotencyKeyOf(context.req.header('idempotency-key'))
        return json(await deploys.deploy({ body, principal: principal?.id ?? '', idempotencyKey }), 202)
      },
    }),
    route({
      method: 'get',
      path: machines,
      access: 'signed-in',
      summary: 'List machines, newest first.',
      query: listQuerySchema,
      answer: { status: 200, schema: pageOf(machineSchema) },
      handle: async ({ query }) => json(await fleet.list(query)),
    }),
    route({
      method: 'get',
      path: `${machines}/:id`,
      access: 'signed-in',
      summary: 'Read a machine; a destroyed one for 30 days.',
      params: machineParams,
      answer: { status: 200, schema: machineSchema },
      errors: ['MACHINE_UNKNOWN'],
      handle: async ({ params }) => json(await fleet.get(params.id)),
    }),
    route({
      method: 'patch',
      path: `${machines}/:id`,
      access: 'signed-in',
      summary: 'Change name, labels, upstream or model.',
      params: machineParams,
      body: patchMachineSchema,
      answer: { status: 200, schema: machineSchema },
      errors: ['MACHINE_UNKNOWN', 'MACHINE_DESTROYED', 'GATE_BLOCKED', 'UPSTREAM_UNKNOWN'],
      handle: async ({ params, body }) => json(await fleet.patch(params.id, body)),
    }),
    route({
      method: 'delete',
      path: `${machines}/:id`,
      access: 'signed-in',
      summary: 'Destroy a machine: 204 when nothing is left, 202 when that takes over 10 s.',
      params: machineParams,
      answer: { status: 204 },
      errors: ['MACHINE_UNKNOWN'],
      handle: async ({ params }) =>
        (await fleet.destroy(params.id)) ? noContent() : json(await fleet.get(params.id), 202),
    }),
    ...(['wake', 'sleep', 'bootstrap'] as const).map((action) =>
      route({
        method: 'post',
        path: `${machines}/:id/${action}`,
        access: 'signed-in',
        summary: actionSummaries[action],
        params: machineParams,
        answer: { status: 202, schema: machineSchema },
        errors: actionErrors,
        handle: async ({ params }) => json(await fleet[action](params.id), 202),
      }),
    ),
    route({
      method: 'post',
      path: `${machines}/:id/reload`,
      access: 'signed-in',
      summary:
        'Set a machine up as it shall be by now, with another version of its runtime if asked; an agent that runs starts anew in its conversation.',
      params: machineParams,
      body: reloadMachineSchema,
      answer: { status: 202, schema: machineSchema },
      errors: [...actionErrors, 'RUNTIME_VERSION_UNKNOWN'],
      handle: async ({ params, body }) => json(await fleet.reload(params.id, body), 202),
    }),
    route({
      method: 'post',
      path: `${machines}/:id/agent`,
      access: 'signed-in',
      summary: 'Start, stop or restart the agent in the console.',
      params: machineParams,
      body: agentActionSchema,
      answer: { status: 202, schema: machineSchema },
      errors: actionErrors,
      handle: async ({ params, body }) => {
        await consoles.agent(params.id, body.action)
        return json(await fleet.get(params.id), 202)
      },
    }),
  ]
}

const actionSummaries = {
  wake: 'Wake a machine; asking twice is harmless.',
  sleep: 'Put a machine to sleep; asking twice is harmless.',
  bootstrap: 'Set a machine up again; after a failure it resumes at the phase that failed.',
}

/** Rejects with `REQUEST_INVALID` unless it is 1 to 128 printable characters. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  if (/^[\x20-\x7e]{1,128}$/.test(header)) return header
  const message = 'Idempotency-Key takes 1 to 128 printable characters.'
  throw new AgentMachinesError('REQUEST_INVALID', message, {
    details: { errors: [{ path: 'Idempotency-Key', message }] },
  })
}
