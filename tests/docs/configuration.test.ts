import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { KEYS } from '#platform/config/index.ts';
import { LOCAL_KEYS } from '#platform/config/local-stack.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|(.*)$/gm)];

  it('explains every key that a process reads', () => {
    const missing = Object.keys(KEYS).filter((key) => !documented.some(([, name]) => name === key));

    assert.deepEqual(missing, []);
  });

  it('names every key that npm start reads, with the default of a port', () => {
    const section = page.split(/^## /m).find((text) => text.startsWith('What `npm start` reads'))!;
    for (const [key, schema] of Object.entries(LOCAL_KEYS)) {
      const isPort = key.endsWith('_PORT');
      assert.ok(section.includes(isPort ? `\`${key}\` ${Number(schema.parse(undefined))}` : `\`${key}\``), key);
    }
  });

  it('explains no key that is gone', () => {
    const derivedFrom = ['INFRA_HOST', 'POSTGRES_PASSWORD', 'VERTICAL_HOST'];
    const stale = documented.map(([, name]) => name!).filter((name) => !(name in KEYS) && !derivedFrom.includes(name));

    assert.deepEqual(stale, []);
  });

  it('tells the default that the schema has', () => {
    for (const [, name, rest] of documented) {
      const parsed = KEYS[name as keyof typeof KEYS]?.safeParse(undefined);
      if (!parsed?.success || parsed.data === undefined || Array.isArray(parsed.data)) continue;
      assert.ok(rest!.includes(`\`${String(parsed.data)}\``), `${name}: the default is ${String(parsed.data)}`);
    }
  });
});
