import assert from 'node:assert/strict';
import { changedFields, requireVersion } from '#domain/construction/versions.ts';

const same = (_key: string | number | symbol, a: unknown, b: unknown) => a === b;

describe('what two people change at once', () => {
  it('keeps both changes when they are of different fields', () => {
    const current = { quantity: '20', price: '32' };

    const changes = changedFields(
      current,
      { seen: { quantity: '10', price: '32' }, wanted: { quantity: '10', price: '30' } },
      same,
    );

    assert.deepEqual(changes, { price: '30' });
  });

  it('refuses a change of a field that somebody else changed to something else', () => {
    const edit = { seen: { quantity: '10' }, wanted: { quantity: '15' } };

    assert.throws(() => changedFields({ quantity: '20' }, edit, same), { code: 'version_conflict' });
  });

  it('takes a form that is sent twice for what it is', () => {
    const edit = { seen: { quantity: '10' }, wanted: { quantity: '20' } };

    assert.deepEqual(changedFields({ quantity: '20' }, edit, same), {});
  });

  it('takes what it is given from a caller who saw nothing', () => {
    assert.deepEqual(changedFields({ quantity: '20' }, { seen: {}, wanted: { quantity: '5' } }, same), {
      quantity: '5',
    });
  });

  it('lets a caller who read the newest version pass, and no other', () => {
    requireVersion({ version: 3 }, 3);
    requireVersion({ version: 3 }, undefined);

    assert.throws(() => requireVersion({ version: 3 }, 2), { code: 'version_conflict', status: 409 });
  });
});
