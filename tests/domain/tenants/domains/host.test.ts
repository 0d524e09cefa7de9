import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkHost } from '#domain/tenants/index.ts';

const check = (text: string) => {
  const checked = checkHost(text, 'basecommerce.com.br');
  return checked.ok ? checked.host : checked.code;
};

describe('checkHost', () => {
  const CASES: [string, string][] = [
    ['loja.exemplo.com.br', 'loja.exemplo.com.br'],
    ['  Loja.Exemplo.COM.BR. ', 'loja.exemplo.com.br'],
    ['são-joão.com.br', 'xn--so-joo-3tae.com.br'],
    ['a-1.co', 'a-1.co'],
    ['', 'bad_host'],
    ['loja', 'single_label'],
    ['localhost', 'single_label'],
    ['https://loja.com.br', 'bad_host'],
    ['loja.com.br/web', 'bad_host'],
    ['loja.com.br:8080', 'bad_host'],
    ['loja.com.br?x=1', 'bad_host'],
    ['ana@loja.com.br', 'bad_host'],
    ['0x7f.1', 'address'],
    ['loja..com', 'bad_host'],
    ['-loja.com', 'bad_host'],
    ['loja-.com', 'bad_host'],
    ['_dmarc.loja.com', 'bad_host'],
    ['*.loja.com', 'bad_host'],
    ['loja com.br', 'bad_host'],
    [`${'a'.repeat(64)}.com`, 'bad_host'],
    [`${'a.'.repeat(130)}com`, 'bad_host'],
    ['10.0.0.1', 'address'],
    ['2001:db8::1', 'address'],
    ['loja.123', 'bad_host'],
    ['basecommerce.com.br', 'platform_host'],
    ['outra.basecommerce.com.br', 'platform_host'],
    ['a.b.basecommerce.com.br', 'platform_host'],
    ['naobasecommerce.com.br', 'naobasecommerce.com.br'],
  ];
  for (const [text, wanted] of CASES)
    it(`takes ${JSON.stringify(text.slice(0, 40))} for ${wanted}`, () => assert.equal(check(text), wanted));

  /** The check of ops/agent/maps.awk and of platform.domains, word for word. */
  const AGENT = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

  it('accepts nothing that an edge would refuse', () => {
    const label = fc.string({
      unit: fc.constantFrom('a', 'z', '0', '9', '-', '.', '_', 'ã', 'É', '*', ':', '/'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 5 }), (labels) => {
        const checked = checkHost(labels.join('.'), 'basecommerce.com.br');
        return !checked.ok || (AGENT.test(checked.host) && checked.host.length <= 253);
      }),
      { numRuns: 2000 },
    );
  });
});
