import assert from 'node:assert/strict';
import { connected } from '#ops/local/roles.ts';
import { openAlert } from '#domain/alerts/index.ts';
import { createTenant } from '#domain/tenants/index.ts';
import { recordHeartbeat } from '#platform/db/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { testStack } from '#tests/support/stack.ts';

describe('the overview', () => {
  let console: TestConsole;
  let browser: Browser;

  before(async () => {
    console = await openTestConsole();
    ({ browser } = await console.signIn('viewer'));
  });
  after(() => console.stop());

  const page = async () => (await browser.get('/').expect(200)).text;
  const tile = (html: string, id: string) =>
    new RegExp(`<section class="card tile" id="tile-${id}">[\\s\\S]*?</section>`).exec(html)![0];

  it('invites to onboard the first store on an empty platform', async () => {
    assert.match(await page(), /No store yet[\s\S]*href="\/tenants\/new"/);
  });

  it('counts stores by what they are, and shows what was done in the last hour', async () => {
    const { tenant } = await createTenant(console.ctx, {
      slug: 'acme',
      name: 'Acme',
      admin: { name: 'Ana', email: 'ana@acme.example' },
    });
    assert.match(tile(await page(), 'tenants'), /0 live[\s\S]*Provisioning<\/dt><dd class="figures">1</);

    await console.ctx.db('platform.tenants').where({ id: tenant.id }).update({ status: 'live' });

    const html = await page();
    assert.match(tile(html, 'tenants'), /1 live[\s\S]*Provisioning<\/dt><dd class="figures">0</);
    assert.match(html, /id="activity"[\s\S]*tenant\.created[\s\S]*acme/);
    assert.doesNotMatch(html, /No store yet/);
  });

  it('tells a worker that beats from one that was never heard of', async () => {
    assert.match(tile(await page(), 'workers'), /Ops worker<\/dt><dd class="figures fact-stopped">Stopped/);

    await recordHeartbeat(console.ctx.db, { process: 'ops', instance: 'ops-1', startedAt: new Date() });

    assert.match(tile(await page(), 'workers'), /Ops worker<\/dt><dd class="figures">OK/);
  });

  it('puts an open alert first, in its own words', async () => {
    await openAlert(console.ctx, {
      key: 'droplet:edge:host_key',
      severity: 'critical',
      title: 'The host key of edge changed',
      detail: 'Nothing is sent until it is enrolled again.',
    });

    const html = await page();

    assert.match(html, /verdict-sentence">The host key of edge changed\./);
    assert.match(html, /id="alerts"[\s\S]*Nothing is sent until it is enrolled again/);
  });

  it('shows a part that cannot be read as unknown, with the reason, and every other part as it is', async () => {
    await asSuperuser('revoke select on platform.jobs from bc_console');
    try {
      const html = await page();

      assert.match(tile(html, 'jobs'), /Unknown[\s\S]*Could not be read: 42501/);
      assert.match(tile(html, 'tenants'), /1 live/);
      // The other one is the stream, of whose processes nobody has heard.
      assert.match(html, /2 parts cannot be vouched for/);
    } finally {
      await asSuperuser('grant select on platform.jobs to bc_console');
    }
  });

  it('says with every tile as of when it is true', async () => {
    const html = await page();
    const tiles = html.match(/<section class="card tile"/g)!.length;

    assert.equal(tiles, 6);
    assert.equal(html.match(/data-as-of="\d{4}-[^"]+" data-every="10"/g)!.length, tiles + 1);
  });

  async function asSuperuser(sql: string): Promise<void> {
    const url = new URL(console.url);
    url.username = 'postgres';
    url.password = testStack().passwords.postgres;
    await connected(url.href, async (client) => {
      await client.query(sql);
    });
  }
});
