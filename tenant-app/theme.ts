import { channelsOf, isReadable, textColorOn } from '#platform/contrast.ts';

/** A store's colours, `#rrggbb` each. */
export type BrandColors = { primaryColor: string; secondaryColor: string };

const HEX_COLOR = /^#[0-9a-f]{6}$/;
/** What Tabler lays cards and the sidebar on. */
const LIGHT_SURFACE = '#ffffff';
const DARK_SURFACE = '#262626';
/** The section one is in is marked by this much of the primary colour. */
const TINT = 0.1;

/**
 * The stylesheet that gives Tabler a store's colours. Whatever colour a store chose, text on it and text in it keep a
 * contrast of 4.5:1, in light and in dark. Throws TypeError for anything but `#rrggbb`: the values end up in CSS.
 */
export function themeCss({ primaryColor, secondaryColor }: BrandColors): string {
  for (const color of [primaryColor, secondaryColor])
    if (!HEX_COLOR.test(color)) throw new TypeError('a brand colour must look like #1a73e8');
  const rule = (selector: string, surface: string) => {
    const ink = readableOn(mix(surface, primaryColor, TINT), primaryColor);
    return `${selector} {
  --tblr-primary: ${primaryColor};
  --tblr-primary-rgb: ${channelsOf(primaryColor).join(', ')};
  --tblr-primary-fg: ${textColorOn(primaryColor)};
  --tblr-link-color: ${ink};
  --tblr-link-hover-color: ${ink};
  --store-ink: ${ink};
  --store-tint: ${mix(surface, primaryColor, TINT)};
  --store-accent: ${secondaryColor};
}`;
  };
  return [rule(':root', LIGHT_SURFACE), rule('[data-bs-theme="dark"]', DARK_SURFACE), ''].join('\n');
}

/** `color`, moved away from `surface` only as far as text in it needs to be read there. */
export function readableOn(surface: string, color: string): string {
  const target = textColorOn(surface);
  for (let step = 0; step < 20; step++) {
    const candidate = mix(color, target, step / 20);
    if (isReadable(candidate, surface)) return candidate;
  }
  return target;
}

function mix(color: string, target: string, share: number): string {
  const to = channelsOf(target);
  const mixed = channelsOf(color).map((channel, i) => Math.round(channel + (to[i]! - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
