import { expect, it } from 'vitest'
import { askAgent, untilAgent } from '../testing/ask-agent.ts'
import { ConsoleTab, untilShown } from '../testing/console-tab.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { killMachine, outputOf, untilState } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'
import { testedAgents } from '../testing/tested-runtimes.ts'

/** A screen that stands still is saved within seconds. */
const keptText = 'cat ~/.agent-machines/console/agent/scrollback 2>/dev/null || true'

/** What the model says to the first question, which itself does not have it. */
const answer = 'token-3'

const tested = testedPlane()

/** What a machine is told to use before it is reloaded. */
const otherModel = 'model-after-reload'

it.each(testedAgents)(
  'goes on with the conversation of %s after everything of it was killed, and after a reload with another model',
  async (runtime, chosen) => {
    const { plane } = tested
    const { id } = await plane.client.machines.create({
      runtime,
      substrate: 'local',
      ...chosen,
    })
    await untilState(plane, id, ['ready'], 180_000)
    await askAgent(tested, id, 'SLOW[3]')
    await untilShown(plane, id, answer)
    await untilAgent(plane, id, 'idle')
    await eventually('the screen kept', async () => (await outputOf(plane, id, keptText)).includes(answer))

    await killMachine(id)
    await untilState(plane, id, ['asleep'])
    // Some signals tell whole seconds.
    const wokenAt = Math.floor(Date.now() / 1000) * 1000
    await plane.client.machines.wake(id)
    const { agent } = await untilAgent(plane, id, 'idle')
    const tab = await untilShown(plane, id, 'the conversation goes on')
    const asked = await askAgent(tested, id, 'ANSWER[the second answer]')
    await untilAgent(plane, id, 'idle')
    await plane.client.machines.patch(id, { model: otherModel })
    await untilState(plane, id, ['ready'])
    await plane.client.machines.reload(id)
    await untilState(plane, id, ['ready'])
    await untilShown(plane, id, 'Set up again')
    const askedAnew = await askAgent(tested, id, 'ANSWER[the third answer]')

    expect(Date.parse(agent?.since ?? '')).toBeGreaterThanOrEqual(wokenAt)
    expect(asked).toContain(answer)
    expect(tab.shows(answer)).toBe(true)
    expect(askedAnew).toContain('the second answer')
    expect(askedAnew).toContain(`"model":"${otherModel}"`)
    const [started] = await new ConsoleTab(plane, id).follow('ws', (events) => events.length > 0)
    expect(started).toMatchObject({
      event: 'started',
      data: { rest: { cause: 'loss', processes: 'lost', conversation: 'resumed' } },
    })
  },
)
