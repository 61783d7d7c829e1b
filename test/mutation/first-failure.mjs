/** Ends Jest with the first test that fails, where `--bail` would run the others of its file, or with a spec that takes too long. */
export default class FirstFailure {
  order = JSON.parse(process.env['MUTATION_ORDER']);

  onTestFileStart({ path }) {
    const { timeoutMs } = this.order.find(({ spec }) => path.endsWith(spec));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(path, 'takes too long'), timeoutMs);
    this.running = path;
  }

  /** All specs are of one realm, in which Jest names the first of them with the tests of each. */
  onTestCaseResult(_test, { status, failureMessages }) {
    if (status === 'failed') this.end(this.running, failureMessages.join('\n'));
  }

  /** A spec that does not load has no test that fails. */
  onTestFileResult({ path }, { failureMessage }) {
    if (failureMessage) this.end(path, failureMessage);
  }

  onRunComplete() {
    clearTimeout(this.timer);
  }

  getLastError() {}

  end(path, message) {
    // The console is the one of the spec, which Jest wraps and indents.
    process.stderr.write(`noticed by ${path.slice(process.cwd().length + 1)}\n${message}\n`);
    process.exit(1);
  }
}
