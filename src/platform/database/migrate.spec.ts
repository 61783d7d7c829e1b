import { readdirSync } from 'node:fs';
import { migrations } from './migrate.js';

it('runs every migration of the folder, in the order of their times', () => {
  const files = readdirSync('migrations')
    .filter((file) => /^\d/.test(file))
    .toSorted();
  expect(migrations.map(fileOf)).toEqual(files);
});

/** Names the file of a migration such as `Access1790000000001`. */
function fileOf({ name }: { name: string }): string {
  const [, words = '', time = ''] = /^(\D+)(\d+)$/.exec(name) ?? [];
  return `${time}-${words.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.ts`;
}
