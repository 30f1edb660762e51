export {
  type BootstrapEvent,
  BootstrapFold,
  type BootstrapFoldOptions,
  type ToldBootstrapEvent,
} from './bootstrap/bootstrap-fold.ts'
export { type BootstrapOffsets, followBootstrapCommand } from './bootstrap/follow-command.ts'
export { agentContextOf, type BootstrapInput, planBootstrap } from './bootstrap/plan-bootstrap.ts'
export { type StartAnswer, startBootstrapCommand } from './bootstrap/start-command.ts'
export type { Workspace } from './bootstrap/workspace-phase.ts'
export { restartGateway, startGateway } from './gateway/gateway-files.ts'
export type { GatewayRecipe } from './recipe/gateway.ts'
export type { HeadlessRecipe, HeadlessRequest, RunExit } from './recipe/headless.ts'
export { recipes } from './recipe/recipes.ts'
export {
  type AgentConfiguration,
  type AgentContext,
  installOf,
  type ModelAccess,
  type RuntimeRecipe,
} from './recipe/runtime-recipe.ts'
export { lastLineOf } from './recipe/screen-text.ts'
export { hasListPrice } from './runs/model-prices.ts'
export {
  endRunCommand,
  exitOfRunCommand,
  followRunCommand,
  forgetRunCommand,
  noSuchRun,
  parseRunExit,
  startRunCommand,
} from './runs/run-commands.ts'
export { type FoldedRunEvent, RunFold } from './runs/run-fold.ts'
