import type { BootstrapPlan, PlannedFile, PlannedPhase, RuntimeInstall } from '@agent-machines/core'
import { gatewayFiles, startGateway, stopGateway } from '../gateway/gateway-files.ts'
import { ownRuntimesFolder, workFolder } from '../recipe/paths.ts'
import type {
  AgentConfiguration,
  AgentContext,
  ModelAccess,
  RuntimeRecipe,
} from '../recipe/runtime-recipe.ts'
import { configurationPhase, consolePhase, gatewayPhase } from './fingerprint.ts'
import { ownRuntimeScript, sharedRuntimeScript } from './runtime-phase.ts'
import { systemScript } from './system-phase.ts'
import { type Workspace, workspaceFiles, workspaceScript } from './workspace-phase.ts'

/** All a plan depends on; the same input gives the same plan. */
export interface BootstrapInput {
  readonly recipe: RuntimeRecipe
  /** One of the recipe's; null for a runtime that needs nothing. */
  readonly install: RuntimeInstall | null
  /** Absolute, as seen on the machine. */
  readonly home: string
  readonly upstream: ModelAccess | null
  readonly model: string | null
  /** Whether its chat gateway shall run; only where the recipe has one. */
  readonly gateway: boolean
  readonly workspace: Workspace | null
  /** Where machines of this substrate share the runtime; null puts one into the home. */
  readonly sharedRuntimePath: string | null
  /** The console's programs, `.agent-machines/bin/am-console` among them. */
  readonly consoleFiles: readonly PlannedFile[]
  readonly cols: number
  readonly rows: number
}

/** The phases and files that make a fresh machine one with a running console. */
export function planBootstrap(input: BootstrapInput): BootstrapPlan {
  const context = agentContextOf(input)
  const configuration = input.recipe.configure(context)
  const gateway = input.gateway ? input.recipe.gateway : undefined
  const phases: PlannedPhase[] = [
    corePhase('system', 'Check the system', systemScript, 20, 1),
    corePhase('workspace', 'Prepare the workspace', workspaceScript(input.workspace), 1800, 3),
    ...runtimePhases(input, context.runtimePath),
    corePhase(
      configurationPhase,
      'Write the configuration',
      configurationScript(input, configuration),
      30,
      2,
    ),
    corePhase(consolePhase, 'Open the console', consoleScript(input), 30, 3),
    ...(gateway ? [corePhase(gatewayPhase, 'Start the chat gateway', startGateway, 60, 2)] : []),
  ]
  return {
    phases,
    files: [
      ...configuration.files,
      ...(gateway ? gatewayFiles(gateway, context) : []),
      ...workspaceFiles(input.workspace),
      ...input.consoleFiles,
    ],
  }
}

/** How the agent of a machine is set up, whatever starts it. */
export function agentContextOf(
  input: Pick<BootstrapInput, 'install' | 'home' | 'upstream' | 'model' | 'sharedRuntimePath'>,
): AgentContext {
  const { home, upstream, model } = input
  return { home, workDirectory: `${home}/${workFolder}`, runtimePath: runtimePathOf(input), upstream, model }
}

/** Where the runtime of `input` is on the machine, once its phase is done. */
function runtimePathOf(input: Pick<BootstrapInput, 'install' | 'home' | 'sharedRuntimePath'>): string | null {
  const { install } = input
  if (!install) return null
  return input.sharedRuntimePath ?? `${input.home}/${ownRuntimesFolder}/${install.runtime}/${install.version}`
}

function runtimePhases(input: BootstrapInput, path: string | null): PlannedPhase[] {
  const { install } = input
  if (!install || !path) return []
  const script = input.sharedRuntimePath
    ? sharedRuntimeScript(install, path)
    : ownRuntimeScript(install, path)
  return [corePhase('runtime', `Install ${input.recipe.manifest.label} ${install.version}`, script, 900, 3)]
}

/** What the gateway was started with may be about to change, and so may whether there is one. */
function configurationScript({ recipe }: BootstrapInput, { script }: AgentConfiguration): string {
  return recipe.gateway ? `${stopGateway}\n${script}` : script
}

function consoleScript({ cols, rows }: BootstrapInput): string {
  return `exec "$HOME/.agent-machines/bin/am-console" ensure agent ${Math.trunc(cols)} ${Math.trunc(rows)} --launch`
}

function corePhase(
  id: string,
  label: string,
  script: string,
  timeoutS: number,
  attempts: number,
): PlannedPhase {
  return { id, label, group: 'core', script, timeoutS, attempts }
}
