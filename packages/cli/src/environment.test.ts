import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { environmentOf } from './environment.ts'

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

describe('the environment of am', () => {
  it('takes the local key for the control plane of this computer', () => {
    const data = aDataDirectory()

    const environment = environmentOf({ AGENT_MACHINES_DATA: data, PORT: '4000' }, false)

    expect(environment).toMatchObject({ url: 'http://127.0.0.1:4000', apiKey: 'am_local' })
  })

  it('never sends the local key to another computer', () => {
    const data = aDataDirectory()

    for (const url of ['https://am.example.com', 'http://127.0.0.1.example.com', 'no url']) {
      expect(environmentOf({ AGENT_MACHINES_DATA: data, AGENT_MACHINES_URL: url }, false).apiKey).toBeNull()
    }
  })

  it('prefers the key it is given', () => {
    const variables = { AGENT_MACHINES_DATA: aDataDirectory(), AGENT_MACHINES_API_KEY: 'am_mine' }

    expect(environmentOf(variables, false).apiKey).toBe('am_mine')
  })

  it('knows the default data directories', () => {
    const ofUser = environmentOf({ XDG_DATA_HOME: '/xdg' }, false).dataDirectory

    expect([ofUser, environmentOf({}, true).dataDirectory]).toEqual([
      '/xdg/agent-machines',
      '/var/lib/agent-machines',
    ])
  })
})

function aDataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'am-environment-'))
  directories.push(directory)
  writeFileSync(join(directory, 'local-api-key'), 'am_local\n')
  return directory
}
