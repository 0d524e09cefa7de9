import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { EVENT_CATALOGUE, type EventType } from '#domain/events/index.ts';
import { ENGINES } from '#workers/engines/registry.ts';

describe('docs/events.md', () => {
  it('lists every event with its versions and the engines that use it', async () => {
    const text = await readFile(new URL('../../docs/events.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `(\w+)` \| ([\d, ]+) \| .+ \| (.+) \|$/gm)].map(([, ...cells]) => cells);

    const declared = Object.entries(EVENT_CATALOGUE).map(([type, versions]) => {
      const users = ENGINES.filter((engine) => engine.handlers[type as EventType]).map(({ name }) => name);
      return [type, Object.keys(versions).join(', '), users.join(', ') || '–'];
    });
    assert.deepEqual(documented, declared);
  });
});
