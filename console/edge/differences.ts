import type { Difference } from '#domain/edge/index.ts';
import type { Viewer } from './viewer.ts';

/** One value of a document, before and after, as text; colours besides as colours. */
type DifferenceLine = {
  label: string;
  before: string | undefined;
  after: string | undefined;
  beforeColor: string | undefined;
  afterColor: string | undefined;
};

/** What changed in a store's document, a line for each value. */
export function toDifferenceLines(differences: readonly Difference[], viewer: Viewer): DifferenceLine[] {
  return differences.flatMap((difference) =>
    difference.field === 'features' ? featureLines(difference, viewer) : [toLine(difference, viewer)],
  );
}

function toLine({ field, before, after }: Difference, { t }: Viewer): DifferenceLine {
  return {
    label: t(`edge:field_${field}`, { defaultValue: field }),
    before: textOf(before),
    after: textOf(after),
    beforeColor: colorIn(before),
    afterColor: colorIn(after),
  };
}

/** Features are many switches: only those that were thrown are news. */
function featureLines({ before, after }: Difference, viewer: Viewer): DifferenceLine[] {
  const [had, has] = [asRecord(before), asRecord(after)];
  return [...new Set([...Object.keys(had), ...Object.keys(has)])]
    .filter((name) => had[name] !== has[name])
    .map((name) => ({
      ...toLine({ field: 'features', before: had[name], after: has[name] }, viewer),
      label: viewer.t('edge:feature', { name }),
    }));
}

const asRecord = (value: unknown) => (value ?? {}) as Record<string, unknown>;

/** Undefined where there is no document, and where it leaves the value empty. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function colorIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/.test(value) ? value : undefined;
}
