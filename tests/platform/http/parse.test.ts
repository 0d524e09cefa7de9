import assert from 'node:assert/strict';
import { z } from 'zod';
import { InvalidInput, type FieldError } from '#platform/errors.ts';
import { parseInput } from '#platform/http/parse.ts';

const schema = z.strictObject({
  name: z.string().min(2).max(3),
  state: z.enum(['open', 'closed']).optional(),
  count: z.int().min(1).max(9).optional(),
  isOpen: z.boolean().optional(),
  tags: z.array(z.string()).max(1).optional(),
  id: z.uuid().optional(),
  limits: z.partialRecord(z.enum(['seller']), z.number()).optional(),
  inner: z.strictObject({ a: z.string() }).partial().optional(),
  own: z.string({ error: 'Type the name.' }).optional(),
});

function errorsOf(input: unknown): FieldError[] {
  try {
    parseInput(schema, input);
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return [...error.fields];
  }
  return [];
}

describe('parseInput', () => {
  it('names each field that does not exist by its path', () => {
    const errors = errorsOf({ name: 'ab', colour: 1, inner: { b: 1, c: 2 } });

    assert.deepEqual(
      errors.map(({ path }) => path),
      ['inner.b', 'inner.c', 'colour'],
    );
    for (const { code, message } of errors)
      assert.deepEqual([code, message], ['unrecognized_keys', 'There is no such field.']);
  });

  const cases: [input: object, path: string, message: string][] = [
    [{}, 'name', 'This is needed.'],
    [{ name: 1 }, 'name', 'Send text.'],
    [{ name: 'a' }, 'name', 'Send at least 2 characters.'],
    [{ name: 'abcd' }, 'name', 'Send at most 3 characters.'],
    [{ name: 'ab', state: 'ajar' }, 'state', 'Send one of: open, closed.'],
    [{ name: 'ab', count: 1.5 }, 'count', 'Send a whole number.'],
    [{ name: 'ab', count: 10 }, 'count', 'Send at most 9.'],
    [{ name: 'ab', isOpen: 'yes' }, 'isOpen', 'Send true or false.'],
    [{ name: 'ab', tags: ['a', 'b'] }, 'tags', 'Send at most 1 items.'],
    [{ name: 'ab', id: 'x' }, 'id', 'This is not written as it must be.'],
    [{ name: 'ab', limits: { king: 1 } }, 'limits.king', 'There is no such field.'],
    [{ name: 'ab', inner: [] }, 'inner', 'Send an object.'],
    [{ name: 'ab', own: 1 }, 'own', 'Type the name.'],
  ];
  for (const [input, path, message] of cases)
    it(`says “${message}” of ${JSON.stringify(input)}`, () => {
      assert.deepEqual(
        errorsOf(input).map((error) => [error.path, error.message]),
        [[path, message]],
      );
    });
});
