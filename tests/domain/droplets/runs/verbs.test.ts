import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRun, timeLimitOf, verbsOf } from '#domain/droplets/runs/verbs.ts';
import { InvalidInput } from '#platform/errors.ts';

describe('a verb with its arguments', () => {
  const wordsOf = (verb: string, args: Record<string, unknown> = {}) => parseRun({ verb, args }, 'edge').args.join(' ');
  const fieldsAtFault = (verb: string, args: Record<string, unknown> = {}, role: 'edge' | 'infra' = 'edge') => {
    try {
      parseRun({ verb, args }, role);
    } catch (error) {
      assert(error instanceof InvalidInput);
      assert.equal(error.code, 'run_invalid');
      return error.fields.map(({ path }) => path);
    }
    return [];
  };

  it('becomes the words of the agent, in its order', () => {
    assert.equal(wordsOf('status'), '');
    assert.equal(wordsOf('logs', { lines: '50', log: 'error' }), 'error 50');
    assert.equal(wordsOf('logs', { log: 'access', lines: 1000, follow: '' }), 'access 1000');
    assert.equal(wordsOf('logs', { log: 'agent' }), 'agent 100');
    assert.equal(wordsOf('logs', { log: 'access', lines: 1, follow: 600 }), 'access 1 follow 600');
    assert.equal(wordsOf('read', { slug: 'casa-silva' }), 'casa-silva');
  });

  const bad: [string, Record<string, unknown>, string[]][] = [
    ['bash', {}, ['verb']],
    ['put', {}, ['verb']],
    ['reload', {}, ['verb']],
    ['constructor', {}, ['verb']],
    ['logs', {}, ['args.log']],
    ['logs', { log: 'secrets', lines: 10 }, ['args.log']],
    ['logs', { log: 'access', lines: 0 }, ['args.lines']],
    ['logs', { log: 'access', lines: 1001 }, ['args.lines']],
    ['logs', { log: 'access', lines: '10; rm -rf /' }, ['args.lines']],
    ['logs', { log: 'access', lines: 1.5 }, ['args.lines']],
    ['logs', { log: 'access', lines: 10, follow: 601 }, ['args.follow']],
    ['read', { slug: '../etc/passwd' }, ['args.slug']],
    ['read', { slug: 'ab' }, ['args.slug']],
    ['status', { extra: 'x' }, ['args.extra']],
  ];
  for (const [verb, args, fields] of bad)
    it(`is refused with the field named: ${verb} ${JSON.stringify(args)}`, () => {
      assert.deepEqual(fieldsAtFault(verb, args), fields);
    });

  it('is refused on a machine that has no such verb', () => {
    assert.deepEqual(fieldsAtFault('manifest', {}, 'infra'), ['verb']);
    assert.deepEqual(verbsOf('infra'), ['status', 'processes', 'logs', 'version']);
  });

  it('never lets a word through that the agent would not take', () => {
    fc.assert(
      fc.property(fc.constantFrom('logs', 'read'), fc.string(), fc.string(), fc.string(), (verb, log, lines, slug) => {
        try {
          for (const word of parseRun({ verb, args: verb === 'read' ? { slug } : { log, lines } }, 'edge').args)
            assert.match(word, /^[a-z0-9._:-]{1,128}$/);
        } catch (error) {
          assert(error instanceof InvalidInput);
        }
      }),
    );
  });

  it('may take as long as its log is followed, and a little longer', () => {
    assert.equal(timeLimitOf({ verb: 'logs', args: ['access', '10', 'follow', '60'] }), 75_000);
    assert.equal(timeLimitOf({ verb: 'logs', args: ['access', '10'] }), 15_000);
  });
});
