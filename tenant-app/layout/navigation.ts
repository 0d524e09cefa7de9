import type { Permission } from '#domain/construction/users/index.ts';

type NavigationItem = { href: string; label: string; icon: string; permission?: Permission };

/** The sections of a store, in the order a day at the counter needs them. */
const SECTIONS: readonly NavigationItem[] = [
  { href: '/web/dashboard', label: 'layout:dashboard', icon: 'home' },
  { href: '/web/quotes', label: 'layout:quotes', icon: 'file-text', permission: 'quote.read' },
  { href: '/web/orders', label: 'layout:orders', icon: 'package', permission: 'order.read' },
  { href: '/web/customers', label: 'layout:customers', icon: 'users', permission: 'customer.read' },
  { href: '/web/products', label: 'layout:products', icon: 'bricks', permission: 'product.read' },
];

/** The sections this person may open, the one of `path` marked. */
export function navigationFor(path: string, may: (permission: Permission) => boolean) {
  return SECTIONS.filter(({ permission }) => permission === undefined || may(permission)).map((item) => ({
    ...item,
    isCurrent: path === item.href || path.startsWith(`${item.href}/`),
  }));
}
