import { createHash } from 'node:crypto';

const version = '2';

/**
 * Turns the file of a package into one that asks Node for it, so that a worker loads each package once and not once for each
 * test file, which took as long as the tests themselves. Outside of test files, where Jest transforms what its own set-up
 * loads, the file stays as it is.
 */
export default {
  process(source, path) {
    const isModule =
      path.endsWith('.mjs') || (/^(import|export)\b/m.test(source) && !/\bexports\./.test(source));
    const asked = `if (typeof jest === 'object') { module.exports = requireNatively(${JSON.stringify(path)}); return; }`;
    return { code: isModule ? asked : `${asked}\n${source}` };
  },
  getCacheKey: (source, path) => createHash('sha256').update(`${version}\n${path}\n${source}`).digest('hex'),
};
