import { describe, expect, it } from 'vitest'
import { recipes } from '../recipe/recipes.ts'
import { installOf, type RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { type BootstrapInput, planBootstrap } from './plan-bootstrap.ts'
import { startBootstrapCommand } from './start-command.ts'

const key = "sk-'very'-secret-key-0123456789"

describe.each(recipes.map((recipe) => [recipe.manifest.id, recipe] as const))(
  'the plan of %s',
  (_, recipe) => {
    it('is the same for the same input', () => {
      expect(planBootstrap(inputWith({ recipe }))).toEqual(planBootstrap(inputWith({ recipe })))
    })

    it('holds no part of the key outside files that only the owner reads', () => {
      const { phases, files } = planBootstrap(inputWith({ recipe }))

      const readable = [
        ...phases.map((phase) => phase.script),
        ...files.filter((f) => f.mode !== 0o600).map((f) => f.content),
      ]
      expect(readable.filter((text) => text.includes('secret-key') || text.includes('0123456789'))).toEqual(
        [],
      )
    })

    it('puts nothing but a constant on the command line', () => {
      expect(startBootstrapCommand(planBootstrap(inputWith({ recipe }))).script).toBe('exec /bin/sh -s')
    })
  },
)

it('installs nothing for a shell and ends with the console', () => {
  const plan = planBootstrap(inputWith({ recipe: recipeOf('shell') }))

  expect(plan.phases.map((phase) => phase.id)).toEqual(['system', 'workspace', 'configuration', 'console'])
  expect(plan.phases.at(-1)?.script).toContain('am-console" ensure agent 120 40 --launch')
})

it('starts a chat gateway last where one is asked for, and ends one before the configuration changes', () => {
  const recipe = recipeOf('hermes')
  const [without, withOne] = [false, true].map((gateway) => planBootstrap(inputWith({ recipe, gateway })))

  expect(withOne?.phases.map((phase) => phase.id).slice(-2)).toEqual(['console', 'gateway'])
  expect(without?.phases.at(-1)?.id).toBe('console')
  for (const plan of [without, withOne])
    expect(plan && scriptOf(plan, 'configuration')).toContain('am-gateway" stop')
  expect(without?.files.filter(({ path }) => path.includes('gateway'))).toEqual([])
})

it('waits for a shared runtime, and installs its own where none is shared', () => {
  const recipe = recipeOf('codex')
  const version = installOf(recipe, null)?.version
  const shared = planBootstrap(
    inputWith({ recipe, sharedRuntimePath: `/opt/agent-machines/runtimes/codex/${version}` }),
  )
  const own = planBootstrap(inputWith({ recipe, sharedRuntimePath: null }))

  expect(scriptOf(shared, 'runtime')).toContain(`/opt/agent-machines/runtimes/.log/codex-${version}.log`)
  expect(scriptOf(shared, 'runtime')).not.toContain('npm ci')
  expect(scriptOf(own, 'runtime')).toContain('npm ci')
  expect(own.files.find((file) => file.path.endsWith('bin/agent'))?.content).toContain(
    `/home/agent/.agent-machines/runtimes/codex/${version}/bin/codex`,
  )
})

it('installs an older version that is asked for, and the newest for one that is not kept', () => {
  const recipe = recipeOf('claude-code')
  const [newest, older] = recipe.installs
  const planned = (version: string) =>
    planBootstrap(inputWith({ recipe, install: installOf(recipe, version) }))

  expect(scriptOf(planned(older?.version ?? ''), 'runtime')).toContain(`${older?.version} (Claude Code)`)
  expect(planned('1.0.0')).toEqual(planned(newest?.version ?? ''))
})

it.each([
  { git: "https://host/it's; rm -rf $HOME", ref: '$(touch x)' },
  { git: '--upload-pack=evil', ref: 'ünïcode\nline' },
])('quotes what a person named: %o', (workspace) => {
  const script = scriptOf(planBootstrap(inputWith({ recipe: recipeOf('shell'), workspace })), 'workspace')

  expect(script).toContain(`'${workspace.ref}'`)
  expect(script).toContain('git clone -- "$git"')
})

it('keeps the credential of a repository out of the script', () => {
  const workspace = { git: 'https://me:token@host/a.git' }

  const plan = planBootstrap(inputWith({ recipe: recipeOf('shell'), workspace }))

  expect(scriptOf(plan, 'workspace')).not.toContain('token')
  expect(plan.files).toContainEqual({
    path: '.agent-machines/state/git-credentials',
    content: 'https://me:token@host\n',
    mode: 0o600,
  })
})

function recipeOf(runtime: string): RuntimeRecipe {
  const recipe = recipes.find((each) => each.manifest.id === runtime)
  if (!recipe) throw new Error(runtime)
  return recipe
}

function scriptOf(plan: ReturnType<typeof planBootstrap>, id: string): string {
  return plan.phases.find((phase) => phase.id === id)?.script ?? ''
}

function inputWith(members: Partial<BootstrapInput> & Pick<BootstrapInput, 'recipe'>): BootstrapInput {
  const [protocol] = members.recipe.manifest.protocols
  return {
    install: installOf(members.recipe, null),
    home: '/home/agent',
    upstream: protocol ? { id: 'anthropic', protocol, baseUrl: 'http://gateway', key } : null,
    model: null,
    gateway: false,
    workspace: null,
    sharedRuntimePath: null,
    consoleFiles: [{ path: '.agent-machines/bin/am-console', content: '#!/bin/sh\n', mode: 0o700 }],
    cols: 120,
    rows: 40,
    ...members,
  }
}
