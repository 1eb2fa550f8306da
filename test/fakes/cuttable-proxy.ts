/** A line to a port of this machine that can be cut, or fall silent, as networks do. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttableProxy {
  readonly port: number;
  /** Ends every connection, and takes no other. */
  cut(): void;
  /** Connections stay open, and new ones are taken; nothing that is sent on them arrives any more. */
  silence(): void;
  /** From here on new connections work; those that fell silent stay so. */
  heal(): void;
  /** As `heal`, and ends those that fell silent. */
  mend(): void;
  close(): Promise<void>;
}

interface Line {
  readonly ends: readonly Socket[];
  isSilent: boolean;
}

export async function startCuttableProxy(targetPort: number): Promise<CuttableProxy> {
  const lines = new Set<Line>();
  let state: 'whole' | 'cut' | 'silent' = 'whole';

  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    const line: Line = { ends: [near, far], isSilent: state === 'silent' };
    lines.add(line);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true);
      one.on('data', (data) => {
        if (!line.isSilent) other.write(data);
      });
      one.on('error', () => undefined);
      one.on('close', () => {
        lines.delete(line);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const drop = (some: (line: Line) => boolean) => {
    for (const line of [...lines].filter(some)) for (const end of line.ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      drop(() => true);
    },
    silence() {
      state = 'silent';
      for (const line of lines) line.isSilent = true;
    },
    heal: () => void (state = 'whole'),
    mend() {
      state = 'whole';
      drop(({ isSilent }) => isSilent);
    },
    async close() {
      drop(() => true);
      server.close();
      await once(server, 'close');
    },
  };
}
