import { quote } from '@agent-machines/core'
import type { HeadlessRecipe } from '../recipe/headless.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { openClawAllowAll } from './openclaw-config.ts'
import { openClawCommand } from './openclaw-install.ts'
import {
  openClawGatewayPrefix,
  openClawGatewayState,
  openClawRunsFolder,
  openClawSessionKey,
} from './openclaw-paths.ts'
import { OpenClawRunReader } from './openclaw-run-reader.ts'

/** Longer than any run may take: the CLI would end after ten minutes. */
const timeLimitS = 604_800

/** `openclaw agent` by itself, without a server; our plugin prints what it does. */
export const openClawHeadless: HeadlessRecipe<AgentContext> = {
  budget: 'usage',
  commandFor(context, { session, permissions }) {
    const command = [
      ...openClawCommand(context),
      'agent',
      '--local',
      '--json',
      '--message-file=/dev/stdin',
      `--timeout=${timeLimitS}`,
    ]
    return {
      command: ['/bin/sh', '-c', inItsConversation(context.home, session), 'sh', ...command],
      environment: permissions === 'all' ? openClawAllowAll(context) : {},
    }
  },
  createReader: (model) => new OpenClawRunReader(model),
}

/**
 * Each conversation has a state folder of its own, named like it, but for those of the gateway, which share one.
 *
 * The CLI lets one process at a time use a state folder, and the console holds the person's.
 */
function inItsConversation(home: string, session: string | undefined): string {
  const choose =
    session === undefined
      ? 'id=$(cat /proc/sys/kernel/random/uuid) && mkdir -p "$runs/$id" || exit 1'
      : `id=${quote(session.replace(/[^0-9A-Za-z-]/g, ''))}
[ -n "$id" ] && [ -d "$runs/$id" ] || { echo "There is no conversation $id." >&2; exit 1; }`
  if (session?.startsWith(openClawGatewayPrefix))
    return `export OPENCLAW_STATE_DIR=${quote(`${home}/${openClawGatewayState}`)}
exec "$@" --session-key=${quote(openClawSessionKey(session))}`
  return `runs=${quote(`${home}/${openClawRunsFolder}`)}
${choose}
export OPENCLAW_STATE_DIR="$runs/$id"
exec "$@" --session-id="$id"`
}
