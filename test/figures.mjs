// Measures the code as it was before there were wings, and as it is now. `npm run figures` prints the table; `-- --write`
// writes it to docs/figures.md as well, and `-- --list` prints what is counted of today's tree: the files on each path, and
// the doc comments that are fragments.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const before = 'a0c77f7';

/**
 * Where each path through the code begins. An entry is a list of names, the oldest first, of which the first that a tree
 * has counts: add the new name when one is renamed. `POST route` is a controller's method, `job name` the inline function
 * that is handed to a call beside the name of its queue, `Class.method` a method.
 */
const alertAndRow = {
  'one alert': [
    ['POST contracts'],
    ['TickService.tick'],
    ['TickService.sweep', 'SweepService.steps'],
    ['job drain'],
    ['POST webhooks/twilio/status'],
  ],
  'one imported row': [['POST imports'], ['job import']],
};

const wings = ['platform', 'core', 'office', 'root'];

/** The wing of each folder that src had before there were wings; any other, and a file of src itself, counts as root. */
const formerWings = {
  core: 'access calendar contracts departments health messages planning proof providers sending settings setup texts',
  office: 'accounts console coverage handing-over imports sandbox work',
};
const formerNames = { messages: 'log' };

/* Size. */

function placeOf(path) {
  const [top, folder] = path.split('/');
  if (wings.includes(top)) return { wing: top, folder: folder.endsWith('.ts') ? null : `${top}/${folder}` };
  const wing = Object.keys(formerWings).find((name) => formerWings[name].split(' ').includes(top));
  return wing ? { wing, folder: `${wing}/${formerNames[top] ?? top}` } : { wing: 'root', folder: null };
}

