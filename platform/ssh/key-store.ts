import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput, toError, Unavailable } from '#platform/errors.ts';
import { generateKeyPairSync, parseKey } from './ssh2.ts';

/** What may be told of a private key of ours. */
export type LoginKey = {
  /** `ssh-ed25519 AAAA…`, the line for `authorized_keys` without options and comment. */
  publicKey: string;
  madeAt: Date;
};

const KEY_NAME = /^[a-z0-9][a-z0-9._-]*$/;

/** The folder of the private keys that we log in with. A private key is written once, mode 0600, and never read out. */
export class KeyStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Makes an ed25519 key pair unless there is one of this name, and tells its public half. A process that dies in between
   * leaves no key that is half written. Throws `ssh_key_unusable`.
   */
  async make(name: string): Promise<LoginKey> {
    const known = await this.find(name);
    if (known) return known;
    const { private: privateKey, public: publicKey } = makeKeyPair();
    await this.#reporting(name, async () => {
      await this.#place(name, privateKey);
      await this.#place(`${name}.pub`, `${publicKey.trim()}\n`);
    });
    return this.get(name);
  }

  /** Undefined when there is no key of this name. Throws `ssh_key_unusable` when there is one that cannot be read. */
  async find(name: string): Promise<LoginKey | undefined> {
    const path = this.#pathOf(name);
    return this.#reporting(name, async () => {
      const facts = await stat(path).catch(unlessMissing);
      if (!facts) return undefined;
      const key = parseKey(await readFile(path));
      if (key instanceof Error) throw key;
      return { publicKey: `${key.type} ${key.getPublicSSH().toString('base64')}`, madeAt: facts.mtime };
    });
  }

  /** As {@link KeyStore.find}, and throws `ssh_key_unusable` when there is none. */
  async get(name: string): Promise<LoginKey> {
    const key = await this.find(name);
    if (!key) throw unusable(name, new Error('there is no such file'));
    return key;
  }

  /** Deletes both halves; that there are none is fine. */
  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await this.#reporting(name, async () => {
      for (const file of [path, `${path}.pub`]) await unlink(file).catch(unlessMissing);
    });
  }

  /** Written beside and then linked into place: the name never stands for a piece of a key. */
  async #place(name: string, content: string): Promise<void> {
    const draft = join(this.#dir, `.${name}.${randomBytes(4).toString('hex')}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, join(this.#dir, name)).catch(unlessThere);
    } finally {
      await rm(draft, { force: true });
    }
  }

  #pathOf(name: string): string {
    if (!KEY_NAME.test(name)) throw new InvalidInput('ssh_key_name', 'The name of a key is a plain file name.');
    return join(this.#dir, name);
  }

  async #reporting<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unusable(name, toError(error));
    }
  }
}

function unusable(name: string, cause: NodeJS.ErrnoException): Unavailable {
  return new Unavailable('ssh_key_unusable', `Our key "${name}" cannot be used: ${cause.code ?? cause.message}`, {
    cause,
  });
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/**
 * An ed25519 pair in OpenSSH's form. Of a public key that begins with a zero ssh2 loses that byte, and so one pair of 256
 * can be read by nobody: it is thrown away.
 */
export function makeKeyPair(): { private: string; public: string } {
  for (;;) {
    const pair = generateKeyPairSync('ed25519');
    if (![pair.private, pair.public].some((key) => parseKey(key) instanceof Error)) return pair;
  }
}
