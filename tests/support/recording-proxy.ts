import { connect, createServer, type AddressInfo } from 'node:net';

export type RecordingProxy = {
  port: number;
  /** What the client said of the SSH protocol before it was encrypted: message numbers of RFC 4250 §4.1.2. */
  clientMessages(): number[];
  /** Stops passing anything on in either direction, and says nothing about it: as a cable that was pulled. */
  freeze(): void;
  stop(): Promise<void>;
};

/** Passes one connection on to a port of this machine and keeps what the client sent. */
export async function startRecordingProxy(targetPort: number): Promise<RecordingProxy> {
  const sent: Buffer[] = [];
  let isFrozen = false;
  const ends: (() => void)[] = [];
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    ends.push(end);
    for (const socket of [client, upstream]) socket.on('error', end).on('close', () => isFrozen || end());
    client.on('data', (bytes) => {
      sent.push(bytes);
      if (!isFrozen) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => void (isFrozen || client.write(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    clientMessages: () => messagesIn(Buffer.concat(sent)),
    freeze() {
      isFrozen = true;
    },
    async stop() {
      for (const end of ends) end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The version line, then packets: 4 bytes of length, 1 of padding, the number of the message (RFC 4253 §6). */
function messagesIn(bytes: Buffer): number[] {
  const messages: number[] = [];
  let at = bytes.indexOf('\r\n') + 2;
  while (at + 6 <= bytes.length) {
    messages.push(bytes.readUInt8(at + 5));
    at += 4 + bytes.readUInt32BE(at);
  }
  return messages;
}
