import type { Machine } from '@agent-machines/core'
import { Age } from '../../components/age.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import type { Labels } from '../../queries/catalogue.ts'

export interface MachineFactsProps {
  readonly machine: Machine
  readonly labels: Labels
  /** The newest version of its runtime. */
  readonly newestVersion: string | null
}

export function MachineFacts({ machine, labels, newestVersion }: MachineFactsProps) {
  const { capabilities, workspace } = machine
  return (
    <div className="grid content-start gap-4">
      <section className="panel">
        <h2 className="panel-head">Machine</h2>
        <dl className="facts">
          <dt>Runtime</dt>
          <dd>
            {labels.runtime(machine.runtime)} {machine.runtimeVersion}
            {newestVersion !== null && machine.runtimeVersion !== newestVersion && (
              <p className="text-ink-2">Reload it to have {newestVersion}.</p>
            )}
          </dd>
          <dt>Substrate</dt>
          <dd>{labels.substrate(machine.substrate)}</dd>
          <dt>Upstream</dt>
          <dd>
            {machine.upstream
              ? `${labels.upstream(machine.upstream)}${machine.model ? `, ${machine.model}` : ''}`
              : 'None needed'}
          </dd>
          <dt>Works on</dt>
          <dd>{workspace ? <code>{placeOf(workspace)}</code> : 'Its own home'}</dd>
          <dt>Size</dt>
          <dd>{sizeOf(machine)}</dd>
          <dt>Home</dt>
          <dd>
            <code>{machine.home}</code>
          </dd>
          <dt>Created</dt>
          <dd>
            <Age since={machine.createdAt} /> ago
          </dd>
          <dt>Identifier</dt>
          <dd className="flex items-center justify-between gap-2">
            <code>{machine.id}</code>
            <CopyButton text={machine.id} />
          </dd>
        </dl>
      </section>
      <section className="panel">
        <h2 className="panel-head">Isolation and capabilities</h2>
        <dl className="facts">
          <dt>Isolation</dt>
          <dd>{isolationTexts[machine.isolation]}</dd>
          <dt>Network</dt>
          <dd>
            <code>network: {machine.network}</code>
            {machine.network === 'shared-host' && (
              <p className="text-ink-2">
                It sees the same network as this computer, its local ports included.
              </p>
            )}
          </dd>
          <dt>Sleep</dt>
          <dd>{sleepText(capabilities)}</dd>
          <dt>Limits</dt>
          <dd>{limitsText(capabilities.limits)}</dd>
          <dt>Public address</dt>
          <dd>{capabilities.publicUrl ? 'Can be given one' : 'None on this substrate'}</dd>
        </dl>
      </section>
    </div>
  )
}

const isolationTexts: Readonly<Record<Machine['isolation'], string>> = {
  vm: 'vm: a virtual machine of its own',
  container: 'container: a container of its own',
  namespaces: 'namespaces: own files, processes and users on a shared kernel',
  'host-user': 'host-user: an account of the host',
  none: 'none: it can reach what its user can',
}

function placeOf(workspace: NonNullable<Machine['workspace']>): string {
  if ('hostPath' in workspace) return workspace.hostPath
  return workspace.ref ? `${workspace.git} at ${workspace.ref}` : workspace.git
}

function sizeOf({ spec }: Machine): string {
  const parts = [
    spec.cpus === undefined ? null : `${spec.cpus} CPU`,
    spec.memoryMiB === undefined ? null : `${Number((spec.memoryMiB / 1024).toFixed(1))} GB`,
    spec.pids === undefined ? null : `${spec.pids} processes`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'No limit of its own' : parts.join(', ')
}

function sleepText({ sleep, memoryKept }: Machine['capabilities']): string {
  if (!sleep) return 'Not on this substrate'
  return memoryKept
    ? 'Files and processes survive; processes stand still.'
    : 'Files survive, processes don’t.'
}

function limitsText(limits: Machine['capabilities']['limits']): string {
  const names = [limits.cpu && 'CPU', limits.memory && 'memory', limits.pids && 'processes'].filter(Boolean)
  return names.length === 0 ? 'None can be set here' : `${names.join(', ')} can be limited`
}
