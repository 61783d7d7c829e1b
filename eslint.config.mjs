import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '**/*.mjs', '**/*.cjs', 'client/**', 'templates/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Only a program’s own start hands the environment to src/config.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
        {
          selector: 'ObjectExpression > SpreadElement > ObjectExpression',
          message: 'Name the properties themselves: in a spread the compiler does not look for unknown ones.',
        },
        {
          selector: 'ArrayExpression > SpreadElement > ArrayExpression',
          message: 'Write the elements themselves.',
        },
        {
          selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
          message:
            'A constructor has at most 6 dependencies: split the class, or merge what is always used together.',
        },
      ],
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [
      'src/config/**',
      'test/**',
      'src/main.ts',
      'src/office/imports/import.cli.ts',
      'src/verify.cli.ts',
      'src/keys.cli.ts',
      'src/migrate.cli.ts',
      'src/retention.cli.ts',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['test/**', '**/*.spec.ts'], rules: { 'max-lines': 'off' } },
  {
    files: [
      '**/*.module.ts',
      '**/*.controller.ts',
      '**/*.service.ts',
      '**/*.processor.ts',
      'src/**/*.guard.ts',
      'src/**/*.filter.ts',
      'src/**/*.interceptor.ts',
    ],
    // Nest reads constructor types at run time: a type-only import would erase what it injects.
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
);
