import assert from 'node:assert/strict';
import { generatePassword, hashPassword, passwordProblem, verifyPassword } from '#platform/auth/passwords.ts';

/** Of 8 KiB and one pass: checking it takes a thousandth of what ours take. */
const LIGHT = '$argon2id$v=19$m=8,t=1,p=1$hm4IbXS7Gw1qpi2+eFQOAQ$YsqomCC+Fwrkjvuvi9J4/pDqsCjlB20bkaunNqLXQyI';

describe('passwords', () => {
  it('are kept as argon2id with the parameters we promise', async () => {
    const stored = await hashPassword('correct horse battery staple');

    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await verifyPassword(stored, 'correct horse battery staple'), true);
    assert.equal(await verifyPassword(stored, 'correct horse battery stapler'), false);
  });

  it('of nobody are wrong, and looking takes as long as for somebody', async () => {
    const stored = await hashPassword('correct horse battery staple');
    await verifyPassword(undefined, 'warms up the decoy');
    const timed = async (hash: string | undefined) => {
      const startedAt = performance.now();
      assert.equal(await verifyPassword(hash, 'a wrong password'), false);
      return performance.now() - startedAt;
    };

    const [known, unknown] = [await timed(stored), await timed(undefined)];

    assert.ok(unknown > known / 4, `${unknown} ms against ${known} ms`);
  });

  it('that are short, common or monotonous are refused, with the reason', () => {
    assert.equal(passwordProblem('short pwd'), 'too_short');
    assert.equal(passwordProblem('Password1234'), 'too_common');
    assert.equal(passwordProblem('aaaaaaaaaaaab'), 'too_common');
    assert.equal(passwordProblem('x y '.repeat(60)), 'too_long');
    assert.equal(passwordProblem('rio corre manso'), undefined);
  });

  it('for one use are long, readable and never the same', () => {
    const many = new Set(Array.from({ length: 200 }, generatePassword));

    assert.equal(many.size, 200);
    for (const password of many) assert.match(password, /^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$/);
  });

  it('are hashed one after the other, however many ask, and all get their answer', async () => {
    const many = await Promise.all(Array.from({ length: 7 }, (_, i) => hashPassword(`password number ${i}`)));

    assert.equal(new Set(many).size, 7);
  });

  it('wait for the hash before them, even when theirs is done in no time', async () => {
    const ended: string[] = [];
    const heavy = hashPassword('correct horse battery staple').then(() => ended.push('heavy'));
    const light = verifyPassword(LIGHT, 'light').then((matches) => ended.push(`light ${matches}`));

    await Promise.all([heavy, light]);

    assert.deepEqual(ended, ['heavy', 'light true']);
  });
});
