import { ConfigError } from './read.ts';

/** Each way out with all the keys that it needs. */
const WAYS = [
  ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'],
  ['ALERT_EMAIL_TO', 'ALERT_EMAIL_FROM', 'SMTP_URL'],
] as const;

type Values = Partial<Record<(typeof WAYS)[number][number], unknown>>;

/** Somebody who counts on being woken must not find out at night that a key was forgotten. Throws ConfigError. */
export function refuseHalfAlerts(whose: string, values: Values): void {
  const isGiven = (key: keyof Values) => values[key] !== undefined && (values[key] as unknown[]).length > 0;
  const missing = WAYS.filter((keys) => keys.some(isGiven)).flatMap((keys) => keys.filter((key) => !isGiven(key)));
  if (missing.length > 0)
    throw new ConfigError(
      whose,
      missing.map((key) => `${key}: is missing, and without it no alert is told that way`),
    );
}
