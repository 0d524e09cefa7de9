import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinary } from '#ops/local/server-binaries.mjs';
import { sha256 } from '#tests/support/edge-requests.ts';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { survive, type Fault } from './surviving.ts';

const stopped = (publishes: Fault['publishes'], ends: Fault['ends']): Fault => ({
  what: `an nginx that does not run when it is to serve ${publishes}`,
  publishes,
  async break({ edge }) {
    await edge.stopNginx();
    return () => edge.startNginx();
  },
  stopsNginx: true,
  ends,
});

const hidden = (publishes: Fault['publishes']): Fault => ({
  what: `an nginx that serves everybody but our look at ${publishes}`,
  publishes,
  async break({ webLine }) {
    await webLine.cut();
    return () => webLine.mend();
  },
  ends: { code: 'edge_not_answering', says: /ECONNREFUSED/ },
});

/** Something between the disk and the visitor is not ours: the file is another right after it was put. */
const spoiled = (bytes: string) => async (lab: FaultLab) => {
  const file = join(lab.edge.tenantsDir, 'acme.json');
  await lab.edge.sabotageAgent(
    `sync() { command sync "$@"; [[ $* != '-- previous' || $SSH_ORIGINAL_COMMAND != put* ]] || printf '%s' '${bytes}' >'${file}'; }`,
  );
  return async () => {
    await lab.edge.mendAgent();
    const restoration = await lab.restore([{ kind: 'edited', name: 'acme', actual: `live:${sha256(bytes)}` }]);
    const job = await lab.finished(restoration);
    assert.equal(job.status, 'succeeded', job.errorMessage);
  };
};

/** nginx does what it is told but for this, which fails. */
const refusing = (words: string) => async (lab: FaultLab) => {
  const nginx = join(lab.edge.keysDir, 'nginx');
  const lines = ['#!/bin/bash', `[[ $* != *'${words}'* ]] || exit 1`, `exec ${findBinary('nginx')} "$@"`];
  await writeFile(nginx, `${lines.join('\n')}\n`, { mode: 0o755 });
  await lab.edge.useNginxCommand(nginx);
  return () => lab.edge.useNginxCommand();
};

const FAULTS: Fault[] = [
  stopped('acme', { code: 'edge_not_answering', says: /ECONNRE(FUSED|SET)/ }),
  stopped('all', { code: 'edge_not_answering' }),
  stopped('maps', { code: 'agent_refused', says: /nginx does not run/ }),
  hidden('acme'),
  hidden('all'),
  hidden('maps'),
  {
    what: 'an nginx that refuses to reload',
    publishes: 'maps',
    break: refusing('-s reload'),
    ends: { code: 'agent_refused', says: /nginx did not take the reload/ },
  },
  {
    what: 'an include that nginx cannot find, when stores are published, which needs no reload',
    publishes: 'all',
    async break({ edge }) {
      const file = join(edge.dir, 'conf/conf.d/by-hand.conf');
      await writeFile(file, 'include /nonexistent/by-hand.conf;\n');
      return () => rm(file);
    },
    ends: 'well',
  },
  {
    what: 'an include that nginx cannot find, when maps are published',
    publishes: 'maps',
    async break({ edge }) {
      const files = ['conf', 'conf-staged'].map((tree) => join(edge.dir, tree, 'conf.d/by-hand.conf'));
      for (const file of files) await writeFile(file, 'include /nonexistent/by-hand.conf;\n');
      return async () => {
        for (const file of files) await rm(file);
      };
    },
    ends: { code: 'edge_configuration_broken', says: /by-hand.conf/ },
  },
  {
    what: 'a file that is no JSON any more right after it was put',
    publishes: 'acme',
    break: spoiled('{"slug":"acme"'),
    spoils: 'acme',
    ends: { code: 'edge_not_serving', says: /not this store’s JSON/ },
  },
];

describe('nginx does not do as it is told', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab();
  });
  after(() => lab?.close());

  for (const fault of FAULTS) it(`survives ${fault.what}`, () => survive(lab, fault));
});
