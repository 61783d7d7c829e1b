const parts = { pure: 'pure parts', database: 'statements and guards' };

/** The lines that name what survived. */
export function survivorsOf({ area, part, mutants }) {
  const survivors = survivingOf(mutants);
  return [
    `${area}, ${parts[part]}: ${mutants.length - survivors.length} of ${mutants.length} changes were noticed (${share(mutants)})`,
    ...survivors.map(
      ({ file, line, what, unreached }) =>
        `  ${file}:${line}  ${what}${unreached ? '  (reached by no spec)' : ''}`,
    ),
  ];
}

function share(mutants) {
  if (mutants.length === 0) return '–';
  const killed = mutants.filter(({ outcome }) => outcome === 'killed').length;
  return `${Math.round((100 * killed) / mutants.length)} %`;
}

const preamble = `# Changes that the tests notice

Written by \`npm run test:mutation -- --write\`. The command changes the code in one place, in a copy of the checkout, runs the tests
that reach the place, and looks whether one fails. Stryker changes the pure parts (rules, texts, sealing, schemas), which the unit
specs beside them judge. The conditions of SQL statements and the guards around them stand where Stryker does not look:
\`test/mutation/mutants.mjs\` leaves out each condition, lock, limit and assignment, each guard, each call whose answer nobody
reads, and turns each comparison and what is reckoned, and the specs of the area judge (\`test/mutation/areas.mjs\`). A change that
PostgreSQL cannot read is not counted.

A sample takes minutes, all takes hours: \`npm run test:mutation -- --area log --sample 20 --seed 7\`. Ctrl-C leaves nothing behind
but what was tried: a later run takes over what the tests noticed in files that are as they were, and what they did not while the specs are
too. The machine must not be busy otherwise, since a spec that fails for lack of time would count as one that notices; one that fails
without any change is left out.
`;

/** Writes the page. `reasons` maps what was not noticed, as `file: what`, to why it may stay so. */
export function pageOf(outcomes, reasons) {
  const rows = outcomes.map(({ area, part, sample, seed, files, specs, mutants }) => {
    const survived = survivingOf(mutants).length;
    const which = [
      sample === null ? 'all' : `a sample of ${sample}, seed ${seed}`,
      ...(files ? [`of files ${files}`] : []),
      ...(part === 'database' && specs ? [`by specs ${specs} alone`] : []),
    ].join(', ');
    return [area, parts[part], which, mutants.length - survived, survived, share(mutants)];
  });
  const listed = outcomes.flatMap(({ mutants }) =>
    survivingOf(mutants).map(({ file, line, what }) => [
      `${file}:${line}`,
      `\`${what.replaceAll('|', '\\|').replaceAll('`', "'")}\``,
      reasons[`${file}: ${what}`] ?? '',
    ]),
  );
  const head = ['area', 'what is changed', 'which', 'noticed', 'not noticed', 'share'];
  return `${preamble}
${tableOf(head, rows)}

## Not noticed

Why a change may stay unnoticed is kept in \`test/mutation/accepted.json\`.

${tableOf(['where', 'change', 'why it may'], listed)}
`;
}

const survivingOf = (mutants) => mutants.filter(({ outcome }) => outcome === 'survived');

function tableOf(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
