import assert from 'node:assert/strict';
import type pg from 'pg';
import { connected } from '#ops/local/roles.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('what a session keeps for the next page', () => {
  let console: TestConsole;

  before(async () => {
    console = await openTestConsole();
  });
  after(() => console.stop());

  it('is kept before the browser is sent there', async () => {
    const { browser, csrf } = await console.signIn('viewer');
    await connected(console.superuserUrl, async (client) => {
      await client.query('begin; lock table platform.sessions in exclusive mode');
      let isAnswered = false;
      const answer = browser
        .post('/profile')
        .type('form')
        .send({ _csrf: csrf, name: 'Vera', locale: 'en', theme: 'auto' })
        .buffer(true)
        .parse((res, done) => {
          isAnswered = true;
          res.on('data', () => undefined).on('end', () => done(null, undefined));
        })
        .then((response) => response.status);
      await eventually(() => someoneWaits(client));
      assert.equal(isAnswered, false);
      await client.query('commit');
      assert.equal(await answer, 303);
    });
    const { text } = await browser.get('/profile').expect(200);
    assert.match(text, /Your profile was saved/);
  });
});

async function someoneWaits(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount !== 0;
}
