import assert from 'node:assert/strict';
import { createPublicLookup, isPublicAddress, type PublicLookup } from '#platform/http/public-host.ts';
import { TinyDns } from '#tests/support/tiny-dns.ts';

describe('isPublicAddress', () => {
  for (const address of ['8.8.8.8', '191.252.4.1', '172.32.0.1', '2804:14c::1', '2606:4700:4700::1111'])
    it(`lets ${address} be asked`, () => assert.equal(isPublicAddress(address), true));

  for (const address of [
    '127.0.0.1',
    '10.0.0.3',
    '172.20.1.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
  ])
    it(`keeps away from ${address}`, () => assert.equal(isPublicAddress(address), false));
});

describe('the public internet, asked through a DNS server of one’s choice', () => {
  const dns = new TinyDns();
  let lookup: PublicLookup;

  before(async () => {
    lookup = createPublicLookup({ dnsServers: [await dns.start()] });
  });
  after(() => dns.stop());

  it('tells the TXT records of a name, their parts put together', async () => {
    dns.tellTxt('_basecommerce.loja.example', 'v=spf1 -all', ['basecommerce=', 'abc']);

    assert.deepEqual(await lookup.texts('_basecommerce.loja.example'), ['v=spf1 -all', 'basecommerce=abc']);
    assert.deepEqual(await lookup.texts('_basecommerce.nobody.example'), []);
  });

  it('asks no web server on a private address, whoever’s name leads there', async () => {
    dns.tellAddress('inside.example', '127.0.0.1', '10.0.0.3');

    await assert.rejects(lookup.page('inside.example', '/'), /no public address/);
    await assert.rejects(lookup.page('nobody.example', '/'), /no public address/);
  });
});
