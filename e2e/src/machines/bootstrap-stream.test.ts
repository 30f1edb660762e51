import { SseParser } from '@agent-machines/client'
import { describe, expect, it } from 'vitest'
import { deployMachine } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'

interface Told {
  readonly event: string
  readonly id: string
  readonly data: unknown
}

describe('the stream of a bootstrap', () => {
  const tested = testedPlane()

  it('goes on behind any of its events, with no phase, line or end lost or told twice', async () => {
    const { id } = await deployMachine(tested.plane, { runtime: 'shell' })
    const whole = await eventsOf(id)
    const ids = [...new Set(whole.flatMap((told) => told.id || []))].slice(0, -1)

    for (const after of ids) {
      const seen = whole.findLastIndex((told) => told.id === after) + 1
      expect(sorted(await eventsOf(id, after)), `after ${after}`).toEqual(sorted(whole.slice(seen)))
    }

    expect(ids.length).toBeGreaterThan(4)
    expect(whole.at(-1)).toMatchObject({ event: 'done', data: { state: 'done' } })
    expect(
      whole.filter(({ event }) => event === 'phase').every(({ data }) => 'attempt' in (data as object)),
    ).toBe(true)
  })

  it('is refused for a machine that is not there', async () => {
    const { id } = await deployMachine(tested.plane, { runtime: 'shell' })
    await tested.plane.client.machines.destroy(id)

    expect(await refusalOf(id)).toEqual({ status: 410, code: 'MACHINE_DESTROYED' })
    expect(await refusalOf('m0000000000000000')).toEqual({ status: 404, code: 'MACHINE_UNKNOWN' })
  })

  async function eventsOf(id: string, after?: string): Promise<Told[]> {
    const answer = await open(id, after)
    const parser = new SseParser()
    const told: Told[] = []
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      for (const { event, data, lastEventId } of parser.push(chunk))
        if (event !== 'idle') told.push({ event, id: lastEventId, data: JSON.parse(data) })
    }
    return told
  }

  async function refusalOf(id: string) {
    const answer = await open(id)
    const { code } = (await answer.json()) as { code: string }
    return { status: answer.status, code }
  }

  function open(id: string, after?: string): Promise<Response> {
    const { url, apiKey } = tested.plane
    return fetch(`${url}/api/v1/machines/${id}/bootstrap/stream`, {
      headers: { authorization: `Bearer ${apiKey}`, ...(after ? { 'last-event-id': after } : {}) },
    })
  }
})

/** State and log come on two streams without a common order. */
function sorted(told: readonly Told[]) {
  const of = (isLog: boolean) =>
    told.filter(({ event }) => (event === 'log') === isLog).map(({ event, data }) => ({ event, data }))
  return { states: of(false), log: of(true) }
}
