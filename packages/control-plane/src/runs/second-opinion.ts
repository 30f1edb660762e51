import type { ModelFailure, UpstreamCheck } from '@agent-machines/core'
import type { FoldedRunEvent } from '@agent-machines/runtimes'

/**
 * Claude Code takes every 404 for an unknown model: whether it is the address, only the model source can tell, which is
 * asked once more, by `check`. The last event as it is to be stored.
 */
export async function secondOpinionOn(
  last: FoldedRunEvent,
  check: () => Promise<UpstreamCheck>,
): Promise<FoldedRunEvent> {
  if (last.event !== 'end' || last.data.cause?.code !== 'model-unknown') return last
  const asked = await check().catch(() => null)
  if (asked?.code !== 'address-wrong' && asked?.code !== 'protocol-missing') return last
  const { message, fix, isTransient } = asked
  const cause: ModelFailure = { code: 'address-wrong', fix, isTransient }
  return { ...last, data: { ...last.data, detail: message, cause } }
}
