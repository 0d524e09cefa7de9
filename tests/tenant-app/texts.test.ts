import assert from 'node:assert/strict';
import { STORE_TEXTS } from '#tenant-app/texts.ts';
import { findWordFaults } from '#tests/support/words.ts';

describe('the words of a store', () => {
  const folders = ['tenant-app', 'views/tenant-app', 'views/shared', 'views/errors', 'views/layouts'];
  const faults = findWordFaults(STORE_TEXTS, folders);

  it('exist for every key that a template or a handler asks for', () => {
    assert.ok(faults.uses > 60, 'the uses were found');
    assert.deepEqual(faults.missing, []);
  });

  it('are all in use', () => {
    assert.deepEqual(faults.unused, []);
  });

  it('are there in each language, with the same values to fill in', () => {
    assert.deepEqual(faults.uneven, []);
  });
});
