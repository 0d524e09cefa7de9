import type { EdgeReport } from '#domain/edge/index.ts';
import type { Viewer } from './viewer.ts';

/** The machines are asked how they are every half minute. */
const EVERY_SECONDS = 30;

/** The figures of nginx, each unknown where it was not told; undefined when nothing was ever heard. */
export function presentNginx({ nginx }: EdgeReport, { t, locale }: Viewer) {
  if (!nginx) return undefined;
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const figure = (key: string, value: number | undefined, unit?: string) => ({
    label: t(`edge:nginx_${key}`),
    value:
      value === undefined ? t('edge:unknown') : unit ? t(unit, { value: format.format(value) }) : format.format(value),
  });
  return {
    asOf: nginx.asOf,
    everySeconds: EVERY_SECONDS,
    startedAt: nginx.startedAt,
    figures: [
      figure('rate', nginx.requestsPerSecond, 'edge:per_second'),
      figure('refused', nginx.refused),
      figure('failed', nginx.failed),
      figure('upstream', nginx.upstreamP50Ms, 'edge:ms'),
      figure('connections', nginx.connections),
      figure('workers', nginx.workers),
    ],
  };
}
