import type { Machine } from '@agent-machines/core'
import { screenOf, untilShown } from './console-tab.ts'
import { type ControlPlaneProcess, eventually } from './control-plane-process.ts'
import type { TestedPlane } from './tested-plane.ts'
import { typeKeys } from './type-line.ts'

/**
 * Types a question to an agent at rest; resolves with the request it came to the model in.
 *
 * Enter comes when the text is there: both at once may be taken for a paste. It comes again until it is taken, since
 * OpenCode takes text before it takes a prompt.
 */
export async function askAgent({ plane, model }: TestedPlane, id: string, text: string): Promise<string> {
  await untilAgent(plane, id, 'idle')
  await typeKeys(plane, id, text)
  await untilShown(plane, id, text)
  const before = model.requests.length
  const asked = async () =>
    model.requests
      .slice(before)
      .map(({ body }) => JSON.stringify(body))
      .find((body) => body.includes(text))
  const taken = eventually(`the question ${text}`, async () => {
    await typeKeys(plane, id, '\r')
    return eventually(text, asked, 2000).catch(() => null)
  })
  return taken.catch(async (error: unknown) => {
    throw new Error(`${error}\n${await screenOf(plane, id)}`, { cause: error })
  })
}

export function untilAgent(
  plane: ControlPlaneProcess,
  id: string,
  state: NonNullable<Machine['agent']>['state'],
): Promise<Machine> {
  const isSeen = async () => {
    const machine = await plane.client.machines.get(id)
    return machine.agent?.state === state && machine
  }
  return eventually(`${id} ${state}`, isSeen, 90_000)
}
