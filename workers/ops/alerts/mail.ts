import type { DueDelivery } from '#domain/alerts/index.ts';
import { toMessage } from './message.ts';

type Mailbox = { smtpUrl: string; from: string; to: readonly string[]; environment: string; consoleUrl: string };

const ANSWER_WITHIN_MS = 10_000;

/** Mails a notice. A mail server that gets it twice sees one Message-ID. */
export async function mailNotice(mailbox: Mailbox, delivery: DueDelivery): Promise<void> {
  // Only who mails loads it.
  const { createTransport } = await import('nodemailer');
  const { smtpUrl, from, to } = mailbox;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: ANSWER_WITHIN_MS,
    greetingTimeout: ANSWER_WITHIN_MS,
    socketTimeout: ANSWER_WITHIN_MS,
  });
  const { summary, text } = toMessage(delivery, mailbox);
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: summary,
      text,
      messageId: `<${delivery.id}@${new URL(smtpUrl).hostname}>`,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } finally {
    transport.close();
  }
}
