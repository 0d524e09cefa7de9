// Runs before `npm start` and `npm test`: brings in what is missing, says nothing when all is there.
// Plain JavaScript without packages, because on a fresh machine it runs on Node 20 with an empty node_modules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findBinary, findPostgresBin, findRedis } from './server-binaries.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OLDEST_NODE = 20;
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const SERVERS = [
  { what: 'PostgreSQL 15 or newer', packages: ['postgresql'], find: () => findPostgresBin() },
  { what: 'Redis 7 or newer', packages: ['redis-server'], find: () => findRedis() },
  { what: 'nginx', packages: ['nginx'], find: () => findBinary('nginx') },
  { what: 'OpenSSH server', packages: ['openssh-server'], find: () => findBinary('sshd') },
  { what: 'OpenSSH client', packages: ['openssh-client'], find: () => findBinary('ssh-keygen') },
  { what: 'OpenSSL', packages: ['openssl'], find: () => findBinary('openssl') },
  { what: 'curl', packages: ['curl'], find: () => findBinary('curl') },
];
const TEST_TOOLS = [
  { what: 'Chromium', packages: ['chromium'], find: () => CHROMIUM_NAMES.map(findBinary).find(Boolean) },
];

/** The packages' own services stay off: we run private instances, and nobody asked for an open sshd on this machine. */
const APT_SCRIPT = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
`;

main(process.argv.includes('--for-tests'));

function main(forTests) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    stop(
      `Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.version}. Install it and run the command again.`,
    );
  if (!packagesAreInstalled()) installPackages();
  installServers(forTests ? [...SERVERS, ...TEST_TOOLS] : SERVERS);
}

/** npm keeps a lock file of what it really installed inside node_modules, written last. */
function packagesAreInstalled() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(ROOT + path, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function installPackages() {
  say('Installing npm packages …');
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  // Not `npm ci`: it refuses a lock file that lacks the optional binaries of other platforms. With --no-save an install keeps
  // to the lock file too, and never changes it. The engine check is off because our dependencies ask for Node 24, which one
  // of them supplies, while the npm that installs them may run on an older one.
  const options = ['--no-save', '--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!run(command, [...first, 'install', ...options]))
    stop('npm could not install the packages. The lines above say why.');
}

function installServers(requirements) {
  const missing = requirements.filter(({ find }) => !find());
  if (missing.length === 0) return;
  const packages = packagesOf(missing);
  say(`Missing: ${missing.map(({ what }) => what).join(', ')}.`);
  const asRoot = rootPrefix();
  if (!findBinary('apt-get') || !asRoot) stop(manualSteps(missing));
  say(`Installing ${packages.join(' ')} with apt-get …`);
  const [command, ...args] = [...asRoot, 'sh', '-c', APT_SCRIPT, 'apt', ...packages];
  if (!run(command, args)) stop(manualSteps(missing));
  const still = missing.filter(({ find }) => !find());
  if (still.length > 0)
    stop(
      `This distribution does not offer ${still.map(({ what }) => what).join(', ')}. Install ${still.length > 1 ? 'them' : 'it'} by hand and run the command again.`,
    );
}

/** What to put before a command to run it as root without being asked anything; undefined when that is not possible. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findBinary('sudo');
  return sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? [sudo, '-n'] : undefined;
}

function packagesOf(requirements) {
  return requirements.flatMap(({ packages }) => packages);
}

function manualSteps(missing) {
  return [
    `${missing.length > 1 ? 'They' : 'It'} could not be installed from here. Run these commands, then the same one again:`,
    '  sudo apt-get update',
    `  sudo apt-get install -y --no-install-recommends ${packagesOf(missing).join(' ')}`,
  ].join('\n');
}

function run(command, args) {
  return spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function stop(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
