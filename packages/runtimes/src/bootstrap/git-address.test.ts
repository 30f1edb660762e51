import { expect, it } from 'vitest'
import { splitGitAddress } from './git-address.ts'

it.each([
  ['https://host/a/b.git', 'https://host/a/b.git', null],
  ['https://me:token@host/a/b.git', 'https://host/a/b.git', 'https://me:token@host\n'],
  ['https://token@host:8443/a', 'https://host:8443/a', 'https://token:@host:8443\n'],
  ['git@host:a/b.git', 'git@host:a/b.git', null],
  ['ssh://git@host/a/b.git', 'ssh://git@host/a/b.git', null],
  ['https://host/a@b', 'https://host/a@b', null],
  ['/a/folder', '/a/folder', null],
])('keeps the secret of %j apart', (git, url, credential) => {
  expect(splitGitAddress(git)).toEqual({ url, credential })
})
