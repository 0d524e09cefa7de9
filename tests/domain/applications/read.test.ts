import assert from 'node:assert/strict';
import { formatOf, readFile, textOf, type FileFormat } from '#domain/applications/index.ts';
import { AppError } from '#platform/errors.ts';

const HEAD = 'slug,name,admin_name,admin_email';
const csv = (...rows: string[]) => readFile({ format: 'csv', content: [HEAD, ...rows].join('\n') });

/** What each file as a whole is refused for, and words that its message must hold. */
const REFUSED: [what: string, format: FileFormat, content: string, code: string, words: RegExp][] = [
  ['nothing', 'csv', '', 'file_empty', /names no store/],
  ['a head alone', 'csv', HEAD, 'file_empty', /names no store/],
  ['an unknown column', 'csv', 'slug,nome\na,b', 'unknown_column', /^Line 1: .*“nome”.* slug, name, admin_name/],
  ['a column twice', 'csv', 'slug,name,NAME\na,b,c', 'repeated_column', /“name”/],
  ['no column slug', 'csv', 'name\nAcme', 'slug_column_missing', /“slug”/],
  ['an open quotation mark', 'csv', `${HEAD}\nacme,"Acme`, 'csv_unreadable', /^Line 2: .*quotation mark/],
  ['more than 2000 lines', 'csv', `slug\n${'acme\n'.repeat(2001)}`, 'too_many_lines', /2000/],
  ['more than 2 MB', 'csv', `slug\n${'á'.repeat(1_000_001)}`, 'file_too_large', /2 MB/],
  ['an empty document', 'yaml', '# nothing\n', 'file_empty', /names no store/],
  ['wrong indentation', 'yaml', 'tenants:\n  - slug: a\n   name: b\n', 'yaml_unreadable', /^Line 3: /],
  ['a key twice', 'yaml', '- slug: acme\n  slug: globex\n', 'yaml_unreadable', /^Line 2: /],
  ['two documents', 'yaml', '- slug: a\n---\n- slug: b\n', 'yaml_unreadable', /document/],
  ['another object', 'yaml', 'stores:\n  - slug: acme\n', 'no_list', /“tenants:”/],
  ['a field beside the list', 'yaml', 'tenants: []\nversion: 2\n', 'no_list', /^Line 1: .*nothing else/],
  ['a word', 'yaml', 'acme', 'no_list', /list of stores/],
  ['aliases of aliases', 'yaml', bomb(), 'aliases_refused', /^Line 2: .*Write the values out/],
  ['lists without end', 'yaml', '['.repeat(100_000), 'store_too_large', /^Line 1: .*too much/],
  ['half a list', 'yaml', '[{"slug": "acme"}', 'yaml_unreadable', /^Line 1: /],
  ['blocks without end', 'yaml', `- slug: a\n${'- '.repeat(100_000)}b`, 'store_too_large', /^Line 2: /],
  ['too much JSON', 'yaml', `[${Array(2001).fill('{"slug":"a"}').join()}]`, 'too_many_lines', /2000/],
  ['half a million words', 'yaml', '- a\n'.repeat(490_000), 'too_many_lines', /2000/],
  ['half a million rows', 'csv', `slug\n${'a\n'.repeat(490_000)}`, 'too_many_lines', /2000/],
  ['what follows the list', 'yaml', 'tenants:\n  - slug: acme\nversion: 2\n', 'yaml_unreadable', /^Line [23]: /],
  ['what precedes the list', 'yaml', 'version: 2\ntenants:\n  - slug: acme\n', 'no_list', /^Line 1: /],
];

function bomb(): string {
  const levels = Array.from({ length: 30 }, (_, level) => `- &a${level + 1} [*a${level}, *a${level}]`);
  return ['- &a0 lol', ...levels].join('\n');
}

/** What is wrong with a line: field and code. */
const FAULTY: [what: string, row: string, fault: [field: string, code: string]][] = [
  ['a capital in the slug', 'Acme,Acme,Ana,ana@acme.test', ['slug', 'upper_case']],
  ['no slug', ',Acme,Ana,ana@acme.test', ['slug', 'invalid_type']],
  ['a bad e-mail', 'acme,Acme,Ana,ana', ['admin_email', 'invalid_format']],
  ['a cell too many', 'acme,Acme,Ana,ana@acme.test,pro', ['', 'too_many_cells']],
];

