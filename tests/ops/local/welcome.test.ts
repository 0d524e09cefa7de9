import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { welcome } from '#ops/local/welcome.ts';

const PORTS = { CONSOLE_PORT: 9000, LOCAL_EDGE_PORT: 8080 };

describe('the welcome of npm start', () => {
  const passwords = (operator: string | undefined, demoPassword: string | undefined) => {
    const report = {
      operator: { email: 'admin@localhost', oneTimePassword: operator },
      demoEmail: 'admin@demo.localhost',
      demoPassword,
      demoProblem: undefined,
    };
    const text = stripVTControlCharacters(welcome(report, PORTS, 1000));
    return [...text.matchAll(/^\s+password {2}(.*)$/gm)].map(([, said]) => said);
  };

  it('prints the passwords that open the console and the demo store', () => {
    const [operator, demo] = passwords('once-only', 'of-the-demo');

    assert.match(operator!, /^once-only {2}\(for the first sign-in only/);
    assert.equal(demo, 'of-the-demo');
  });

  it('prints none that somebody has changed', () => {
    assert.deepEqual(passwords(undefined, undefined), ['the one you chose at your first sign-in', 'the one you chose']);
  });
});
