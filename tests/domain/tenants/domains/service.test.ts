import assert from 'node:assert/strict';
import { getJob } from '#domain/jobs/index.ts';
import {
  addDomain,
  checkDomain,
  getDomain,
  listDomains,
  listMapLines,
  proofsOf,
  removeDomain,
  type Domain,
} from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, coded, freshSlug } from '#tests/support/tenants.ts';

/** A world in which nobody has set anything up. */
const NOTHING: PublicLookup = { texts: async () => [], page: async () => undefined };

describe('a store’s own domain', () => {
  let database: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  const freshHost = () => `${freshSlug()}.com.br`;
  const add = async (host = freshHost()) => {
    const { id, slug } = await aLiveTenant(ctx);
    return { id, slug, domain: await addDomain(ctx, id, { host, baseDomain: 'localhost' }) };
  };
  const inDns = (domain: Domain): PublicLookup => ({
    ...NOTHING,
    texts: async (name) => {
      const { dns } = proofsOf(domain);
      return name === dns.name ? ['v=spf1 -all', dns.value] : [];
    },
  });
  const onItsServer = (domain: Domain): PublicLookup => ({
    texts: async () => {
      throw Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
    },
    page: async (host, path) =>
      `http://${host}${path}` === proofsOf(domain).http.url ? `${domain.token}\n` : undefined,
  });

  it('leads nowhere before anybody has shown that it is theirs', async () => {
    const host = freshHost();
    const { id, domain } = await add(`${host.toUpperCase()}.`);

    assert.deepEqual([domain.host, domain.status, domain.verifiedAt], [host, 'pending', undefined]);
    assert.match(domain.token, /^[0-9a-f]{40}$/);
    const { dns, http } = proofsOf(domain);
    assert.deepEqual(dns, { name: `_basecommerce.${host}`, value: `basecommerce=${domain.token}` });
    assert.equal(http.url, `http://${host}/.well-known/basecommerce/${domain.token}`);
    assert.deepEqual((await listMapLines(ctx)).domains, []);
    assert.deepEqual(await auditOf(ctx, id), ['tenant.domain_added']);
  });

  for (const [by, lookup] of [
    ['dns', inDns],
    ['http', onItsServer],
  ] as const)
    it(`is the store’s once it was proven by ${by}, and the edges are told`, async () => {
      const { id, slug, domain } = await add();

      const checked = await checkDomain(ctx, lookup(domain), slug, domain);
      const again = await checkDomain(ctx, NOTHING, slug, domain);

      assert.deepEqual([checked.domain.status, checked.domain.verifiedBy], ['verified', by]);
      const job = await getJob(ctx, checked.jobId!);
      assert.deepEqual([job.kind, job.tenantId], ['tenant.publish_maps', id]);
      assert.deepEqual(again.domain.verifiedAt, checked.domain.verifiedAt, 'what was proven stays so');
      assert.ok(again.jobId, 'asking again publishes again');
      const lines = (await listMapLines(ctx)).domains;
      assert.deepEqual(
        lines.filter((line) => line.slug === slug),
        [{ host: domain.host, slug }],
      );
      assert.deepEqual(await auditOf(ctx, id), ['tenant.domain_added', 'tenant.domain_verified']);
    });

  it('keeps what was seen instead of the proof, for whoever set it up', async () => {
    const { slug, domain } = await add();
    const wrong: PublicLookup = { texts: async () => ['basecommerce=another'], page: async () => 'Olá!' };

    const first = await checkDomain(ctx, NOTHING, slug, domain);
    const second = await checkDomain(ctx, wrong, slug, domain);

    assert.equal(first.jobId, undefined);
    assert.equal(
      first.domain.checkError,
      `_basecommerce.${domain.host} has no TXT record. http://${domain.host} has no page with the proof.`,
    );
    assert.match(
      second.domain.checkError ?? '',
      /No TXT record .* holds the proof\. The page on .* says something else\./,
    );
    assert.ok(second.domain.checkedAt);
    assert.equal(second.domain.status, 'pending');
  });

  it('belongs to one store: taken is taken, by anybody, and of many at once one gets it', async () => {
    const { domain } = await add();
    const stores = await Promise.all(Array.from({ length: 5 }, () => aLiveTenant(ctx)));
    const host = freshHost();

    await assert.rejects(add(domain.host), coded('domain_taken'));
    const results = await Promise.allSettled(
      stores.map(({ id }) => addDomain(ctx, id, { host, baseDomain: 'localhost' })),
    );

    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    await assert.rejects(add('loja.localhost'), coded('platform_host'));
    await assert.rejects(checkDomain(ctx, NOTHING, stores[0]!.id, domain), coded('domain_not_found'));
    await assert.rejects(removeDomain(ctx, stores[0]!.id, domain), coded('domain_not_found'));
  });

  it('can be taken away, and is anybody’s then, who must prove it anew', async () => {
    const { id, slug, domain } = await add();
    await checkDomain(ctx, inDns(domain), slug, domain);

    const { jobId } = await removeDomain(ctx, slug, domain);

    assert.ok(jobId);
    assert.deepEqual(await listDomains(ctx, id), []);
    const next = await add(domain.host);
    assert.notEqual(next.domain.token, domain.token);
    assert.equal((await checkDomain(ctx, inDns(domain), next.slug, domain)).domain.status, 'pending');
    assert.equal((await removeDomain(ctx, next.slug, domain)).jobId, undefined, 'no edge knew of it');
  });

  it('is not proven by what was looked for while it was removed and added again', async () => {
    const { id, slug, domain } = await add();
    const meanwhile: PublicLookup = {
      ...NOTHING,
      texts: async () => {
        await removeDomain(ctx, slug, domain);
        await addDomain(ctx, id, { host: domain.host, baseDomain: 'localhost' });
        return [proofsOf(domain).dns.value];
      },
    };

    await assert.rejects(checkDomain(ctx, meanwhile, slug, domain), coded('domain_not_found'));
    assert.equal((await getDomain(ctx, id, domain.host)).status, 'pending');
  });
});
