import type { Senders } from '#domain/alerts/index.ts';
import type { Config } from '#platform/config/index.ts';
import { mailNotice } from './mail.ts';
import { postNotice } from './webhook.ts';

type AlertConfig = Pick<
  Config<'ops'>,
  | 'ALERT_WEBHOOK_URL'
  | 'ALERT_WEBHOOK_SECRET'
  | 'ALERT_EMAIL_TO'
  | 'ALERT_EMAIL_FROM'
  | 'SMTP_URL'
  | 'ENVIRONMENT_NAME'
  | 'CONSOLE_URL'
>;

/** Where the configuration says that alerts are to be told; none where it says nothing. */
export function sendersOf(config: AlertConfig): Senders {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret, SMTP_URL: smtpUrl, ALERT_EMAIL_FROM: from } = config;
  const place = { environment: config.ENVIRONMENT_NAME, consoleUrl: config.CONSOLE_URL };
  const to = config.ALERT_EMAIL_TO;
  return {
    ...(url && secret && { webhook: (delivery) => postNotice({ url, secret, ...place }, delivery, new Date()) }),
    ...(smtpUrl &&
      from &&
      to.length > 0 && { email: (delivery) => mailNotice({ smtpUrl, from, to, ...place }, delivery) }),
  };
}
