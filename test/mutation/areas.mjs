/**
 * The areas that `npm run test:mutation` measures. `pure` files are changed by Stryker and judged by the unit specs beside the code;
 * the conditions and guards of `database` files are changed by mutants.mjs and judged by `specs`, of which only those run
 * that reach the changed function. Files and specs are folders or regular expressions of paths from the root.
 */
export const areas = {
  planning: {
    pure: [
      /^src\/core\/planning\/(alerts|milestones|overdue|planning)\.ts$/,
      /^src\/core\/calendar\/(?!.*\.spec)/,
      /^src\/core\/contracts\/lifecycle\.ts$/,
      /^src\/core\/settings\/plan\.schema\.ts$/,
    ],
    database: [/^src\/core\/planning\/(alert-states|milestone\.store|planning\.service)\.ts$/],
    specs: [
      /^src\/core\/(planning\/.*|sending\/states)\.spec\.ts$/,
      /^test\/(planning\/.*|(replanning|registering|sending|handing-over)\.e2e)\.spec\.ts$/,
    ],
  },
  sending: {
    pure: [
      /^src\/core\/texts\/(lengths|links|rendering|template-placement|template-rules)\.ts$/,
      /^src\/core\/sending\/outcomes\.ts$/,
    ],
    database: [/^src\/core\/sending\/(?!outcomes|.*\.(spec|module|words|entities|controller)\.ts)/],
    specs: [
      /^src\/core\/sending\/.*\.spec\.ts$/,
      /^test\/(sending\/|(sending|brakes|receipts|providers|telling)\b).*\.spec\.ts$/,
    ],
  },
  access: {
    pure: [/^src\/core\/access\/(roles|rules)\.ts$/],
    database: [
      /^src\/core\/access\/.*\.(service|guard|interceptor|controller)\.ts$/,
      /^src\/core\/departments\/.*\.service\.ts$/,
      /^src\/office\/accounts\/(?!.*\.(spec|module|words|entities|schema)\.ts)/,
    ],
    specs: [
      /^src\/(core\/access|office\/accounts)\/.*\.spec\.ts$/,
      /^test\/(access\/|(access|accounts|department-scopes|idempotency|handing-over|sign-in-throttle)\b).*\.spec\.ts$/,
    ],
  },
  log: {
    pure: [
      /^src\/core\/proof\/(canonical-json|leaf)\.ts$/,
      /^src\/platform\/sealing\/(sealer|sealing-keys)\.ts$/,
      /^src\/platform\/(csv|paging|search-words)\.ts$/,
    ],
    database: [
      /^src\/core\/log\/(?!.*\.(spec|module|words|schema)\.ts)/,
      /^src\/core\/proof\/journal\.service\.ts$/,
      /^src\/platform\/database\/(conditions|database)\.ts$/,
      /^src\/platform\/http\/logging\.module\.ts$/,
    ],
    specs: [
      /^src\/(core\/log|platform\/http)\/.*\.spec\.ts$/,
      /^test\/((log|database)\/|(logged-errors|message-log|message-exports|personal-data|templates)\b).*\.spec\.ts$/,
    ],
  },
};
