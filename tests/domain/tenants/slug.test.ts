import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { checkSlug, proposeSlug, RESERVED_SLUGS } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const STORES_CONF = new URL('../../../ops/droplet-1-edge/nginx/snippets/stores.conf', import.meta.url);

/** The expression by which the edge takes a store's label from a host, for the base domain `localhost`. */
function edgeExpression(): RegExp {
  const [, pattern] = /"~(\^[^"]*store_label[^"]*)"/.exec(readFileSync(STORES_CONF, 'utf8'))!;
  return new RegExp(pattern!.replace(/\\Q.*\\E/, 'localhost'));
}

/** Mostly near misses: random text would nearly always be refused for its first character. */
const nearSlug = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '0', '9', '-'), maxLength: 44 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '0', '-', 'A', '_', '.', 'é', ' ', '\n'), maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

describe('checkSlug', () => {
  for (const [code, slugs] of Object.entries({
    too_short: ['', 'a', 'ab'],
    too_long: ['a'.repeat(41)],
    upper_case: ['Loja', 'lojA-do-ze'],
    bad_character: [
      'loja do ze',
      'lojão',
      'loja_1',
      'loja.br',
      'Loja!',
      'loja/../x',
      'loja\n',
      'лоха',
      "a'; drop table x",
    ],
    punycode: ['xn--bcher-kva'],
    edge_hyphen: ['-loja', 'loja-'],
    double_hyphen: ['loja--ze', 'ab--cd'],
    reserved: ['www', 'api', 'app', 'admin', 'auth', 'console', 'static', 'cdn', 'mail', 'smtp', 'ftp', 'ns1', 'ns2'],
  }))
    for (const slug of slugs)
      it(`refuses ${JSON.stringify(slug)} as ${code}`, () => {
        const checked = checkSlug(slug);

        assert.equal(checked.ok, false);
        assert.equal(checked.code, code);
        assert.notEqual(checked.message, '');
      });

  it('reserves every name the platform keeps for itself', () => {
    const kept = ['status', 'staging', 'dev', 'test', 'support', 'billing', 'help', 'docs', 'blog', 'demo'];

    assert.deepEqual(
      kept.filter((slug) => !RESERVED_SLUGS.includes(slug)),
      [],
    );
  });

  it('accepts names of 3 and of 40 characters', () => {
    for (const slug of ['abc', '123', 'a-b', 'a'.repeat(40), 'deposito-sao-joao-2'])
      assert.ok(checkSlug(slug).ok, slug);
  });

  it('accepts exactly what the edge lets through, reserved names apart', () => {
    const edge = edgeExpression();
    fc.assert(
      fc.property(nearSlug, (text) => {
        const checked = checkSlug(text);
        const lawful = checked.ok || checked.code === 'reserved';
        assert.equal(lawful, edge.test(`${text}.localhost`));
      }),
      { numRuns: 3000 },
    );
  });

  describe('beside the database', () => {
    let database: ConsoleDatabase;

    before(async () => {
      database = await openConsoleDatabase();
    });
    after(() => database?.drop());

    it('accepts exactly what the check constraint of the slugs accepts, reserved names apart', async () => {
      const { rows } = await database.ctx.db.raw<{ rows: { rule: string }[] }>(
        `select pg_get_expr(conbin, conrelid) as rule from pg_constraint
          where conrelid = 'platform.slugs'::regclass and conname = 'slugs_slug_check'`,
      );
      const texts = fc.sample(nearSlug, 2000).filter((text) => !text.includes('\0'));
      const answers = await database.ctx.db.raw<{ rows: { slug: string; lawful: boolean }[] }>(
        `select slug, ${rows[0]!.rule} as lawful from unnest(?::text[]) as slug`,
        [texts],
      );

      assert.equal(answers.rows.length, texts.length);
      for (const { slug, lawful } of answers.rows) {
        const checked = checkSlug(slug);
        assert.equal(checked.ok || checked.code === 'reserved', lawful, JSON.stringify(slug));
      }
    });
  });
});

describe('proposeSlug', () => {
  for (const [name, slug] of [
    ['Depósito São João Ltda.', 'deposito-sao-joao-ltda'],
    ['  Casa & Cia  ', 'casa-cia'],
    ['Zé', 'loja-ze'],
    ['Blog', 'loja-blog'],
    ['!!!', ''],
  ] as const)
    it(`makes ${JSON.stringify(slug)} of ${JSON.stringify(name)}`, () => {
      assert.equal(proposeSlug(name), slug);
    });

  it('proposes nothing the law refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const slug = proposeSlug(name);
        assert.ok(slug === '' || checkSlug(slug).ok, slug);
      }),
    );
  });
});
