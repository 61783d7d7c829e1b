import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** It sees each chunk that the service sends, with the number of its connection: the first is 1. */
type OnSent = (chunk: Buffer, connection: number) => void;

/** A Proxy stands between the service and a server of ours, so that a test can take the network away between them. */
export class Proxy {
  /** How many connections there have been. */
  connections = 0;
  private readonly all = new Set<Socket>();
  /** Those of all that are not dark. */
  private readonly sockets = new Set<Socket>();
  private isStalled = false;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
    private readonly onSent: OnSent,
  ) {}

  /** Listens on a port of its own, and forwards to the server of this address. */
  static async to(address: string, onSent: OnSent = () => undefined): Promise<Proxy> {
    const { hostname: host, port } = new URL(address);
    const server = createServer();
    const proxy = new Proxy(server, { host, port: Number(port) }, onSent);
    server.on('connection', (socket) => proxy.forward(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Returns an address of the server with the proxy in its place. */
  at(address: string): string {
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(address), { host: `127.0.0.1:${port}` }).href;
  }

  /** Lets nothing through any more, in either direction, and closes nothing; new connections are accepted and wait. */
  stall(): void {
    this.isStalled = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Lets through what waited, in its order. */
  resume(): void {
    this.isStalled = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Lets the connections that there are stay silent for ever, as when a way through the network is lost; new ones work. */
  darken(): void {
    for (const socket of this.sockets) socket.pause();
    this.sockets.clear();
  }

  /** Resets the connections that there are. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.all) socket.destroy();
    await closed;
  }

  private forward(inner: Socket): void {
    const outer = connect(this.target);
    this.connections += 1;
    const connection = this.connections;
    this.join(inner, outer, (chunk) => this.onSent(chunk, connection));
    this.join(outer, inner, () => undefined);
  }

  private join(from: Socket, to: Socket, onData: (chunk: Buffer) => void): void {
    this.sockets.add(from);
    this.all.add(from);
    from.on('data', (chunk) => {
      onData(chunk);
      to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.all.delete(from);
      // The server of a darkened connection does not learn of its end.
      if (this.sockets.delete(from)) to.destroy();
    });
    if (this.isStalled) from.pause();
  }
}
