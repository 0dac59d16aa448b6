// The import table of the architecture: data flows one way through the folders of src/.
const table = {
  base: [],
  engine: ['base'],
  netfilter: ['base'],
  routing: ['base'],
  input: ['base'],
  kubernetes: ['base', 'input', 'netfilter'],
  workload: ['base', 'engine', 'input'],
  model: ['base', 'engine', 'netfilter', 'routing', 'input', 'kubernetes', 'workload'],
  metrics: ['base', 'model'],
  results: ['base'],
  experiment: [
    'base',
    'engine',
    'netfilter',
    'routing',
    'input',
    'kubernetes',
    'workload',
    'model',
    'metrics',
    'results',
  ],
  report: ['base', 'results'],
  cli: ['base', 'input', 'experiment', 'results', 'report'],
}

const folderRules = Object.entries(table).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${allowed.join(', ') || 'nothing'} of src/.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}))

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-machine-in-the-model',
      comment: 'Only experiment/ and cli/ touch files, processes, clocks and the environment.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(experiment|cli)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    ...folderRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Runs at `npm run build`, and is no part of the program.
    exclude: { path: '^src/report/page/bundle-page' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
