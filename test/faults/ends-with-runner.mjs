// Loaded before the service: ends it when the runner is gone, in whatever way, as its standard input closes then.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
// The service ends by its own signals, not because this pipe is still open.
process.stdin.unref?.();
