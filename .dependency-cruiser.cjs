/** Arrows point one way: office → core → platform. See docs/design.md, "Folders". */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-cycles-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    {
      name: 'platform-knows-neither-core-nor-office',
      severity: 'error',
      from: { path: '^src/(platform|config)/' },
      to: { path: '^src/', pathNot: '^src/(platform|config)/' },
    },
    {
      name: 'core-does-not-know-the-office',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/(platform|config|core)/' },
    },
    {
      name: 'the-office-is-found-and-never-imported',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/office/' },
      to: { path: '^src/office/' },
    },
    {
      name: 'providers-know-no-feature',
      severity: 'error',
      from: { path: '^src/core/providers/' },
      // Their webhooks need the decorator that marks a route as one, and texts are counted in one place.
      to: {
        path: '^src/',
        pathNot: '^src/(platform|config|core/providers|core/access/rules|core/texts/lengths)',
      },
    },
    {
      name: 'nothing-imports-the-console',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/office/(console/|office\\.module\\.ts)' },
      to: { path: '^src/office/console/' },
    },
    {
      name: 'nothing-imports-specs',
      severity: 'error',
      from: {},
      to: { path: '\\.spec\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.spec\\.ts$' },
  },
};
