import assert from 'node:assert/strict';
import ejs from 'ejs';
import { readTemplates, type Template } from './templates.ts';

/** What each process gives every template of its own; see its middleware. */
const GIVEN = {
  t: (key: string) => key,
  icon: () => '',
  asset: (name: string) => name,
  csrfField: () => '',
  time: () => ({ iso: '', relative: '', exact: '' }),
  locale: 'en',
  theme: 'light',
  themeChoice: 'auto',
  csrfToken: '',
  environment: { name: 'test', color: 'azure' },
};

describe('the templates', () => {
  const templates = readTemplates();

  it('are found and all compile', () => {
    assert.ok(templates.length > 30);
    for (const { path, source } of templates) ejs.compile(source, { filename: path });
  });

  it('write nothing unescaped but what makes its own markup', () => {
    const allowed = /^(include|csrfField|icon)\(/;
    const breaches = templates.flatMap(({ name, source }) =>
      [...source.matchAll(/<%-\s*([^%]*)/g)]
        .map((match) => match[1]!.trim())
        .filter((code) => !allowed.test(code) && !(name.startsWith('layouts/') && code === 'body'))
        .map((code) => `${name}: ${code}`),
    );

    assert.deepEqual(breaches, []);
  });

  it('say on their first line what they take', () => {
    const silent = templates.filter(({ source }) => !source.startsWith('<%# locals:'));

    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    );
  });

  for (const partial of templates.filter(({ name }) => /^(console|shared)\/(.*\/)?_/.test(name)))
    it(`draws ${partial.name} with what it declares and nothing else`, () => {
      draw(partial);
    });

  it('would see a partial that takes more than it declares', () => {
    const source = '<%# locals: tile %>\n<p><%= tile.title %> <%= verdict %></p>';

    assert.throws(
      () => draw({ name: '_x.ejs', path: templates[0]!.path, source, declared: ['tile'] }),
      /verdict is not defined/,
    );
  });
});

function draw({ path, source, declared }: Template): void {
  const locals = Object.fromEntries(declared.map((local) => [local, anything()]));
  ejs.render(source, { ...GIVEN, ...locals }, { filename: path });
}

/** A value that can be called, iterated, compared and printed, and whose every property is another one. */
function anything(): unknown {
  const target = () => undefined;
  return new Proxy(target, {
    get(_target, key) {
      // 'ok' is a status, for the partials that look one up.
      if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? 1 : 'ok');
      if (key === Symbol.iterator)
        return function* once() {
          yield anything();
        };
      return anything();
    },
    apply: () => anything(),
    ownKeys: () => [],
  });
}
