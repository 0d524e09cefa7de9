import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type KeyStore } from '#platform/ssh/index.ts';
import { makeKeyPair } from '#platform/ssh/key-store.ts';
import { parseKey } from '#platform/ssh/ssh2.ts';

describe('KeyStore', () => {
  let dir: string;
  let keys: KeyStore;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bc-keys-'));
    keys = createSshPool({ keysDir: dir, log: silentLogger }).keys;
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('makes an ed25519 pair that only its owner may read, and tells the public half', async () => {
    const { publicKey } = await keys.make('edge-1');

    assert.match(publicKey, /^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
    assert.match(await readFile(join(dir, 'edge-1'), 'utf8'), /^-----BEGIN OPENSSH PRIVATE KEY-----/);
    assert.equal((await readFile(join(dir, 'edge-1.pub'), 'utf8')).trim(), publicKey);
    assert.equal((await stat(join(dir, 'edge-1'))).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(dir)).toSorted(), ['edge-1', 'edge-1.pub']);
  });

  it('makes no pair that cannot be read, which one of 256 would be', function () {
    this.timeout(30_000);
    const pairs = Array.from({ length: 2560 }, makeKeyPair);

    const unreadable = pairs.filter(({ private: key, public: line }) =>
      [parseKey(key), parseKey(line)].some((parsed) => parsed instanceof Error),
    );
    assert.deepEqual(unreadable, []);
  });

  it('keeps the key that is there, also when two ask at once', async () => {
    const made = await Promise.all([keys.make('edge-1'), keys.make('edge-1'), keys.make('edge-1')]);

    const [first] = made;
    assert(made.every(({ publicKey }) => publicKey === first?.publicKey));
    assert.deepEqual(await keys.make('edge-1'), await keys.find('edge-1'));
  });

  it('forgets a key, as often as it is told', async () => {
    await keys.make('edge-1');
    await keys.remove('edge-1');
    await keys.remove('edge-1');

    assert.equal(await keys.find('edge-1'), undefined);
    assert.deepEqual(await readdir(dir), []);
  });

  for (const name of ['../edge', '.ssh', 'a/b', ''])
    it(`takes no name that could lead elsewhere: ${JSON.stringify(name)}`, async () => {
      await assert.rejects(keys.make(name), { code: 'ssh_key_name', status: 422 });
      await assert.rejects(keys.remove(name), { code: 'ssh_key_name' });
    });

  it('says which key is of no use, and does not replace it', async () => {
    await writeFile(join(dir, 'edge-1'), 'not a key');

    await assert.rejects(keys.make('edge-1'), { code: 'ssh_key_unusable', status: 503, message: /"edge-1"/ });
    assert.equal(await readFile(join(dir, 'edge-1'), 'utf8'), 'not a key');
    await assert.rejects(keys.get('edge-2'), { code: 'ssh_key_unusable', message: /there is no such file/ });
  });
});
