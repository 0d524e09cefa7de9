import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const TYPES = { A: 1, TXT: 16, AAAA: 28 } as const;

/** A DNS server on this machine that knows what a test has told it, and says of the rest that there is no such name. */
export class TinyDns {
  readonly #records = new Map<string, Buffer[]>();
  readonly #socket: Socket = createSocket('udp4');

  /** Returns where it answers, as `createPublicLookup` takes it. */
  async start(): Promise<string> {
    this.#socket.on('message', (query, { port, address }) => {
      this.#socket.send(this.#answer(query), port, address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** Each text as one record; the parts of an array as the parts of one. */
  tellTxt(name: string, ...texts: (string | string[])[]): void {
    const records = texts.map((text) =>
      Buffer.concat([text].flat().map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]))),
    );
    this.#records.set(`${name} ${TYPES.TXT}`, records);
  }

  tellAddress(name: string, ...addresses: string[]): void {
    const records = addresses.map((address) => Buffer.from(address.split('.').map(Number)));
    this.#records.set(`${name} ${TYPES.A}`, records);
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const records = this.#records.get(`${labels.join('.').toLowerCase()} ${type}`) ?? [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    const noSuchName = 3;
    header.writeUInt16BE(0x8180 | (records.length === 0 ? noSuchName : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, question, ...records.map((data) => record(type, data))]);
  }
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  // The name is that of the question.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(1, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
