import type { AgentAction, Client } from '@agent-machines/client'
import type { Machine } from '@agent-machines/core'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useClient } from './client-context.ts'

const listKey = ['machines'] as const
const machineKey = (id: string) => ['machine', id] as const
/** Live events carry changes; asking again now and then covers a stream that says nothing. */
const refreshMs = 30_000

export function useMachines() {
  const client = useClient()
  const queryClient = useQueryClient()
  return useQuery({
    queryKey: listKey,
    queryFn: async ({ signal }) => {
      const since = heardOf(queryClient)
      const before = new Map(since)
      const read = await client.machines.listAll({ signal })
      const news = [...since].filter(([id, machine]) => before.get(id) !== machine)
      const known = read.map((machine) => newest(machine, knownMachine(queryClient, machine.id)))
      return withNews(known, new Map(news))
    },
    refetchInterval: refreshMs,
  })
}

export function useMachine(id: string) {
  const client = useClient()
  const queryClient = useQueryClient()
  return useQuery({
    queryKey: machineKey(id),
    queryFn: async ({ signal }) =>
      newest(await client.machines.get(id, { signal }), knownMachine(queryClient, id)),
    placeholderData: () => knownMachine(queryClient, id),
    refetchInterval: refreshMs,
  })
}

/** What was heard last of each machine since the page was opened, null of one that is gone. */
type Heard = Map<string, Machine | null>
const heard = new WeakMap<QueryClient, Heard>()

function heardOf(queryClient: QueryClient): Heard {
  const known = heard.get(queryClient) ?? new Map<string, Machine | null>()
  heard.set(queryClient, known)
  return known
}

/** A list as it was read, without what has gone since it was asked for, and with what is new. */
export function withNews(read: readonly Machine[], news: ReadonlyMap<string, Machine | null>): Machine[] {
  const listed = new Set(read.map(({ id }) => id))
  const made = [...news.values()].filter((machine) => machine !== null && !listed.has(machine.id))
  const left = read.filter(({ id }) => news.get(id) !== null)
  return [...(made as Machine[]), ...left].filter(({ state }) => state !== 'destroyed')
}

/** Answers and events overtake each other; what was written later is how the machine is. */
export function newest(read: Machine, known: Machine | undefined): Machine {
  return known && known.updatedAt > read.updatedAt ? known : read
}

function knownMachine(queryClient: QueryClient, id: string): Machine | undefined {
  const listed = queryClient.getQueryData<Machine[]>(listKey)?.find((each) => each.id === id)
  const own = queryClient.getQueryData<Machine>(machineKey(id))
  return own && listed ? newest(own, listed) : (own ?? listed)
}

/** Puts a machine as the server sees it into every place that shows it. */
export function putMachine(queryClient: QueryClient, read: Machine): void {
  const machine = newest(read, knownMachine(queryClient, read.id))
  if (isNew(queryClient, machine)) refreshUse(queryClient)
  heardOf(queryClient).set(machine.id, machine)
  queryClient.setQueryData(machineKey(machine.id), machine)
  queryClient.setQueryData<Machine[]>(listKey, (all) => {
    if (!all) return all
    const others = all.filter((each) => each.id !== machine.id)
    return machine.state === 'destroyed' ? others : [machine, ...others]
  })
}

function isNew(queryClient: QueryClient, { id }: Machine): boolean {
  return queryClient.getQueryData<Machine[]>(listKey)?.every((each) => each.id !== id) ?? false
}

/** Which machines use a credential is told with the credentials. */
function refreshUse(queryClient: QueryClient): void {
  queryClient.invalidateQueries({ queryKey: ['credentials'] }).catch(ignoreCancelled)
}

export function removeMachine(queryClient: QueryClient, id: string): void {
  refreshUse(queryClient)
  heardOf(queryClient).set(id, null)
  queryClient.setQueryData<Machine[]>(listKey, (all) => all?.filter((each) => each.id !== id))
  queryClient.invalidateQueries({ queryKey: machineKey(id) }).catch(ignoreCancelled)
}

export function refreshMachines(queryClient: QueryClient): void {
  queryClient.invalidateQueries({ queryKey: listKey }).catch(ignoreCancelled)
  queryClient.invalidateQueries({ queryKey: ['machine'] }).catch(ignoreCancelled)
}

export type MachineCommand =
  | { readonly kind: 'wake' | 'sleep' | 'bootstrap' | 'destroy' }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'model'; readonly upstream: string; readonly model: string | null }
  | { readonly kind: 'gateway'; readonly wanted: boolean }
  | { readonly kind: 'reload'; readonly runtimeVersion: string | undefined }
  | { readonly kind: 'agent'; readonly action: AgentAction }

/** Runs one command on a machine and shows its answer everywhere. */
export function useMachineCommand(id: string) {
  const client = useClient()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (command: MachineCommand) => runCommand(client, id, command),
    onSuccess: (machine) => (machine ? putMachine(queryClient, machine) : removeMachine(queryClient, id)),
  })
}

async function runCommand(client: Client, id: string, command: MachineCommand): Promise<Machine | null> {
  switch (command.kind) {
    case 'rename':
      return client.machines.patch(id, { name: command.name })
    case 'model':
      return client.machines.patch(id, { upstream: command.upstream, model: command.model })
    case 'gateway':
      return client.machines.patch(id, { gateway: command.wanted })
    case 'reload':
      return client.machines.reload(id, { runtimeVersion: command.runtimeVersion })
    case 'agent':
      return client.machines.agent(id, command.action)
    case 'destroy': {
      const { gone } = await client.machines.destroy(id)
      return gone ? null : client.machines.get(id)
    }
    default:
      return client.machines[command.kind](id)
  }
}

/** A newer request took the place of this one. */
export function ignoreCancelled(): void {}
