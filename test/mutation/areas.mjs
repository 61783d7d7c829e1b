/**
 * The areas that `npm run test:mutation` measures. `pure` files are changed by Stryker and judged by the unit specs beside the code;
 * the conditions and guards of `database` files are changed by mutants.mjs and judged by `specs`, of which only those run
 * that reach the changed function. Files and specs are folders or regular expressions of paths from the root.
 */
export const areas = {
  planning: {
    pure: [
      /^src\/core\/planning\/(alerts|late-records|loss|milestones|overdue|plan-limits|planning|signs)\.ts$/,
      /^src\/core\/calendar\/(?!.*\.spec)/,
      /^src\/core\/contracts\/lifecycle\.ts$/,
      /^src\/core\/settings\/plan\.schema\.ts$/,
    ],
    database: [/^src\/core\/planning\/(alert-states|milestone\.store|planning\.service)\.ts$/],
    specs: [
      /^src\/core\/(planning\/.*|sending\/states)\.spec\.ts$/,
      /^test\/(planning\/.*|(replanning|registering|sending|handing-over|late-records|former-numbers|flags)\.e2e)\.spec\.ts$/,
    ],
  },
  sending: {
    pure: [
      /^src\/core\/texts\/(lengths|links|rendering|template-placement|template-rules)\.ts$/,
      /^src\/core\/sending\/(failing-texts|judgement|outcomes|shares)\.ts$/,
      /^src\/core\/providers\/twilio\/twilio-(failures|signature)\.ts$/,
    ],
    database: [/^src\/core\/sending\/(?!outcomes|.*\.(spec|module|words|entities|controller)\.ts)/],
    specs: [
      /^src\/core\/sending\/.*\.spec\.ts$/,
      /^test\/(sending\/|(sending|brakes|receipts|providers|routing|telling|flags-frozen|former-numbers)\b).*\.spec\.ts$/,
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
      /^test\/(access\/|(access|accounts|department-scopes|idempotency|handing-over|second-factors|sign-in-throttle)\b).*\.spec\.ts$/,
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
  proof: {
    pure: [
      /^src\/core\/transparency\/(merkle-tree|misfits|tile-path)\.ts$/,
      /^src\/platform\/sealing\/signed-note\.ts$/,
      /^src\/office\/calls\/(draw|interval|redraw|script)\.ts$/,
    ],
    database: [
      /^src\/core\/(transparency|evidence|retention)\/(?!.*\.(spec|module|words|entity|schema)\.ts)/,
      /^src\/office\/calls\/.*\.service\.ts$/,
    ],
    specs: [
      /^src\/core\/transparency\/.*\.spec\.ts$/,
      /^test\/(transparency\/|(calls|register|retention|erasing-requests)\b).*\.spec\.ts$/,
    ],
  },
  trust: {
    pure: [
      /^src\/core\/flags\/outliers\.ts$/,
      /^src\/core\/contracts\/validity\.ts$/,
      /^src\/core\/settings\/(beginnings|reference|setting-losses)\.ts$/,
    ],
    database: [/^src\/core\/(flags|proposals)\/(?!.*\.(spec|module|words|entity|schema)\.ts)/],
    specs: [
      /^src\/core\/flags\/.*\.spec\.ts$/,
      /^test\/(agency-acts|flag-inbox|flags|flags-frozen|officer-figures|proposals|validity)\b.*\.spec\.ts$/,
    ],
  },
  files: {
    pure: [
      /^src\/office\/imports\/ocds\/(json|kinds|merging|releases|untold)\.ts$/,
      /^src\/office\/imports\/sheet\/(fields|guess|values)\.ts$/,
      /^src\/platform\/sheets\/text-decoding\.ts$/,
      /^src\/platform\/phone-numbers\/(country|masking|phone-number)\.ts$/,
    ],
    database: [/^src\/office\/imports\/(contract-importer|snapshots|undo|units)\.ts$/],
    specs: [
      /^src\/office\/imports\/.*\.spec\.ts$/,
      /^test\/(import-flow|import-names|importing|nobody-lost|ocds)\b.*\.spec\.ts$/,
    ],
  },
};
