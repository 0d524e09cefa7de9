import type { MapLines } from '#domain/tenants/index.ts';

/**
 * The maps as the agent takes them: typed lines, sorted, of which it makes nginx' files itself, so that nothing we send
 * can be a directive. The same content always has the same bytes.
 */
export function renderMapLines({ aliases, domains, limits, plans }: MapLines): string[] {
  return [
    ...aliases.map(({ slug, target }) => `alias ${slug} ${target}`),
    ...domains.map(({ host, slug }) => `domain ${host} ${slug}`),
    ...limits.map(({ slug, plan }) => `limit ${slug} ${plan}`),
    ...plans.map(({ code, requestsPerSecond, burst }) => `plan ${code} ${requestsPerSecond} ${burst}`),
  ].toSorted();
}

/** One text of the lines, as it is sent, hashed and kept. */
export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Whose line it is: the store that its change belongs to, or nothing for a plan's, which is everybody's. */
export function ownerOf(line: string): string | undefined {
  const [kind, first, second] = line.split(' ');
  if (kind === 'plan') return undefined;
  return kind === 'limit' ? first : second;
}

/** True when both say the same of every store that `isConcerned` names; without it, when they say the same at all. */
export function sayTheSame(
  a: readonly string[],
  b: readonly string[],
  isConcerned: (owner: string | undefined) => boolean = () => true,
): boolean {
  const concerned = (lines: readonly string[]) => textOf(lines.filter((line) => isConcerned(ownerOf(line))));
  return concerned(a) === concerned(b);
}

/**
 * The largest part of a change that nginx takes, found by halving: `base` is what it has, `wanted` what it should have.
 * `isTaken` asks it without changing anything. Returns the lines that it takes, and the stores whose lines it refuses. A
 * change of n stores with b bad ones costs about b · 2 log₂ n questions.
 */
export async function findTaken(
  { base, wanted }: { base: readonly string[]; wanted: readonly string[] },
  isTaken: (lines: readonly string[]) => Promise<boolean>,
): Promise<{ lines: string[]; refused: string[] }> {
  let lines = [...base];
  const refused: string[] = [];
  const change = async (owners: readonly (string | undefined)[]): Promise<void> => {
    const next = withChanges(lines, wanted, new Set(owners));
    if (await isTaken(next)) lines = next;
    else if (owners.length === 1) refused.push(owners[0] ?? '');
    else {
      const middle = Math.ceil(owners.length / 2);
      await change(owners.slice(0, middle));
      await change(owners.slice(middle));
    }
  };
  const owners = changedOwners(base, wanted);
  if (owners.length > 0) await change(owners);
  return { lines, refused };
}

/** The stores of which the two say something else; undefined stands for the plans. */
function changedOwners(base: readonly string[], wanted: readonly string[]): (string | undefined)[] {
  const [before, after] = [new Set(base), new Set(wanted)];
  const differing = [...base.filter((line) => !after.has(line)), ...wanted.filter((line) => !before.has(line))];
  return [...new Set(differing.map(ownerOf))];
}

function withChanges(
  lines: readonly string[],
  wanted: readonly string[],
  owners: ReadonlySet<string | undefined>,
): string[] {
  const isTheirs = (line: string) => owners.has(ownerOf(line));
  return [...lines.filter((line) => !isTheirs(line)), ...wanted.filter(isTheirs)].toSorted();
}
