import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The line between a service and its database, which a test may cut off, or let go dead. */
export class DatabaseLine {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private isDead = false;

  private constructor(
    private readonly server: Server,
    private readonly databaseUrl: string,
  ) {}

  static async to(databaseUrl: string): Promise<DatabaseLine> {
    const server = createServer();
    const line = new DatabaseLine(server, databaseUrl);
    server.on('connection', (socket) => line.carry(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  /** Where the service finds its database. */
  get url(): string {
    const url = new URL(this.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Ends every connection, and refuses new ones. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Takes connections and never answers, as behind a firewall that swallows. */
  goDead(): void {
    this.cut();
    this.isCut = false;
    this.isDead = true;
  }

  mend(): void {
    this.isCut = false;
    this.isDead = false;
  }

  async end(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(near: Socket): void {
    this.keep(near);
    if (this.isCut) return void near.destroy();
    if (this.isDead) return;
    const { hostname, port } = new URL(this.databaseUrl);
    const far = connect(Number(port), hostname);
    this.keep(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
