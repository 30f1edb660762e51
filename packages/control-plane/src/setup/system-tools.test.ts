import { describe, expect, it } from 'vitest'
import { installCommands, installLine, packageManagers, systemTools } from './system-tools.ts'

describe('installLine', () => {
  it.each(packageManagers)('names every tool for %s', (manager) => {
    const line = installLine(manager, systemTools, true)

    for (const tool of systemTools) expect(line).toContain(tool.packages[manager])
  })

  it('asks for root where it is not there', () => {
    expect(installLine('apt-get', systemTools.slice(0, 1), false)).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends tmux',
    )
  })

  it('installs each package once', () => {
    const [, install = []] = installCommands('apt-get', [...systemTools, ...systemTools])

    expect(install.filter((word) => word === 'tmux')).toHaveLength(1)
  })
})
