import type { RolePasswords } from '#ops/local/roles.ts';

/** Where the private servers of this test run are. tests/run.ts hands it to mocha in one variable. */
export type TestStack = { postgresPort: number; passwords: RolePasswords; redisUrl: string };

export const TEST_STACK_VARIABLE = 'TEST_STACK';
export const TEMPLATE_DATABASE = 'bc_template';

/** The servers of this run. Throws when mocha was started without them. */
export function testStack(): TestStack {
  const facts = process.env[TEST_STACK_VARIABLE];
  if (!facts) throw new Error('There is no test stack: run the tests with `npm test -- <file>`, not with mocha itself');
  return JSON.parse(facts) as TestStack;
}
