import { type PlannedFile, quote } from '@agent-machines/core'
import type { AgentContext } from '../recipe/runtime-recipe.ts'

const seed = '.agent-machines/state/codex/config.toml'

/**
 * The configuration a first start needs: the folder trusted, no updates, no telemetry, actions asked for.
 *
 * Written only when absent, since people and the CLI itself edit it; later only a missing trust is added. The
 * CLI's own sandbox is off, since the machine is one and nested namespaces do not start inside it.
 */
export function codexConfig(context: AgentContext): { files: PlannedFile[]; script: string } {
  const trust = `[projects.${JSON.stringify(context.workDirectory)}]`
  const content = `approval_policy = "on-request"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[analytics]
enabled = false

[tui]
notifications = true
notification_method = "osc9"
notification_condition = "always"

${trust}
trust_level = "trusted"
`
  const script = `umask 077
mkdir -p .codex
if [ ! -s .codex/config.toml ]; then
  cp ${quote(seed)} .codex/config.toml
elif ! grep -qF ${quote(trust)} .codex/config.toml; then
  printf '\\n%s\\ntrust_level = "trusted"\\n' ${quote(trust)} >>.codex/config.toml
fi`
  return { files: [{ path: seed, content, mode: 0o600 }], script }
}
