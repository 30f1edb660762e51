import type { AgentSignals, AgentState } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { StartedAgent } from './started-agent.ts'

const at = (second: number) => `2026-11-23T00:00:0${second}.000Z`
const starting: AgentState = { state: 'starting', since: at(0), source: 'process' }
const idle: AgentState = { state: 'idle', since: at(1), source: 'session-file' }

it('starts until its signal was seen, and is unknown when that goes away', () => {
  const agent = new StartedAgent()

  expect(agent.judge(signalsOf(0), starting)).toEqual(starting)
  expect(agent.judge(signalsOf(0), idle)).toEqual(idle)
  expect(agent.judge(signalsOf(0), starting)).toEqual({
    state: 'unknown',
    since: at(5),
    source: 'session-file',
    detail: 'its signal is gone',
  })
})

it('starts again after another launch', () => {
  const agent = new StartedAgent()
  agent.judge(signalsOf(0), idle)

  expect(agent.judge(signalsOf(3), starting)).toEqual(starting)
})

it('starts as long as its own signal says so', () => {
  const agent = new StartedAgent()
  const told: AgentState = { ...starting, source: 'plugin-events' }

  expect(agent.judge(signalsOf(0), told)).toEqual(told)
  expect(agent.judge(signalsOf(0), told)).toEqual(told)
  expect(agent.judge(signalsOf(0), starting)?.state).toBe('unknown')
})

function signalsOf(launchSecond: number): AgentSignals {
  const process = { state: 'running', pid: 7, exitCode: null, since: at(launchSecond) } as const
  return { process, file: null, title: null, observedAt: at(5) }
}
