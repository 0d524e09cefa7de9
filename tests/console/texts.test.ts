import assert from 'node:assert/strict';
import { consoleTexts } from '#console/texts.ts';
import { findWordFaults } from '#tests/support/words.ts';

describe('the words of the console', () => {
  const folders = ['console', 'views/console', 'views/shared', 'views/errors', 'views/layouts'];
  const faults = findWordFaults(consoleTexts, folders);

  it('exist for every key that a template or a handler asks for', () => {
    assert.ok(faults.uses > 100, 'the uses were found');
    assert.deepEqual(faults.missing, []);
  });

  it('are all in use', () => {
    assert.deepEqual(faults.unused, []);
  });

  it('are there in each language, with the same values to fill in', () => {
    assert.deepEqual(faults.uneven, []);
  });
});
