import type { Machine } from '@agent-machines/core'
import type { ReactNode } from 'react'
import { Age } from '../../components/age.tsx'
import { Failure } from '../../components/failure.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import type { Labels } from '../../queries/catalogue.ts'
import type { MachineCommand } from '../../queries/machines.ts'
import { PhaseFailure } from '../bootstrap/phase-failure.tsx'
import { actionsFor } from '../machines/actions-for.ts'
import { formatMoment } from '../machines/format-age.ts'
import { inSentence } from '../machines/in-sentence.ts'
import { BootstrapChart } from './bootstrap-chart.tsx'
import { MachineFacts } from './machine-facts.tsx'

export interface OverviewViewProps {
  readonly machine: Machine
  readonly labels: Labels
  /** The newest version of its runtime. */
  readonly newestVersion: string | null
  readonly nowMs: number
  readonly isPending: boolean
  readonly error: unknown
  readonly onCommand: (command: MachineCommand) => void
  readonly onDestroy: () => void
  /** Whether its runtime has a chat gateway. */
  readonly hasGateway: boolean
  /** Its runs, where its runtime takes some. */
  readonly runs?: ReactNode
}

export function OverviewView(props: OverviewViewProps) {
  const { machine, labels, onCommand } = props
  const failed = machine.bootstrap.phases.find((phase) => phase.state === 'failed')
  const actions = actionsFor(machine)
  return (
    <div className="overview">
      <div className="grid grid-cols-1 content-start gap-4">
        {props.error !== null && <Failure error={props.error} what="That did not work." />}
        {failed && (
          <PhaseFailure
            phase={failed}
            onRetry={actions.retryBootstrap ? () => onCommand({ kind: 'bootstrap' }) : undefined}
          />
        )}
        <Doing {...props} />
        {props.runs}
        <BootstrapChart bootstrap={machine.bootstrap} createdAt={machine.createdAt} nowMs={props.nowMs} />
        <Danger {...props} />
      </div>
      <MachineFacts machine={machine} labels={labels} newestVersion={props.newestVersion} />
    </div>
  )
}

function Doing({ machine, nowMs, isPending, hasGateway, onCommand }: OverviewViewProps) {
  const { agent, gateway } = machine
  const actions = actionsFor(machine)
  const canGateway = hasGateway && actions.gateway
  return (
    <section className="panel">
      <h2 className="panel-head">What it is doing</h2>
      <dl className="facts">
        <dt>State</dt>
        <dd>
          <StateMark machine={machine} />
          {machine.stateDetail && <p className="text-ink-2">{machine.stateDetail}</p>}
          {machine.stateReason && !machine.stateDetail && <code>{machine.stateReason}</code>}
        </dd>
        <dt>Agent</dt>
        <dd>
          {agent ? (
            <>
              {agent.state} <span className="text-ink-3">since {formatMoment(agent.since, nowMs)}</span>
            </>
          ) : (
            'None on this machine'
          )}
        </dd>
        {agent && (
          <>
            <dt>How we know</dt>
            <dd>
              Read from <code>{agent.source}</code>
              {agent.detail && `: ${agent.detail}`}
            </dd>
          </>
        )}
        {gateway && (
          <>
            <dt>Chat gateway</dt>
            <dd>
              {gateway.state} <span className="text-ink-3">since {formatMoment(gateway.since, nowMs)}</span>
              {gateway.port !== null && <p className="text-ink-2">Port {gateway.port}, on loopback</p>}
              {gateway.detail && <p className="text-ink-2">{gateway.detail}</p>}
            </dd>
          </>
        )}
        {machine.lastLine && (
          <>
            <dt>Last line</dt>
            <dd>
              <code>{machine.lastLine}</code>
            </dd>
          </>
        )}
        <dt>Last activity</dt>
        <dd>
          <Age since={machine.lastActivityAt} /> ago
        </dd>
      </dl>
      {(actions.startAgent || actions.stopAgent || canGateway) && (
        <div className="flex flex-wrap gap-2 px-4 pb-4">
          {actions.startAgent && (
            <Command isPending={isPending} onRun={() => onCommand({ kind: 'agent', action: 'start' })}>
              Start the agent
            </Command>
          )}
          {actions.restartAgent && (
            <Command isPending={isPending} onRun={() => onCommand({ kind: 'agent', action: 'restart' })}>
              Restart the agent
            </Command>
          )}
          {actions.stopAgent && (
            <Command isPending={isPending} onRun={() => onCommand({ kind: 'agent', action: 'stop' })}>
              Stop the agent
            </Command>
          )}
          {canGateway && (
            <Command
              isPending={isPending}
              onRun={() => onCommand({ kind: 'gateway', wanted: gateway === null })}
            >
              {gateway === null ? 'Start a chat gateway' : 'Stop the chat gateway'}
            </Command>
          )}
        </div>
      )}
    </section>
  )
}

function Danger({ machine, labels, isPending, onCommand, onDestroy }: OverviewViewProps) {
  const actions = actionsFor(machine)
  const where = inSentence(labels.substrate(machine.substrate))
  return (
    <section className="panel">
      <h2 className="panel-head">Danger zone</h2>
      {actions.retryBootstrap && (
        <div className="danger">
          <div>
            <b>Set up again</b>
            <p>Runs the phases that failed or did not run. What the agent wrote stays.</p>
          </div>
          <Command isPending={isPending} onRun={() => onCommand({ kind: 'bootstrap' })}>
            Set up again
          </Command>
        </div>
      )}
      <div className="danger">
        <div>
          <b>Destroy</b>
          <p>Ends its processes and deletes its home on {where}. Nothing on it can be recovered.</p>
        </div>
        {actions.destroy ? (
          <button type="button" className="button button-bad" onClick={onDestroy}>
            Destroy…
          </button>
        ) : (
          <span className="text-ink-3">It is destroyed</span>
        )}
      </div>
    </section>
  )
}

function Command({
  children,
  isPending,
  onRun,
}: {
  children: ReactNode
  isPending: boolean
  onRun: () => void
}) {
  return (
    <button type="button" className="button" disabled={isPending} onClick={onRun}>
      {children}
    </button>
  )
}
