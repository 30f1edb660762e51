const allowed = {
  core: [],
  console: ['core'],
  runtimes: ['core'],
  providers: ['core'],
  'control-plane': ['core', 'console', 'runtimes', 'providers'],
  client: ['core'],
  cli: ['core', 'client', 'control-plane'],
  web: ['core', 'client', 'console'],
}
// The page's way to a console handler: bundled with the addon when the console is published by itself.
const connects = '^packages/console/src/browser/connect-console\\.ts$'
const layering = Object.entries(allowed).map(([name, targets]) => ({
  name: `${name}-imports`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: connects },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...targets].join('|')})/` },
}))
module.exports = {
  forbidden: [
    {
      name: 'the-page-connects-through-the-client',
      severity: 'error',
      from: { path: connects },
      to: { path: '^packages/', pathNot: '^packages/(core|client)/' },
    },
    ...layering,
    {
      name: 'pure-packages-do-no-io',
      severity: 'error',
      from: {
        path: '^packages/(core|runtimes|console)/src/',
        pathNot: '(\\.test\\.ts$|/testing/|^packages/console/src/node/)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-provider-never-imports-another',
      severity: 'error',
      from: {
        path: '^packages/providers/src/([^/]+)/',
        pathNot: '^packages/providers/src/(conformance|shared)/',
      },
      to: {
        path: '^packages/providers/src/[^/]+/',
        pathNot: '^packages/providers/src/($1|shared|conformance)/',
      },
    },
    {
      name: 'conformance-only-in-tests',
      severity: 'error',
      from: { path: '^packages/', pathNot: '(\\.test\\.ts$|/conformance/)' },
      to: { path: '/conformance/' },
    },
    {
      name: 'services-do-not-know-http',
      severity: 'error',
      from: { path: '^packages/control-plane/src/(?!http/|index\\.ts|main\\.ts|control-plane\\.ts)' },
      to: { path: '(^packages/control-plane/src/http/|node_modules/hono/)' },
    },
    {
      name: 'cross-package-by-name-only',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'only-up-embeds-the-server',
      severity: 'error',
      from: { path: '^packages/cli/src/(?!commands/(up|doctor))' },
      to: { path: '^packages/control-plane/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: '^packages/', pathNot: '(\\.test\\.tsx?$|\\.config\\.ts$|/conformance/|/testing/)' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: '(\\.test\\.tsx?|\\.config\\.ts|/index\\.ts)$|/public/|^packages/cli/bin/',
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages/[^/]+|e2e)/dist/' }, // never a bare /dist/: it would hide node_modules/*/dist and blind the npm rules
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'default'],
    },
  },
}
