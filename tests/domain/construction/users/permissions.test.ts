import assert from 'node:assert/strict';
import { PERMISSIONS, permissionsOf, scopeOf, USER_ROLES, type Permission } from '#domain/construction/users/index.ts';

const NO_FLAGS = { salesSeeAll: false, salesCanApprove: false };
const ALL = Object.keys(PERMISSIONS) as Permission[];

describe('the policy table of a store', () => {
  it('lets administrators and managers do everything on all rows', () => {
    for (const role of ['admin', 'manager'] as const)
      for (const permission of ALL) assert.equal(scopeOf(role, permission, NO_FLAGS), 'all', `${role} ${permission}`);
  });

  it('keeps prices and approvals from salespeople, and everything but the shelf and the orders from the stock', () => {
    assert.deepEqual(
      ALL.filter((permission) => !permissionsOf('salesperson', NO_FLAGS).includes(permission)),
      ['quote.approve', 'order.advance', 'delivery.complete', 'product.edit', 'product.price'],
    );
    assert.deepEqual(permissionsOf('stock_clerk', NO_FLAGS), [
      'order.read',
      'order.advance',
      'delivery.complete',
      'product.read',
    ]);
  });

  it('shows salespeople everybody’s documents where the store wants it so, and lets them change only their own', () => {
    const flags = { ...NO_FLAGS, salesSeeAll: true };

    assert.equal(scopeOf('salesperson', 'quote.read', NO_FLAGS), 'own');
    assert.equal(scopeOf('salesperson', 'quote.read', flags), 'all');
    assert.equal(scopeOf('salesperson', 'order.read', flags), 'all');
    assert.equal(scopeOf('salesperson', 'quote.create', flags), 'own');
  });

  it('lets salespeople approve their own quotes where the store wants it so', () => {
    assert.equal(scopeOf('salesperson', 'quote.approve', NO_FLAGS), undefined);
    assert.equal(scopeOf('salesperson', 'quote.approve', { ...NO_FLAGS, salesCanApprove: true }), 'own');
  });

  it('gives no flag any power over another role', () => {
    const flags = { salesSeeAll: true, salesCanApprove: true };
    for (const role of USER_ROLES.filter((name) => name !== 'salesperson'))
      assert.deepEqual(permissionsOf(role, flags), permissionsOf(role, NO_FLAGS), role);
  });
});
