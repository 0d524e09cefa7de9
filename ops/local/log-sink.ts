import { createWriteStream, mkdirSync, renameSync, existsSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const COLOURS = ['cyan', 'magenta', 'blue', 'green', 'yellow', 'gray'] as const;
type Colour = (typeof COLOURS)[number];
const NAME_WIDTH = 9;

export type LogSink = {
  /** Where one server's lines go: all to its file, those that `shows` accepts to the terminal as well. */
  lineWriter(name: string, shows?: (line: string) => boolean): (line: string) => void;
  close(): void;
};

/** One file per server below `dir` (the one of the run before is kept as .1), and prefixed lines to `show`. */
export function openLogSink(dir: string, show: (text: string) => void): LogSink {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const files = new Map<string, WriteStream>();
  const colours = new Map<string, Colour>();
  const colourOf = (name: string) => {
    const colour = colours.get(name) ?? COLOURS[colours.size % COLOURS.length]!;
    colours.set(name, colour);
    return colour;
  };
  const fileOf = (name: string) => {
    const open = files.get(name) ?? startFile(join(dir, `${name}.log`));
    files.set(name, open);
    return open;
  };
  return {
    lineWriter(name, shows = () => true) {
      const file = fileOf(name);
      const prefix = styleText(colourOf(name), `${name.padEnd(NAME_WIDTH)}│`);
      return (line) => {
        file.write(`${line}\n`);
        if (shows(line)) show(`${prefix} ${readable(line)}\n`);
      };
    },
    close() {
      for (const file of files.values()) file.end();
    },
  };
}

function startFile(path: string): WriteStream {
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return createWriteStream(path, { mode: 0o600 });
}

/** Our processes log JSON for machines; a person at a terminal gets level, message and the fields. */
function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time: _time, process: _process, msg, ...fields } = entry;
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [LEVELS[Number(level)] ?? level, msg, ...rest].join(' ');
}
