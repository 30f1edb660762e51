import {
  type CreateMachine,
  gitRefPattern,
  gitUrlPattern,
  machineNameHint,
  machineNamePattern,
  quote,
} from '@agent-machines/core'
import type { Choices } from './deploy-choices.ts'

/** The fields below the axes, as they are typed. */
export interface DeployFields {
  readonly name: string
  readonly model: string
  readonly size: SizeId
  /** Whether a chat gateway keeps the agent loaded, where its runtime has one. */
  readonly isKeptLoaded: boolean
  readonly workspace: 'empty' | 'git' | 'folder'
  readonly git: string
  readonly ref: string
  readonly folder: string
}

export const sizes = {
  unlimited: { label: 'No limit', spec: {} },
  small: { label: '1 CPU, 2 GB', spec: { cpus: 1, memoryMiB: 2048 } },
  medium: { label: '2 CPU, 4 GB', spec: { cpus: 2, memoryMiB: 4096 } },
  large: { label: '4 CPU, 8 GB', spec: { cpus: 4, memoryMiB: 8192 } },
} as const
export type SizeId = keyof typeof sizes

const longestModel = 255

export type FieldErrors = Readonly<Partial<Record<'name' | 'model' | 'git' | 'ref' | 'folder', string>>>

/** The request for what is chosen and typed, or what is wrong with a field. */
export function requestOf(
  chosen: Choices['chosen'],
  fields: DeployFields,
): { readonly request: CreateMachine | null; readonly errors: FieldErrors } {
  const spec = sizes[fields.size].spec
  const errors = errorsOf(fields)
  if (Object.keys(errors).length > 0) return { request: null, errors }
  const request: CreateMachine = {
    name: fields.name,
    runtime: chosen.runtime.id,
    substrate: chosen.substrate.id,
    ...(chosen.upstream ? { upstream: chosen.upstream.id } : {}),
    ...(chosen.upstream && fields.model ? { model: fields.model } : {}),
    ...(Object.keys(spec).length > 0 ? { spec } : {}),
    ...(chosen.runtime.hasGateway && fields.isKeptLoaded ? { gateway: true } : {}),
    ...workspaceOf(chosen, fields),
  }
  return { request, errors }
}

/** The same deploy as a command; null where the command line has no words for it. */
export function commandOf(request: CreateMachine): string | null {
  const workspace = request.workspace
  if (request.spec || (workspace && (!('git' in workspace) || workspace.ref))) return null
  const words: [string, string | undefined][] = [
    ['--runtime', request.runtime],
    ['--substrate', request.substrate],
    ['--upstream', request.upstream],
    ['--model', request.model],
    ['--name', request.name],
    ['--git', workspace && 'git' in workspace ? workspace.git : undefined],
  ]
  const flags = words.filter(([, value]) => value !== undefined)
  const gateway = request.gateway ? ['--gateway'] : []
  return ['am deploy', ...flags.map(([flag, value]) => `${flag} ${quote(value ?? '')}`), ...gateway].join(' ')
}

function workspaceOf(chosen: Choices['chosen'], fields: DeployFields) {
  if (fields.workspace === 'git') {
    return { workspace: { git: fields.git.trim(), ...(fields.ref ? { ref: fields.ref.trim() } : {}) } }
  }
  if (fields.workspace === 'folder' && chosen.substrate.hostPath) {
    return { workspace: { hostPath: fields.folder.trim() } }
  }
  return {}
}

function errorsOf(fields: DeployFields): FieldErrors {
  const isGit = fields.workspace === 'git'
  const ref = fields.ref.trim()
  return {
    ...(machineNamePattern.test(fields.name) ? {} : { name: machineNameHint }),
    ...(fields.model.length <= longestModel ? {} : { model: `At most ${longestModel} characters.` }),
    ...(isGit && !gitUrlPattern.test(fields.git.trim())
      ? { git: 'A git URL, such as https://host/team/project.' }
      : {}),
    ...(isGit && ref && !gitRefPattern.test(ref) ? { ref: 'A branch, tag or commit.' } : {}),
    ...(fields.workspace === 'folder' && !fields.folder.trim().startsWith('/')
      ? { folder: 'An absolute path, such as /home/you/project.' }
      : {}),
  }
}
