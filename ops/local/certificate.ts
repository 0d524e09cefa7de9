import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinary } from './server-binaries.mjs';

const run = promisify(execFile);

type Certificate = { certificate: string; key: string };

const VALID_DAYS = 825;
const RENEW_WITHIN_SECONDS = 30 * 86_400;

export function certificatePaths(dir: string): Certificate {
  return { certificate: join(dir, 'edge.pem'), key: join(dir, 'edge.key') };
}

/** A self-signed certificate for `localhost` and the stores below it, made anew when the one in `dir` is about to end. */
export async function ensureCertificate(dir: string): Promise<Certificate> {
  const openssl = findBinary('openssl');
  if (!openssl) throw new Error('openssl is not installed');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const paths = certificatePaths(dir);
  const isGood = run(openssl, ['x509', '-in', paths.certificate, '-noout', '-checkend', String(RENEW_WITHIN_SECONDS)]);
  if (await isGood.then(Boolean, () => false)) return paths;
  const [certificate, key] = [`${paths.certificate}.new`, `${paths.key}.new`];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:*.localhost'];
  const keyKind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', key, '-out', certificate];
  await run(openssl, ['req', '-x509', '-sha256', '-days', String(VALID_DAYS), ...keyKind, ...subject, ...files]);
  await rename(key, paths.key);
  await rename(certificate, paths.certificate);
  return paths;
}