function linesOf(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function isExported(statement) {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function longConstructors(file) {
  return nodesOf(file)
    .filter((node) => ts.isConstructorDeclaration(node) && node.parameters.length > 6)
    .map((node) => `${node.parent.name?.text ?? 'class'} (${node.parameters.length})`);
}

function nodesOf(root) {
  const nodes = [root];
  ts.forEachChild(root, (child) => void nodes.push(...nodesOf(child)));
  return nodes;
}

/* Doc comments. */

const wordsIn = (list) => list.trim().split(/\s+/);
const thirdPerson = (verb) => {
  if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, 'ies');
  return /(s|x|ch|sh|z|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
};

/** Finite wherever they stand. */
const finite = new Set(
  wordsIn(`is are was were has have had does do did can could cannot may might must shall should will would isn't aren't
    doesn't don't can't won't became began came chose fell gave got grew knew ran saw stood took went wrote`),
);
/** Finite in the third person, and after a pronoun or a plural in the plain form. */
const verbs =
  wordsIn(`accept add adopt allow apply arise arrive ask assign authenticate avoid become begin believe belong break
  bring build calculate cancel carry choose combine come commit compare complete compute confirm connect contain continue
  convert create decide decode define delete deliver deny depend derive describe detect die differ disable divide draw drop earn
  empty enable encode enqueue ensure erase escape exist expect expire explain extract fail fall fetch fill find finish fit follow forget
  freeze gather generate get give go grow happen have hide hold identify include inject insert interrupt join keep know lack last
  lead learn leave let lie live load locate lose make match mean measure meet merge move narrow need notify obtain occur
  offer omit open outrank overtake own parse pause persist prepare present prevent print process produce prove provide
  publish pull put quote reach read receive recognise reconcile redirect refuse register reject release remain remember
  remove render replace require reserve resolve restore retry return round save say schedule seal see select send separate
  serve settle shift skip slow stand stay stop store strip succeed survive take tell throw translate treat try turn undo update
  upload validate verify wait want win work write`);
/** Nouns as well: finite in the third person only, and only before a determiner or after a pronoun. */
const nounsToo =
  wordsIn(`answer append back bound call change check claim close cost count cut display double drain drive
  end export group hand help import index issue kill limit link list lock log look map mark matter name note notice order
  page pass place plan point record reference repeat report reset run search set show sign split start state step switch
  test text total touch trust use value view wrap`);
const [plainForms, verbForms] = [new Set(verbs), new Set(verbs.map(thirdPerson))];
const [nounPlainForms, nounForms] = [new Set(nounsToo), new Set(nounsToo.map(thirdPerson))];
const pronouns = new Set(
  wordsIn(
    'it that which who what nobody nothing somebody something everybody everything one there they we you people',
  ),
);
const determiners = new Set(
  wordsIn(`the a an its their this that these those each every all any one what which who whom whose how whether when where
    it them no nothing`),
);

function isFiniteVerb(word, previous, next, isFirst) {
  if (verbForms.has(word)) return next !== 'of';
  if (nounForms.has(word)) return determiners.has(next) || pronouns.has(previous);
  if (isFirst && /[^s']s$/.test(word) && determiners.has(next)) return true;
  const isAfterPlural = /[^s']s$/.test(previous) && !verbForms.has(previous);
  if (nounPlainForms.has(word)) return isAfterPlural && (determiners.has(next) || pronouns.has(next));
  return finite.has(word) || (plainForms.has(word) && (isAfterPlural || pronouns.has(previous)));
}

/**
 * A doc comment is a fragment when its first sentence has no finite verb that the lists above know, or only the one of an
 * opening clause such as "What a code means". A noun phrase with a relative clause passes, and so does "Returns the id".
 */
export function isFragment(comment) {
  const [sentence] = comment.replace(/`[^`]*`/g, 'X').split(/(?<=[\p{L}\d)\]"”'])[.!?](?=\s|$)/u);
  const words = sentence
    .toLowerCase()
    .replaceAll('’', "'")
    .match(/[a-z'-]+/g) ?? [''];
  const found = words.filter((word, i) =>
    isFiniteVerb(word, words[i - 1] ?? '', words[i + 1] ?? '', i === 0),
  );
  return found.length < (/^(what|which|who|whose|how|why|where)$/.test(words[0]) ? 2 : 1);
}

function commentsOf(text) {
  return [...text.matchAll(/^\s*\/\*\*([\s\S]*?)\*\//gm)].map(([, inside]) =>
    inside
      .replace(/^\s*\*/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/* The tracer. */

/**
 * Follows every call from the entries through the production files of a tree. A call leads to the function that the type
 * checker resolves it to: from a member of an interface or a base class also to those that implement or override it, and
 * from `new` to the constructor and the initial values of the properties. A getter and a function that is handed on by its
 * name count as called; one that is written inline belongs to the function around it. What Nest calls by itself (guards,
 * pipes, schemas in decorators) and packages are not followed.
 *
 * Gives the files reached, and the number of changes of file: calls from one file of a function in another, each such
 * function once a calling file, however often it is called there.
 */
export function trace(tree, entries) {
  const seen = new Set();
  const files = new Set();
  const changes = new Set();
  const follow = (node) => {
    if (seen.has(node)) return;
    seen.add(node);
    const from = node.getSourceFile();
    files.add(relative(tree.root, from.fileName));
    for (const target of callsIn(tree, node)) {
      const to = target.getSourceFile();
      if (to !== from) changes.add(`${from.fileName} ${to.fileName}:${target.pos}`);
      follow(target);
    }
  };
  for (const names of entries) entryOf(tree, names).forEach(follow);
  return { files: [...files].sort(), changes: changes.size };
}

export function treeOf(root) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config ?? {}, ts.sys, root);
  const paths = productionFiles(root);
  const program = ts.createProgram(paths, options);
  const nodes = paths.flatMap((path) => nodesOf(program.getSourceFile(path)));
  const tree = { root, nodes, own: new Set(paths), checker: program.getTypeChecker() };
  return { ...tree, implementations: implementationsOf(tree) };
}

function productionFiles(root) {
  return ts.sys.readDirectory(join(root, 'src'), ['.ts']).filter((file) => !file.endsWith('.spec.ts'));
}

/** Maps each member of an interface or class to the members that implement or override it. */
function implementationsOf({ checker, nodes }) {
  const implementations = new Map();
  for (const node of nodes.filter(ts.isClassLike)) {
    for (const base of (node.heritageClauses ?? []).flatMap((clause) => clause.types)) {
      const type = checker.getTypeAtLocation(base);
      for (const member of node.members.filter(({ name }) => name)) {
        for (const declared of type.getProperty(member.name.getText())?.declarations ?? []) {
          implementations.set(declared, [...(implementations.get(declared) ?? []), member]);
        }
      }
    }
  }
  return implementations;
}

/** The functions and classes that a function, a class's construction or a table of functions leads to. */
function callsIn(tree, node) {
  const isInitial = (part) => ts.isConstructorDeclaration(part) || ts.isPropertyDeclaration(part);
  const bases = ts.isClassLike(node) ? (node.heritageClauses ?? []).flatMap((clause) => clause.types) : [];
  const found = bases.flatMap(({ expression }) => declarationsOf(tree, expression).filter(ts.isClassLike));
  const visit = (inner) => {
    if (ts.isDecorator(inner) || ts.isTypeNode(inner)) return;
    if (ts.isIdentifier(inner) || ts.isPrivateIdentifier(inner)) found.push(...targetsOf(tree, inner));
    ts.forEachChild(inner, visit);
  };
  for (const part of ts.isClassLike(node) ? node.members.filter(isInitial) : [node])
    ts.forEachChild(part, visit);
  return found;
}

function targetsOf(tree, name) {
  const { parent } = name;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === name;
  if (parent.name === name && !isMember && !ts.isShorthandPropertyAssignment(parent)) return [];
  let used = isMember ? parent : name;
  if (ts.isElementAccessExpression(used.parent) && used.parent.expression === used) used = used.parent;
  const isCalled = ts.isCallOrNewExpression(used.parent) && used.parent.expression === used;
  return declarationsOf(tree, name)
    .flatMap((declaration) => bodiesOf(tree, declaration, isCalled))
    .filter((target) => !ts.isClassLike(target) || (isCalled && ts.isNewExpression(used.parent)));
}

/** The declarations of a name in the production files, with those that implement or override them. */
function declarationsOf({ checker, own, implementations }, name) {
  let symbol = ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const all = new Set(symbol?.declarations);
  for (const declaration of all) implementations.get(declaration)?.forEach((each) => all.add(each));
  return [...all].filter((declaration) => own.has(declaration.getSourceFile().fileName));
}

/** What is walked of a declaration: a function, a class, a property's function, or the table that a call picks from. */
function bodiesOf(tree, declaration, isCalled) {
  if (ts.isClassLike(declaration) || declaration.body) return [declaration];
  const isProperty = ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration);
  const value = isProperty ? (declaration.initializer ?? declaration.name) : declaration.initializer;
  if (!value || ts.isParameter(declaration) || ts.isBindingElement(declaration)) return [];
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return [value];
  const name = ts.isPropertyAccessExpression(value) ? value.name : value;
  if (isProperty && ts.isIdentifier(name)) {
    return declarationsOf(tree, name).flatMap((each) => bodiesOf(tree, each, isCalled));
  }
  return isCalled && ts.isVariableDeclaration(declaration) ? [value] : [];
}

function entryOf(tree, names) {
  const found = names.map((name) => tree.nodes.filter((node) => isEntry(tree, node, name)));
  const entry = found.find((nodes) => nodes.length > 0);
  if (entry) return entry;
  throw new Error(`There is no ${names.join(' or ')} in ${tree.root}: add its new name to test/figures.mjs.`);
}

function isEntry(tree, node, name) {
  const [kind, wanted] = name.split(' ');
  if (kind === 'job') return isHandedOverWith(tree, node, wanted);
  if (!ts.isMethodDeclaration(node)) return false;
  if (kind !== 'POST') return name === `${node.parent.name?.text}.${node.name.getText()}`;
  const path = argumentOf(node, 'Post');
  return path !== null && [argumentOf(node.parent, 'Controller'), path].filter(Boolean).join('/') === wanted;
}

/** The text that a declaration's decorator is given, empty without one; null when there is no such decorator. */
function argumentOf(node, decorator) {
  const calls = (ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : []).map(
    (each) => each.expression,
  );
  const call = calls.find((each) => ts.isCallExpression(each) && each.expression.getText() === decorator);
  return call ? (call.arguments[0]?.text ?? '') : null;
}

/** Whether a function is written into a call whose first argument is the queue's name, or a constant that holds it. */
function isHandedOverWith({ checker }, node, queue) {
  if (!ts.isArrowFunction(node) || !ts.isCallExpression(node.parent)) return false;
  const [first] = node.parent.arguments;
  return first !== node && checker.getTypeAtLocation(first).value === queue;
}

/* The table. */

function figuresOf(root) {
  const files = productionFiles(root).map((path) => {
    const text = readFileSync(path, 'utf8');
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    return { path: relative(root, path), ...placeOf(relative(join(root, 'src'), path)), text, source };
  });
  const tests = ts.sys.readDirectory(root, ['.ts', '.mjs'], [], ['src/**/*.spec.ts', 'test/**/*']);
  const comments = files.flatMap(({ path, text }) => commentsOf(text).map((comment) => ({ path, comment })));
  const tree = treeOf(root);
  return {
    files,
    tests: tests.map((path) => ({ text: readFileSync(path, 'utf8') })),
    comments,
    fragments: comments.filter(({ comment }) => isFragment(comment)),
    traced: Object.entries(alertAndRow).map(([name, entries]) => ({ name, ...trace(tree, entries) })),
  };
}

function rowsOf({ files, tests, comments, fragments, traced }) {
  const sizes = new Map([['src', sizeOf(files)]]);
  for (const place of new Set(files.flatMap(({ wing, folder }) => (folder ? [wing, folder] : [wing])))) {
    sizes.set(place, sizeOf(files.filter(({ wing, folder }) => wing === place || folder === place)));
  }
  const constructors = files.flatMap(({ source }) => longConstructors(source));
  const isAlone = ({ source }) => source.statements.filter(isExported).length === 1;
  return new Map([
    ...sizes,
    [
      'files under 60 lines',
      shareOf(
        files.filter(({ text }) => linesOf(text) < 60),
        files,
      ),
    ],
    ['files with exactly one export', shareOf(files.filter(isAlone), files)],
    ['lines of words in two languages', linesIn(files.filter(({ path }) => /\bwords\b/.test(path)))],
    ['lines of imports', files.reduce((total, { source }) => total + importLines(source), 0)],
    ['blank lines and comments', files.reduce((total, { text }) => total + blankLines(text), 0)],
    ['lines of tests', linesIn(tests)],
    ['tests ÷ code', (linesIn(tests) / linesIn(files)).toFixed(2)],
    ['constructors with more than 6 parameters', [constructors.length, ...constructors.sort()].join(', ')],
    ...traced.map(({ name, files, changes }) => [name, `${files.length} files, ${changes} changes of file`]),
    ['doc comments', comments.length],
    ['of these, fragments', shareOf(fragments, comments)],
  ]);
}

function importLines(source) {
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  return source.statements
    .filter(ts.isImportDeclaration)
    .reduce((total, one) => total + lineOf(one.end) - lineOf(one.getStart(source)) + 1, 0);
}

const blankLines = (text) => text.match(/^[ \t]*((\/\*|\*|\/\/).*)?$/gm)?.length ?? 0;
const linesIn = (files) => files.reduce((total, { text }) => total + linesOf(text), 0);
const sizeOf = (files) => `${linesIn(files)} lines, ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
const shareOf = (part, whole) => `${part.length} (${Math.round((100 * part.length) / whole.length)} %)`;

/** Puts the columns beside each other; folders are sorted below their wing, and empty in a tree that lacks them. */
function tableOf(columns) {
  const labels = [...new Set(Object.values(columns).flatMap((rows) => [...rows.keys()]))];
  const placed = wings.flatMap((wing) => [
    wing,
    ...labels.filter((label) => label.startsWith(`${wing}/`)).sort(),
  ]);
  const others = labels.filter((label) => label !== 'src' && !placed.includes(label));
  const lines = [
    ['', ...Object.keys(columns)],
    ['---', ...Object.keys(columns).map(() => '---')],
  ];
  for (const label of ['src', ...placed, ...others]) {
    lines.push([label, ...Object.values(columns).map((rows) => rows.get(label) ?? '')]);
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Unpacks a commit into a temporary folder for `work`; null when the clone's history does not hold it. */
function inTreeOf(commit, root, work) {
  const options = { cwd: root, maxBuffer: 2 ** 30 };
  const archive = spawnSync('git', ['archive', commit, 'src', 'test', 'tsconfig.json'], options);
  if (archive.status !== 0) return null;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'figures-'));
  try {
    execFileSync('tar', ['-x', '-C', folder], { input: archive.stdout });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const preamble = `# Figures of the code

Written by \`npm run figures -- --write\`; the comments in \`test/figures.mjs\` define each figure. Production code is \`src\` without
its specs, blank lines and comments included; tests are \`test\` and those specs. The path of one alert starts at \`POST /contracts\`,
the tick, the sweep, the drain and the provider's webhook; that of one imported row at \`POST /imports\` and the job that reads the
file. The type checker resolves every call on the way. Counted are the files reached, and the changes of file: calls from one file of
a function in another, each such function once for each calling file. A doc comment is a fragment when its first sentence has no finite
verb, or only that of an opening clause such as "What a code means". Words stand in files named so.
`;

function main(root, flags) {
  const then = inTreeOf(before, root, figuresOf);
  const now = figuresOf(root);
  const columns = { ...(then && { [`before (${before})`]: rowsOf(then) }), now: rowsOf(now) };
  const page = `${preamble}\n${tableOf(columns)}\n`;
  console.log(page);
  if (flags.includes('--write')) writeFileSync(join(root, 'docs/figures.md'), page);
  if (!flags.includes('--list')) return;
  for (const { name, files } of now.traced) console.log(`${name}:\n  ${files.join('\n  ')}`);
  for (const { path, comment } of now.fragments) console.log(`${path}: ${comment}`);
}

const script = fileURLToPath(import.meta.url);
if (process.argv[1] === script) main(join(script, '../..'), process.argv.slice(2));
