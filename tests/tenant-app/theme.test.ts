import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contrast, readableOn, textOn, themeCss } from '#tenant-app/theme.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('the colours of a store', () => {
  it('leave text on them readable, whichever colour a store chose', () => {
    fc.assert(fc.property(color, (chosen) => assert.ok(contrast(chosen, textOn(chosen)) >= 4.5)));
  });

  it('leave text in them readable, in light and in dark', () => {
    fc.assert(
      fc.property(color, (chosen) => {
        for (const surface of ['#ffffff', '#262626']) assert.ok(contrast(readableOn(surface, chosen), surface) >= 4.5);
      }),
    );
  });

  it('stay what the store chose where they can be read as they are', () => {
    assert.equal(readableOn('#ffffff', '#0b6b3a'), '#0b6b3a');
  });

  it('measure contrast as WCAG does', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
  });

  it('are refused when they are anything that could end a rule of CSS', () => {
    const bad = { primaryColor: 'red;} body{display:none', secondaryColor: '#ea4335' };

    assert.throws(() => themeCss(bad), TypeError);
  });
});
