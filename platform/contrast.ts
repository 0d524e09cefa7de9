// Here rather than with the tenants whose colours it judges: the auth process draws themes and has no database.

/** The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** True when text of normal size in one of the colours can be read on the other (WCAG 2.2 §1.4.3, level AA: 4.5:1). */
export function isReadable(a: string, b: string): boolean {
  return contrastRatio(a, b) >= 4.5;
}

const BLACK = '#000000';
const WHITE = '#ffffff';

/** The colour of text on `background`: white where it can be read, else black, which then always can. */
export function textColorOn(background: string): string {
  return isReadable(WHITE, background) ? WHITE : BLACK;
}

/** The three channels of a `#rrggbb` colour, 0 to 255. */
export function channelsOf(color: string): [red: number, green: number, blue: number] {
  const at = (start: number) => Number.parseInt(color.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(color: string): number {
  const [red, green, blue] = channelsOf(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
