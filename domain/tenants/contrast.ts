/** WCAG 2.2 §1.4.3, level AA, for text of normal size. */
const MIN_CONTRAST = 4.5;

const DARK = '#000000';
const LIGHT = '#ffffff';

/** The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The text colour to put on `background`: white where it reads well, else black, which then does (one of them always ≥ 4.5:1). */
export function textColorOn(background: string): string {
  return contrastRatio(background, LIGHT) >= MIN_CONTRAST ? LIGHT : DARK;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
