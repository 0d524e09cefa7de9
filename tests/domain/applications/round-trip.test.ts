import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFile, writeCsv, writeYaml, type StoreEntry } from '#domain/applications/index.ts';
import { checkSlug } from '#domain/tenants/index.ts';

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{1,18}[a-z0-9]$/).filter((text) => checkSlug(text).ok);
/** Names with the very signs that tables and YAML are made of. */
const words = fc
  .array(
    fc.oneof(fc.constantFrom(',', ';', '"', "'", ':', '#', '- ', '|', '&', '*', '{', '[', '=', 'ã', ' '), fc.string()),
  )
  .map((parts) =>
    parts
      .join('')
      .replaceAll(/[\p{C}\u{2028}\u{2029}\u{FEFF}]/gu, '')
      .trim()
      .slice(0, 120)
      .trim(),
  )
  .filter((text) => text !== '');
const color = fc.stringMatching(/^#[0-9a-f]{6}$/);
const email = fc.stringMatching(/^[a-z]{1,10}@[a-z]{1,10}\.com$/);
const days = fc.integer({ min: 1, max: 365 });
const logo = fc.stringMatching(/^[a-z]{1,10}$/).map((name) => `https://cdn.example/${name}.svg?a=1,2;3`);

const given = { requiredKeys: [] as [] };
/** Without a key whose object would be empty: a table has no way to say that. */
const filled = <T extends object>(it: fc.Arbitrary<T>) => it.filter((value) => Object.keys(value).length > 0);

const inTable = fc.record(
  {
    slug,
    name: words,
    admin: filled(fc.record({ name: words, email }, given)),
    plan: fc.constantFrom('standard', 'pro'),
    branding: filled(fc.record({ primary_color: color, secondary_color: color, logo_url: logo }, given)),
    settings: fc.record({ quote_validity_days: days }),
  },
  { requiredKeys: ['slug'] },
) as fc.Arbitrary<StoreEntry>;

const inYaml = fc.record(
  {
    slug,
    name: words,
    admin: fc.record({ name: words, email }, given),
    branding: fc.record(
      {
        primary_color: color,
        logo_url: fc.option(logo),
        features: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), fc.boolean()),
      },
      given,
    ),
    settings: fc.record(
      {
        quote_validity_days: days,
        max_discount_pct: fc.record({ manager: fc.integer({ min: 0, max: 100 }) }),
        sales_see_all: fc.boolean(),
      },
      given,
    ),
  },
  { requiredKeys: ['slug'] },
) as fc.Arbitrary<StoreEntry>;

/** As they were written: fast-check makes some objects without a prototype. */
const plain = (entries: readonly StoreEntry[]): unknown => JSON.parse(JSON.stringify(entries));

const file = (entry: fc.Arbitrary<StoreEntry>) =>
  fc.uniqueArray(entry, { minLength: 1, maxLength: 10, selector: (it) => it.slug });

describe('a file of stores that was written', function () {
  this.timeout(30_000);

  it('reads back as the same stores from a table', async () => {
    await fc.assert(
      fc.asyncProperty(file(inTable), async (entries) => {
        const lines = await readFile({ format: 'csv', content: await writeCsv(entries) });
        assert.deepEqual(
          lines.map(({ entry, faults }) => entry ?? faults),
          plain(entries),
        );
      }),
    );
  });

  it('reads back as the same stores from YAML', async () => {
    await fc.assert(
      fc.asyncProperty(file(inYaml), async (entries) => {
        const lines = await readFile({ format: 'yaml', content: await writeYaml(entries) });
        assert.deepEqual(
          lines.map(({ entry, faults }) => entry ?? faults),
          plain(entries),
        );
      }),
    );
  });
});
