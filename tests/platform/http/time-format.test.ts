import assert from 'node:assert/strict';
import { createTimeFormat } from '#platform/http/time-format.ts';

const NOW = new Date('2026-11-21T03:12:07Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

describe('createTimeFormat', () => {
  it('says how long ago in the largest unit that is full', () => {
    const format = createTimeFormat('en', 'UTC', () => NOW);

    assert.deepEqual(
      [0, 59, 60, 3599, 3600, 86_399, 172_800].map((seconds) => format(ago(seconds)).relative),
      ['now', '59 sec. ago', '1 min. ago', '59 min. ago', '1 hr. ago', '23 hr. ago', '2 days ago'],
    );
  });

  it('keeps the exact time, in the zone and the language asked for', () => {
    const shown = createTimeFormat('pt-BR', 'America/Sao_Paulo', () => NOW)(ago(240));

    assert.equal(shown.iso, '2026-11-21T03:08:07.000Z');
    assert.match(shown.exact, /21 de nov\. de 2026, 00:08:07/);
    assert.match(shown.relative, /há 4 min/);
  });
});