describe('a file of stores', () => {
  for (const [what, format, content, code, words] of REFUSED)
    it(`is refused as a whole for ${what}`, async () => {
      await assert.rejects(readFile({ format, content }), (error: AppError) => {
        assert.deepEqual([error.status, error.code, error.fields[0]!.path], [422, code, 'content']);
        assert.match(error.message, words);
        return true;
      });
    });

  for (const [what, row, fault] of FAULTY)
    it(`has a line refused by itself for ${what}`, async () => {
      const lines = await csv('good-one,Good,Ana,ana@good.test', row);

      assert.deepEqual([lines[0]!.faults, lines[0]!.entry?.slug], [[], 'good-one']);
      const [, { line, entry, faults }] = lines as [unknown, (typeof lines)[0]];
      assert.deepEqual([line, entry, faults.map(({ field, code }) => [field, code])], [3, undefined, [fault]]);
      assert.ok(faults[0]!.message.length > 10);
    });

  it('names both lines of a slug that is there twice', async () => {
    const lines = await csv('acme,A,Ana,a@a.test', 'globex,B,Bia,b@b.test', 'acme,C,Cai,c@c.test');

    assert.deepEqual(
      lines.map(({ line, faults }) => [line, faults[0]?.message]),
      [
        [2, '“acme” is on the lines 2, 4. Keep one of them.'],
        [3, undefined],
        [4, '“acme” is on the lines 2, 4. Keep one of them.'],
      ],
    );
  });

  it('is read as a Brazilian spreadsheet writes it: byte order mark, semicolons, empty rows and cells', async () => {
    const rows = [
      'slug;name;plan;quote_validity_days;',
      'acme;"Acme; Filhos, Ltda";;15;',
      ';;;;',
      'sao-joao;São João;pro;;',
    ];
    const [acme, joao, ...more] = await readFile({ format: 'csv', content: `\u{FEFF}${rows.join('\r\n')}\r\n` });

    assert.deepEqual(more, []);
    assert.deepEqual(
      [acme!.line, acme!.entry],
      [2, { slug: 'acme', name: 'Acme; Filhos, Ltda', settings: { quote_validity_days: 15 } }],
    );
    assert.deepEqual([joao!.line, joao!.entry], [4, { slug: 'sao-joao', name: 'São João', plan: 'pro' }]);
  });

  it('names the lines of YAML, JSON and a bare list, and fields there are not', async () => {
    const content = 'tenants:\n  - slug: acme\n    admin: {email: ANA@acme.test}\n  - slug: globex\n    colour: red\n';
    const [acme, globex] = await readFile({ format: 'yaml', content });

    assert.deepEqual([acme!.line, acme!.entry!.admin], [2, { email: 'ana@acme.test' }]);
    assert.deepEqual([globex!.line, globex!.slug, globex!.faults[0]!.field], [4, 'globex', 'colour']);
    assert.match(globex!.faults[0]!.message, /slug, name, plan, admin, branding, settings/);
    assert.deepEqual(globex!.faults[0]!.values, { known: 'slug, name, plan, admin, branding, settings' });
    const json =
      '{"tenants": [\n{"slug": "one", "name": "a, [b"}, {"slug": "two",\n"admin": {"name": "x"}},\n{"slug": "three"}]}';
    assert.deepEqual(
      (await readFile({ format: 'yaml', content: json })).map(({ line, slug, faults }) => [line, slug, faults]),
      [
        [2, 'one', []],
        [2, 'two', []],
        [4, 'three', []],
      ],
    );
    const odd =
      '# stores\n---\n- slug: one\n  name: |\n    Two\n    lines - here\n\n-\n  slug: two # [\n  settings:\n    max_discount_pct: {manager: 3}\n';
    assert.deepEqual(
      (await readFile({ format: 'yaml', content: odd })).map(({ line, entry }) => [line, entry?.slug, entry?.name]),
      [
        [3, 'one', 'Two\nlines - here'],
        [8, 'two', undefined],
      ],
    );
  });

  it('is known by its name, or by its first line', () => {
    assert.deepEqual(
      [
        { name: 'lojas.CSV', text: '' },
        { name: 'lojas.yml', text: '' },
      ].map(formatOf),
      ['csv', 'yaml'],
    );
    assert.deepEqual(
      ['slug;name', 'slug', '\u{FEFF}"slug","name"', 'tenants:', '- slug: a', '[{"slug":"a"}]'].map((text) =>
        formatOf({ text }),
      ),
      ['csv', 'csv', 'csv', 'yaml', 'yaml', 'yaml'],
    );
  });

  it('is told to be saved as UTF-8 when it is not', () => {
    assert.throws(() => textOf(Buffer.from('slug;name\nacme;São', 'latin1')), { code: 'not_utf8' });
    assert.equal(textOf(Buffer.from('São')), 'São');
  });
});
