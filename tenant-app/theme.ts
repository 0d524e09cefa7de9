/** A store's colours, `#rrggbb` each. */
export type BrandColors = { primaryColor: string; secondaryColor: string };

const HEX_COLOR = /^#[0-9a-f]{6}$/;
/** WCAG AA for text. */
const MIN_CONTRAST = 4.5;
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
  --tblr-primary-rgb: ${channels(primaryColor).join(', ')};
  --tblr-primary-fg: ${textOn(primaryColor)};
  --tblr-link-color: ${ink};
  --tblr-link-hover-color: ${ink};
  --store-ink: ${ink};
  --store-tint: ${mix(surface, primaryColor, TINT)};
  --store-accent: ${secondaryColor};
}`;
  };
  return [rule(':root', LIGHT_SURFACE), rule('[data-bs-theme="dark"]', DARK_SURFACE), ''].join('\n');
}

/** Black or white, whichever reads better on `color`; one of the two always has 4.5:1. */
export function textOn(color: string): string {
  return contrast(color, '#ffffff') >= MIN_CONTRAST ? '#ffffff' : '#000000';
}

/** `color`, moved away from `surface` only as far as text in it needs to be read there. */
export function readableOn(surface: string, color: string): string {
  const target = textOn(surface);
  for (let step = 0; step < 20; step++) {
    const candidate = mix(color, target, step / 20);
    if (contrast(candidate, surface) >= MIN_CONTRAST) return candidate;
  }
  return target;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance (WCAG 2.2). */
function luminance(color: string): number {
  const [r, g, b] = channels(color).map((channel) => {
    const s = channel / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function channels(color: string): [number, number, number] {
  const at = (start: number) => Number.parseInt(color.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

function mix(color: string, target: string, share: number): string {
  const to = channels(target);
  const mixed = channels(color).map((channel, i) => Math.round(channel + (to[i]! - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
