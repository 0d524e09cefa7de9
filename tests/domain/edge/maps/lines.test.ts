import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findTaken, linesOf, ownerOf, renderMapLines, sayTheSame, textOf } from '#domain/edge/maps/lines.ts';

const slug = fc.stringMatching(/^[a-z0-9]{3,8}$/);
const domain = fc.tuple(slug, slug).map(([host, store]) => `domain ${host}.example ${store}`);
const lines = fc.uniqueArray(domain, { maxLength: 40 }).map((some) => some.toSorted());

describe('the maps as lines', () => {
  it('have the same bytes for the same content, and say whose each is', () => {
    const rendered = renderMapLines({
      aliases: [{ slug: 'velha', target: 'nova' }],
      domains: [{ host: 'www.nova.example', slug: 'nova' }],
      limits: [{ slug: 'outra', plan: 'plus' }],
      plans: [{ code: 'plus', requestsPerSecond: 200, burst: 400 }],
    });

    assert.deepEqual(rendered, [
      'alias velha nova',
      'domain www.nova.example nova',
      'limit outra plus',
      'plan plus 200 400',
    ]);
    assert.deepEqual(rendered.map(ownerOf), ['nova', 'nova', 'outra', undefined]);
    assert.deepEqual(linesOf(textOf(rendered)), rendered);
  });

  it('are compared only for the stores somebody asks about', () => {
    const [had, has] = [
      ['limit a1b plus', 'limit c2d plus'],
      ['limit a1b plus', 'limit c2d premium'],
    ];

    assert.equal(sayTheSame(had, has), false);
    assert.equal(
      sayTheSame(had, has, (owner) => owner === 'a1b'),
      true,
    );
    assert.equal(
      sayTheSame(had, has, (owner) => owner === 'c2d'),
      false,
    );
  });

  it('are taken but for the stores that nginx refuses, whichever those are', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, fc.infiniteStream(fc.boolean()), async (base, wanted, coin) => {
        const added = wanted.filter((line) => !base.includes(line));
        const bad = new Set(added.filter(() => coin.next().value).map(ownerOf));
        const isBad = (line: string) => added.includes(line) && bad.has(ownerOf(line));
        let questions = 0;

        const found = await findTaken({ base, wanted }, async (asked) => {
          questions++;
          return !asked.some(isBad);
        });

        assert.deepEqual(new Set(found.refused), bad);
        const expected = [
          ...base.filter((line) => bad.has(ownerOf(line))),
          ...wanted.filter((line) => !bad.has(ownerOf(line))),
        ];
        assert.deepEqual(found.lines, expected.toSorted());
        assert.ok(
          questions <= 1 + bad.size * 2 * (Math.log2(wanted.length + base.length + 1) + 1),
          `${questions} questions`,
        );
      }),
      { numRuns: 200 },
    );
  });
});
