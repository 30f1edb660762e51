import { expect, it } from 'vitest'
import { npmTreeInstall } from './npm-tree-install.ts'

it('locks each package at its place, wanted by the one it stands below', () => {
  const { script } = npmTreeInstall({
    runtime: 'tree',
    version: '1.0.0',
    platforms: ['x64', 'arm64'],
    lock: '@scope/a 1.0.0 aaa==\n@scope/a>b 2.0.0 bbb==\nnative-x64 3.0.0 ccc== x64\n',
    place: 'mv node_modules "$PREFIX"',
    verify: { command: './a --version', expect: '1.0.0' },
  })

  const wanted = { dependencies: { '@scope/a': '1.0.0' }, optionalDependencies: { 'native-x64': '3.0.0' } }
  const [, platforms, manifest = '', lock = ''] =
    /^ {2}(.*)\) manifest='(.*)' lock='(.*)' ;;$/m.exec(script) ?? []
  expect(platforms).toBe('x64 | arm64')
  expect(JSON.parse(manifest)).toEqual(wanted)
  expect(JSON.parse(lock)).toEqual({
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': wanted,
      'node_modules/@scope/a': { version: '1.0.0', integrity: 'sha512-aaa==', dependencies: { b: '2.0.0' } },
      'node_modules/@scope/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-bbb==' },
      'node_modules/native-x64': {
        version: '3.0.0',
        integrity: 'sha512-ccc==',
        cpu: ['x64'],
        optional: true,
      },
    },
  })
})
