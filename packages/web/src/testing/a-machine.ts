import type { Machine } from '@agent-machines/core'

/** A ready machine with an idle agent; tests and fixtures override what matters to them. */
export function aMachine(change: Partial<Machine> = {}): Machine {
  return {
    id: 'm_1',
    name: 'clever-harbor',
    labels: {},
    runtime: 'claude-code',
    runtimeVersion: '2.1.330',
    substrate: 'local',
    upstream: 'anthropic',
    model: null,
    preset: null,
    spec: {},
    workspace: null,
    state: 'ready',
    gateway: null,
    agent: { state: 'idle', since: '2026-01-01T11:00:00.000Z', source: 'session-file' },
    isolation: 'namespaces',
    network: 'shared-host',
    bootstrap: { state: 'done', phases: [] },
    capabilities: {
      sleep: true,
      memoryKept: true,
      streamExec: true,
      attach: true,
      publicUrl: false,
      limits: { cpu: true, memory: true, pids: true },
    },
    home: '/home/agent',
    createdAt: '2026-01-01T10:00:00.000Z',
    updatedAt: '2026-01-01T11:00:00.000Z',
    lastActivityAt: '2026-01-01T11:00:00.000Z',
    ...change,
  }
}
