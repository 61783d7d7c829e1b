import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** These paths lead to the top of the project from `src/platform` and from `dist/src/platform`. */
const roots = ['../../', '../../../'];

/** Returns where a file or folder lies that is shipped beside the program, such as `templates/sms`. Throws without it. */
export function projectPath(path: string): string {
  const found = roots
    .map((root) => fileURLToPath(new URL(root + path, import.meta.url)))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`${path} is missing beside the program`);
  return found;
}

/** Reads a file of the folder `data`. */
export function dataText(name: string): string {
  return readFileSync(projectPath(`data/${name}`), 'utf8');
}

/** Reads the lines of a table of the folder `data`, without its comments, which begin with `#`. */
export function dataLines(name: string): string[] {
  return dataText(name)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
