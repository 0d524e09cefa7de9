import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificate } from '#ops/local/certificate.ts';

describe('the certificate of the local edge', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bc-certificate-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('is for localhost and every store below it, its key for its owner alone', async () => {
    const { certificate, key } = await ensureCertificate(join(dir, 'tls'));

    const parsed = new X509Certificate(await readFile(certificate));
    assert.equal(parsed.subjectAltName, 'DNS:localhost, DNS:*.localhost');
    assert.equal((await stat(key)).mode & 0o777, 0o600);
  });

  it('stays the same until it is about to end', async () => {
    const { certificate } = await ensureCertificate(dir);
    const first = await readFile(certificate, 'utf8');

    await ensureCertificate(dir);
    assert.equal(await readFile(certificate, 'utf8'), first);

    await writeFile(certificate, 'nonsense');
    await ensureCertificate(dir);
    assert.notEqual(await readFile(certificate, 'utf8'), 'nonsense');
  });
});
