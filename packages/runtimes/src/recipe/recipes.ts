import { claudeCodeRecipe } from '../claude-code/claude-code-recipe.ts'
import { codexRecipe } from '../codex/codex-recipe.ts'
import { hermesRecipe } from '../hermes/hermes-recipe.ts'
import { openClawRecipe } from '../openclaw/openclaw-recipe.ts'
import { openCodeRecipe } from '../opencode/opencode-recipe.ts'
import { shellRecipe } from '../shell/shell-recipe.ts'
import type { RuntimeRecipe } from './runtime-recipe.ts'

/** Every runtime a machine can be deployed with, in the order forms show them. */
export const recipes: readonly RuntimeRecipe[] = [
  claudeCodeRecipe,
  codexRecipe,
  openCodeRecipe,
  hermesRecipe,
  openClawRecipe,
  shellRecipe,
]
