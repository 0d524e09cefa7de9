import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contrastRatio, textColorOn } from '#platform/contrast.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('contrast', () => {
  it('is measured as WCAG does', () => {
    assert.equal(contrastRatio('#000000', '#ffffff'), 21);
    assert.equal(contrastRatio('#777777', '#ffffff').toFixed(2), '4.48');
  });

  it('is enough for text on any background', () => {
    fc.assert(fc.property(color, (background) => assert.ok(contrastRatio(background, textColorOn(background)) >= 4.5)));
  });

  it('decides for white text as long as it can be read', () => {
    assert.equal(textColorOn('#1a73e8'), '#ffffff');
    assert.equal(textColorOn('#ffd600'), '#000000');
  });
});
