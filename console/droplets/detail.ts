import { checkDroplet, type DropletReport, type KeyRotation, type KnownKey } from '#domain/droplets/index.ts';
import type { Job } from '#domain/jobs/index.ts';
import { satisfies, type Role } from '#domain/operators/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import { toJobLine } from '#console/jobs/presenter.ts';
import { bytes, type Words } from './figures.ts';
import { toConnection, toLine } from './presenter.ts';

type Viewer = Words & { role: Role | undefined };

/** Everything a machine's page shows that changes while it is looked at. */
export function toDetail(report: DropletReport, { runs, ...viewer }: Viewer & { runs: readonly Job[] }) {
  const { droplet, facts, connections } = report;
  const may = (needed: Role) => viewer.role !== undefined && satisfies(viewer.role, needed);
  return {
    ...toLine(report, viewer),
    probeUrl: droplet.probeUrl,
    fingerprint: droplet.fingerprint,
    enrolledAt: droplet.enrolledAt,
    enrolledBy: droplet.enrolledBy,
    mayRun: may('on_call'),
    mayManage: may('admin'),
    connections: connections.map((connection) => toConnection(connection, viewer)),
    facts: Object.entries(facts.status?.raw ?? {}).map(([key, value]) => ({ key, value })),
    requests: facts.status?.figures.requests,
    upstreamP50Ms: facts.status?.figures.upstreamP50Ms,
    processes: facts.processes && {
      asOf: facts.processes.asOf,
      rows: facts.processes.known ? facts.processes.value.map((row) => toProcess(row, viewer)) : undefined,
    },
    certificates: facts.certificates && {
      asOf: facts.certificates.asOf,
      rows: facts.certificates.known ? facts.certificates.value : undefined,
    },
    log: facts.log,
    checks: checkDroplet(report, viewer.now).map(({ check, state }) => ({
      state,
      text: viewer.t(`droplets:check_${check}`),
      hint: viewer.t(`droplets:check_${check}_${state}`),
    })),
    runs: runs.map((job) => toJobLine(job, viewer)),
    key: toKey(report, viewer.t),
  };
}

function toProcess(
  { pid, rssBytes, cpuPercent, name }: { pid: number; rssBytes: number; cpuPercent: number; name: string },
  { locale }: Words,
) {
  const cpu = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(cpuPercent);
  return { pid, name, memory: bytes(rssBytes, locale), cpu: `${cpu} %` };
}

/** The steps of a change of keys, in order; where it stands is marked. */
const STEPS = ['begin', 'install', 'verify', 'finish'] as const;
const NEXT_STEP: Partial<Record<KeyRotation['state'], number>> = { making: 0, made: 1, verified: 3, switching: 3 };

function toKey({ droplet, key, keyUsers, rotation, newKey }: DropletReport, t: Translate) {
  const open = rotation && !rotation.endedAt ? rotation : undefined;
  return {
    name: droplet.keyName,
    line: key && authorizedLine(key),
    fingerprint: key && fingerprintOf(key),
    madeAt: key?.madeAt,
    sharedBy: keyUsers > 1 ? keyUsers : undefined,
    lastFinished: rotation?.state === 'finished' ? { at: rotation.endedAt, oldName: rotation.oldKeyName } : undefined,
    rotation: open && {
      state: open.state,
      label: t(`droplets:rotation_${open.state}`),
      newName: open.newKeyName,
      line: newKey && authorizedLine(newKey),
      problem: open.problem,
      beganAt: open.beganAt,
      beganBy: open.beganBy,
      steps: STEPS.map((step, index) => ({
        text: t(`droplets:rotation_step_${step}`),
        isDone: index < (NEXT_STEP[open.state] ?? 0),
      })),
    },
  };
}

/** What stands in the machine's authorized_keys, as ops/agent/README.md sets it up. */
function authorizedLine({ publicKey }: KnownKey): string {
  const [agent, config] = ['/opt/basecommerce/ops/agent/basecommerce-agent', '/etc/basecommerce/agent.conf'];
  return `restrict,command="'${agent}' '${config}'" ${publicKey}`;
}

/** Only a key of the type that we make has one that we can tell. */
function fingerprintOf({ publicKey }: KnownKey): string | undefined {
  return publicKey.startsWith('ssh-ed25519 ') ? fingerprint(publicKey) : undefined;
}
