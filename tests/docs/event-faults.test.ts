import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

const PAGE = new URL('../../docs/event-faults.md', import.meta.url);
const FAULTS = 57;

describe('docs/event-faults.md', () => {
  it('numbers every fault once, and says what happens', async () => {
    const lines = [...(await readFile(PAGE, 'utf8')).matchAll(/^\| (\d+)\s+\| (.+?)\s+\| (.+?)\s+\| (.+?)\s+\|$/gm)];

    assert.deepEqual(
      lines.map(([, number]) => Number(number)),
      Array.from({ length: FAULTS }, (_, n) => n + 1),
    );
  });

  it('names tests that exist, by their words', async () => {
    const proofs = [...(await readFile(PAGE, 'utf8')).matchAll(/\]\((\.\.\/tests\/[^)]+)\): “(.+?)”\s+\|$/gm)];

    assert.ok(proofs.length >= FAULTS - 1);
    for (const [, path, title] of proofs) {
      const test = await readFile(new URL(path!, PAGE), 'utf8');
      assert.ok(test.includes(`it('${title}'`) || test.includes(`it(\`${title}\``), `${path}: ${title}`);
    }
  });
});
