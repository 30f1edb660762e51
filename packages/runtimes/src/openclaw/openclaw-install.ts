import { npmTreeInstall } from '../recipe/npm-tree-install.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { openClawLock } from './openclaw-lock.ts'

const openClawVersion = '2026.9.6'

/** The Node that is installed with it; the CLI runs on no older one. */
export const openClawNode = 'bin/node'
const program = 'node_modules/openclaw/openclaw.mjs'

/** The option is one that the CLI would start itself anew for. */
export function openClawCommand({ runtimePath }: AgentContext): string[] {
  const path = runtimePath ?? ''
  return [`${path}/${openClawNode}`, '--disable-warning=ExperimentalWarning', `${path}/${program}`]
}

/** The mark tells the CLI to finish what an install script would do: to clean up after an update. */
export const openClawInstall = npmTreeInstall({
  runtime: 'openclaw',
  version: openClawVersion,
  platforms: ['x64', 'arm64'],
  lock: openClawLock,
  place: `mv node_modules/node-linux-*/bin/node "$PREFIX/${openClawNode}"
rm -rf node_modules/node-linux-* node_modules/openclaw/.openclaw-lifecycle-pending
mv node_modules "$PREFIX/node_modules"`,
  verify: {
    command: `./${openClawNode} ./${program} --version`,
    expect: `OpenClaw ${openClawVersion} `,
  },
})
