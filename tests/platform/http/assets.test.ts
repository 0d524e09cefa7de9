import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import express, { type Express } from 'express';
import request from 'supertest';
import { mountAssets } from '#platform/http/assets.ts';

describe('mountAssets', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-assets-'));
    await writeFile(join(dir, 'page.css'), 'p { color: red }');
    await writeFile(join(dir, 'notes.txt'), 'not for the public');
  });
  after(() => rm(dir, { recursive: true }));

  const serve = (): Express => {
    const app = express();
    mountAssets(app, pathToFileURL(`${dir}/`));
    return app;
  };
  const addressOf = (app: Express, name: string): string => (app.locals.asset as (name: string) => string)(name);

  it('lets a browser keep a file for ever, packed, under an address that changes with its contents', async () => {
    const before = serve();
    const address = addressOf(before, 'page.css');
    const answer = await request(before)
      .get(address)
      .expect(200)
      .expect('Content-Type', /text\/css/);
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(answer.headers['content-encoding'], 'gzip');
    assert.equal(answer.text, 'p { color: red }');

    await writeFile(join(dir, 'page.css'), 'p { color: blue }');

    const after = serve();
    assert.notEqual(addressOf(after, 'page.css'), address);
    const old = await request(after).get(address).expect(200);
    assert.equal(old.text, 'p { color: blue }');
    assert.equal(old.headers['cache-control'], 'public, max-age=300');
  });

  it('serves what the pages use of other people’s work from our own address', async () => {
    const app = serve();
    for (const name of ['tabler.css', 'tabler.js', 'htmx.js', 'hx-sse.js', 'uplot.js', 'uplot.css'])
      await request(app).get(addressOf(app, name)).expect(200);
    await request(app)
      .get('/assets/icons.svg')
      .expect(200)
      .expect('Content-Type', /image\/svg/);
  });

  it('serves nothing that is not of its list', async () => {
    const app = serve();
    for (const name of ['notes.txt', '..%2Fpackage.json', 'missing.js'])
      await request(app).get(`/assets/any/${name}`).expect(404);
    assert.throws(() => addressOf(app, 'typo.css'), /There is no asset typo\.css/);
  });
});
