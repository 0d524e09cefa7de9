type NavigationItem = { href: string; label: string; icon: string; active: boolean };

/** The sidebar: only pages that exist. `label` is a key of the frame's texts, `icon` a symbol of the sprite. */
const PAGES = [
  { href: '/', label: 'frame:overview', icon: 'gauge' },
  { href: '/tenants', label: 'frame:tenants', icon: 'store' },
  { href: '/edge', label: 'frame:edge', icon: 'world' },
  { href: '/streams', label: 'frame:streams', icon: 'activity' },
  { href: '/alerts', label: 'frame:alerts', icon: 'bell' },
  { href: '/jobs', label: 'frame:jobs', icon: 'list-check' },
  { href: '/schedules', label: 'frame:schedules', icon: 'calendar' },
  { href: '/droplets', label: 'frame:droplets', icon: 'server' },
  { href: '/audit', label: 'frame:audit', icon: 'history' },
  { href: '/operators', label: 'frame:operators', icon: 'users' },
] as const;

export function navigationFor(path: string): NavigationItem[] {
  return PAGES.map((page) => ({
    ...page,
    active: page.href === '/' ? path === '/' : path === page.href || path.startsWith(`${page.href}/`),
  }));
}
