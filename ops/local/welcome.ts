import { styleText } from 'node:util';
import type { LocalSettings } from '#platform/config/local-stack.ts';
import type { StackReport } from './stack.ts';

type Ports = Pick<LocalSettings, 'CONSOLE_PORT' | 'LOCAL_EDGE_PORT'>;

/** What a person needs to know once all is running: where to go, and how to get in. */
export function welcome(report: StackReport, settings: Ports, tookMs: number): string {
  const lines = [
    `BaseCommerce is running (ready in ${(tookMs / 1000).toFixed(1)} s).`,
    '',
    `Console     ${bold(`http://127.0.0.1:${settings.CONSOLE_PORT}`)}`,
    `  operator  ${report.operator.email}`,
    report.operator.oneTimePassword
      ? `  password  ${bold(report.operator.oneTimePassword)}  (for the first sign-in only; until then each start makes a new one)`
      : '  password  the one you chose at your first sign-in',
    '',
    `Demo store  ${bold(`http://demo.localhost:${settings.LOCAL_EDGE_PORT}/web/dashboard`)}`,
    `  login     ${report.demoEmail}`,
    report.demoPassword ? `  password  ${bold(report.demoPassword)}` : '  password  the one you chose',
    ...(report.demoProblem ? [`  not live  ${report.demoProblem}`] : []),
    '',
    'Ctrl-C stops everything; the data is kept for the next start.',
  ];
  return `\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n\n`;
}

function bold(text: string): string {
  return styleText('bold', text);
}
