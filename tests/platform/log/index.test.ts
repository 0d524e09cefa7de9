import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Its own process, since a logger writes to the file descriptor and not to a stream that a test could take over. */
const SCRIPT = `
  import pg from 'pg';
  import { createLogger } from '#platform/log/index.ts';
  const log = createLogger('test', 'info');
  const refused = new pg.DatabaseError('new row violates check constraint "users_role"', 1, 'error');
  Object.assign(refused, { code: '23514', detail: 'Failing row contains (hash-of-ana).', where: 'JSON data: {"cpf-of-ana' });
  log.error({ err: refused }, 'a request failed');
  const signIn = { name: 'hello', args: ['3', 'AUTH', 'default', 'secret-of-ana'] };
  const refusedByRedis = Object.assign(new Error('WRONGPASS invalid username-password pair'), { command: signIn });
  log.warn({ err: new AggregateError([refusedByRedis], 'both failed', { cause: refusedByRedis }) }, 'Redis does not answer');
  log.error({ err: 'only words', password: 'typed-by-ana', request: { token: 'held-by-ana' } }, 'a request failed');`;

describe('the log', () => {
  let lines: Record<string, unknown>[];

  before(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT]);
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  it('says why the database refused a row, without the row', () => {
    const { code, message, stack } = lines[0]!.err as Record<string, string>;

    assert.equal(code, '23514');
    assert.match(message!, /users_role/);
    assert.match(stack!, /new row violates/);
    assert.doesNotMatch(JSON.stringify(lines[0]), /-of-ana/);
  });

  it('says what Redis refused, without the command that failed', () => {
    const { errors } = lines[1]!.err as { errors: Record<string, string>[] };

    assert.match(errors[0]!.message!, /WRONGPASS/);
    assert.doesNotMatch(JSON.stringify(lines[1]), /-of-ana/);
  });

  it('writes what was thrown that is no error, and hides secrets by their name', () => {
    assert.equal(lines[2]!.err, 'only words');
    assert.doesNotMatch(JSON.stringify(lines[2]), /-ana/);
  });
});
