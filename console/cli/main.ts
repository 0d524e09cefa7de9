import { userInfo } from 'node:os';
import { systemClock } from '#platform/clock.ts';
import { ConfigError, loadConfig } from '#platform/config/index.ts';
import { createContext } from '#platform/context.ts';
import { createPublicLookup } from '#platform/http/public-host.ts';
import { openDatabase, reachDatabase } from '#platform/db/index.ts';
import { AppError, toError, Unavailable } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { UsageError, type Command, type Result, type Tools } from './command.ts';
import { applyCommands } from './apply.ts';
import { bulkCommands } from './bulk.ts';
import { domainCommands } from './domains.ts';
import { dropletWorkCommands } from './droplet-work.ts';
import { dropletCommands } from './droplets.ts';
import { edgeChangeCommands } from './edge-changes.ts';
import { edgeCommands } from './edge.ts';
import { helpOf, overviewOf } from './help.ts';
import { lifecycleCommands } from './lifecycle.ts';
import { migrateCommands } from './migrate.ts';
import { operatorCommands } from './operators.ts';
import { scheduleCommands } from './schedules.ts';
import { tenantCommands } from './tenants.ts';
import { tokenCommands } from './tokens.ts';

const commands: readonly Command[] = [
  ...tenantCommands,
  ...lifecycleCommands,
  ...applyCommands,
  ...domainCommands,
  ...edgeCommands,
  ...edgeChangeCommands,
  ...bulkCommands,
  ...dropletCommands,
  ...dropletWorkCommands,
  ...scheduleCommands,
  ...tokenCommands,
  ...operatorCommands,
  ...migrateCommands,
];

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;
const DATABASE_AWAY = 'database_unavailable';

/**
 * Runs one command: its answer on standard output, everything else on standard error. Returns the exit code for what the
 * caller did wrong; what the machine did wrong (configuration, no database) is thrown, for `runOnce` to tell.
 */
export async function main(args: string[]): Promise<number> {
  try {
    const { answer, exitCode } = await answerTo(args);
    process.stdout.write(`${answer}\n`);
    return exitCode;
  } catch (error) {
    if (error instanceof UsageError) return complain(`${error.message}\n\nTry: npm run bc -- --help`, EXIT_USAGE);
    if (error instanceof AppError && error.code !== DATABASE_AWAY) return complain(reasonsOf(error), EXIT_REFUSED);
    throw error;
  }
}

async function answerTo(args: string[]): Promise<{ answer: string; exitCode: number }> {
  const [noun, verb] = args;
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const ofNoun = commands.filter((command) => command.noun === noun);
  const command = ofNoun.find((it) => it.verb === undefined || it.verb === verb);
  if (command && wantsHelp) return { answer: helpOf(command), exitCode: 0 };
  if (wantsHelp) return { answer: overviewOf(ofNoun.length > 0 ? ofNoun : commands), exitCode: 0 };
  if (!command) throw new UsageError([unknown(noun, verb, ofNoun)]);
  const { json, run } = command.parse(args.slice(command.verb === undefined ? 1 : 2));
  const result = await withTools(run);
  const answer = json ? JSON.stringify(result.json, undefined, 2) : result.text;
  return { answer, exitCode: result.exitCode ?? 0 };
}

function unknown(noun: string | undefined, verb: string | undefined, ofNoun: readonly Command[]): string {
  if (noun === undefined) return 'Say what to do.';
  if (ofNoun.length === 0) return `There is no “${noun}”: ${[...new Set(commands.map((it) => it.noun))].join(', ')}.`;
  return `${noun} has no “${verb ?? ''}”: ${ofNoun.map((it) => it.verb).join(', ')}.`;
}

/** Whoever has a shell on this machine is known by the account they use there. */
async function withTools(run: (tools: Tools) => Promise<Result>): Promise<Result> {
  const config = readConfig();
  const log = silentLogger;
  const database = openDatabase({ url: config.DATABASE_URL, poolMax: 2, applicationName: 'bc', log });
  const actor = { kind: 'system', label: `command line (${userInfo().username})` } as const;
  try {
    await reachDatabase(database, config.DATABASE_URL).catch((error: unknown) => {
      throw withHint(toError(error), new URL(config.DATABASE_URL));
    });
    return await run({
      ctx: createContext({ db: database.db, log, clock: systemClock, actor, requestId: newId() }),
      storeUrl: (slug) => config.STORE_URL_TEMPLATE.replace('{slug}', slug),
      baseDomain: config.BASE_DOMAIN,
      lookup: createPublicLookup({ dnsServers: config.DNS_SERVERS }),
      progress,
    });
  } finally {
    await database.stop();
  }
}

/** A database of this very machine is that of the local platform, or was meant to be. */
function withHint(error: Error, { hostname }: URL): Error {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return error;
  return new Unavailable(DATABASE_AWAY, `${error.message} Is npm start running?`, { cause: error });
}

/** After a reset, or before the first start, there is no environment file: the way out is not to write one by hand. */
function readConfig() {
  try {
    return loadConfig('cli');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint = 'DATABASE_URL: is missing; run npm start first, or set it';
    const problems = error.problems.map((problem) => (problem === 'DATABASE_URL: is missing' ? hint : problem));
    throw new ConfigError('command line', problems);
  }
}

function complain(reason: string, exitCode: number): number {
  progress(reason);
  return exitCode;
}

function reasonsOf(error: AppError): string {
  if (error.fields.length === 0) return error.message;
  return error.fields.map(({ path, message }) => `--${path.replace('.', '-')}: ${message}`).join('\n');
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
