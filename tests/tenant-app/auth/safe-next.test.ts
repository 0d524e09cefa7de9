import assert from 'node:assert/strict';
import fc from 'fast-check';
import { safeNext } from '#tenant-app/auth/safe-next.ts';

describe('where signing in leads', () => {
  it('is a page of this store, with its query', () => {
    assert.equal(safeNext('/web/quotes?status=sent&page=2'), '/web/quotes?status=sent&page=2');
  });

  it('is the dashboard for any address that leaves the store or its pages', () => {
    const refused = [
      '//evil.example',
      '//evil.example/web/',
      '/\\evil.example/web/',
      'https://evil.example/web/',
      'javascript:alert(1)',
      '/web/../auth/logout',
      '/web/%2e%2e/auth/logout',
      '/\t/evil.example/web/',
      '/auth/logout',
      '/api/v1/quotes',
      '',
      undefined,
      ['/web/quotes'],
    ];

    for (const wanted of refused) assert.equal(safeNext(wanted), '/web/dashboard', String(wanted));
  });

  it('never leaves the host it is used on, whatever it was given', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      'web',
      '/web/',
      'evil.example',
      '//',
      ':',
      '@',
      '..',
      '%2f',
      '\n',
      '?',
      '#',
      'http',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const { origin, pathname } = new URL(safeNext(parts.join('')), 'http://casa-forte.localhost');
        assert.equal(origin, 'http://casa-forte.localhost');
        assert.match(pathname, /^\/web\//);
      }),
    );
  });
});
