import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAlert } from '#domain/alerts/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freePort } from '#tests/support/ports.ts';
import { spawnWorker, type WorkerProcess } from '#tests/support/worker-process.ts';

const SECRET = 'a secret of more than thirty-two bytes';

type Posted = { headers: IncomingHttpHeaders; body: string };

describe('an ops worker that is to tell of alerts', () => {
  let opened: ConsoleDatabase;
  let dir: string;
  let hook: Server;
  let mailServer: TcpServer;
  let ops: WorkerProcess | undefined;
  const posted: Posted[] = [];
  const mails: string[] = [];
  let answer = 500;

  before(async () => {
    [opened, dir] = await Promise.all([openConsoleDatabase(), mkdtemp(join(tmpdir(), 'basecommerce-ops-'))]);
    hook = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () => {
        posted.push({ headers: req.headers, body });
        res.writeHead(answer, answer === 302 ? { Location: '/elsewhere' } : {}).end();
        answer = 204;
      });
    }).listen(0, '127.0.0.1');
    mailServer = smtpServer(mails).listen(0, '127.0.0.1');
    await Promise.all([once(hook, 'listening'), once(mailServer, 'listening')]);
    const port = await freePort();
    const at = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    ops = await spawnWorker({
      name: 'ops',
      entry: 'workers/ops.ts',
      port,
      env: {
        DATABASE_URL: opened.url,
        SSH_KEYS_DIR: dir,
        ARCHIVES_DIR: dir,
        OPS_PORT: String(port),
        ENVIRONMENT_NAME: 'production',
        CONSOLE_URL: 'https://console.example.com',
        ALERT_WEBHOOK_URL: `http://127.0.0.1:${at(hook)}/alerts?key=1`,
        ALERT_WEBHOOK_SECRET: SECRET,
        ALERT_EMAIL_TO: 'night@example.com, day@example.com',
        ALERT_EMAIL_FROM: 'alerts@example.com',
        SMTP_URL: `smtp://127.0.0.1:${at(mailServer)}`,
      },
    });
  });
  after(async () => {
    await ops?.kill();
    hook?.close();
    mailServer?.close();
    await opened?.drop();
    await rm(dir, { recursive: true, force: true });
  });

  it('posts it signed until it is taken, with one id, and mails it', async () => {
    await openAlert(opened.ctx, {
      key: 'test:night',
      severity: 'critical',
      title: 'The night is dark',
      detail: 'and long',
    });

    await eventually(() => posted.length >= 2 && mails.length >= 1, { timeoutMs: 20_000 });

    const [refused, taken] = posted as [Posted, Posted];
    assert.equal(refused.headers['x-basecommerce-delivery'], taken.headers['x-basecommerce-delivery']);
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      String(taken.headers['x-basecommerce-signature']),
    )!;
    assert.equal(signature, createHmac('sha256', SECRET).update(`${seconds}.${taken.body}`).digest('hex'));
    const { id, transition, summary, url, alert } = JSON.parse(taken.body) as Record<string, unknown>;
    assert.equal(id, taken.headers['x-basecommerce-delivery']);
    assert.deepEqual(
      [transition, summary, url],
      ['opened', '[production] CRITICAL: The night is dark', 'https://console.example.com/alerts'],
    );
    assert.equal((alert as { key: string }).key, 'test:night');
    assert.match(mails[0]!, /RCPT TO:<night@example.com>[\s\S]*RCPT TO:<day@example.com>/);
    assert.match(mails[0]!, /Subject: \[production\] CRITICAL: The night is dark/);
    assert.match(mails[0]!, new RegExp(`Message-ID: <${String(id)}@`, 'i'));
  });
});

/** Just enough of a mail server to be talked to; keeps what was said to it. */
function smtpServer(kept: string[]): TcpServer {
  return createTcpServer((socket) => {
    let said = '';
    let isData = false;
    socket.write('220 test ESMTP\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      said += text;
      if (isData) {
        if (!said.endsWith('\r\n.\r\n')) return;
        isData = false;
        kept.push(said);
        socket.write('250 taken\r\n');
      } else if (/^DATA/m.test(text)) {
        isData = true;
        socket.write('354 go on\r\n');
      } else if (/^QUIT/m.test(text)) socket.end('221 bye\r\n');
      else socket.write('250 test\r\n');
    });
  });
}
