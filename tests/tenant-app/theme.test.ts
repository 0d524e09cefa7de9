import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contrastRatio } from '#platform/contrast.ts';
import { readableOn, themeCss } from '#tenant-app/theme.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('the colours of a store', () => {
  it('leave text in them readable, in light and in dark', () => {
    fc.assert(
      fc.property(color, (chosen) => {
        for (const surface of ['#ffffff', '#262626'])
          assert.ok(contrastRatio(readableOn(surface, chosen), surface) >= 4.5);
      }),
    );
  });

  it('stay what the store chose where they can be read as they are', () => {
    assert.equal(readableOn('#ffffff', '#0b6b3a'), '#0b6b3a');
  });

  it('are refused when they are anything that could end a rule of CSS', () => {
    const bad = { primaryColor: 'red;} body{display:none', secondaryColor: '#ea4335' };

    assert.throws(() => themeCss(bad), TypeError);
  });
});
