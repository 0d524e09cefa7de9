import assert from 'node:assert/strict';
import { checkSlug } from '#domain/tenants/index.ts';
import { LOCALES } from '#platform/http/i18n.ts';
import { tenantTexts } from '#console/tenants/texts.ts';

describe('the words of the form for a new store', () => {
  for (const locale of LOCALES) {
    const words = tenantTexts[locale];

    it(`name the button as it is called: ${locale}`, () => {
      assert.ok(words.admin_email_help.includes(`“${words.create}”`), words.admin_email_help);
    });

    it(`ask for another address where the field is called so: ${locale}`, () => {
      for (const refusal of [words.bad_slug_reserved, words.bad_slug_slug_taken])
        assert.ok(refusal.endsWith(` ${words.slug.toLowerCase()}.`), refusal);
    });
  }

  it('agree with what programs are told', () => {
    const checked = checkSlug('www');

    assert.match(checked.ok ? '' : checked.message, /Choose another address\.$/);
  });
});
