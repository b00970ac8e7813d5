// npm run bench [-- --rounds 3 --seconds 4 --connections 16,256 --scale --scenarios get,page]
// Concord against a bare Fastify server on the same tables, in turn; prints medians and the ratio. --scale prices Concord at two sizes instead.
import * as os from 'node:os';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuOf, residentMb } from './cpu.mjs';
import { drive, hasWrk } from './drive.mjs';
import { SCENARIOS, writeRequests } from './scenarios.mjs';
import { PASSWORD, seed } from './seed.mjs';
import { startProgram, startServers } from './servers.mjs';

const words = process.argv.slice(2);
const option = (name, fallback) => (words.includes(`--${name}`) ? words[words.indexOf(`--${name}`) + 1] : fallback);
const rounds = Number(option('rounds', 3));
const seconds = Number(option('seconds', 4));
const warmUpSeconds = Number(option('warm-up', 4));
const connections = option('connections', '16,256').split(',').map(Number);
const scenarios = option('scenarios', SCENARIOS.join(',')).split(',');
const perOrganization = 2_000;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function login(url, organization) {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: organization.email, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`login of ${organization.email}: ${answer.status} ${await answer.text()}`);
  return { ...organization, token: (await answer.json()).accessToken };
}

async function tidy(owner, writers) {
  const db = new pg.Client({ connectionString: owner });
  await db.connect();
  await db.query('delete from leads where organization_id = any($1)', [writers.map((one) => one.organizationId)]);
  await db.query('vacuum analyze leads');
  await db.end();
}

async function measure(server, file, count, postgresPid) {
  const before = [cpuOf(server.pid), cpuOf(postgresPid)];
  const result = await drive(server.url, file, count, seconds);
  const per1000 = (index, pid) => ((cpuOf(pid) - before[index]) / result.requests) * 1000;
  return { ...result, cpu: per1000(0, server.pid), databaseCpu: per1000(1, postgresPid), resident: residentMb(server.pid) };
}

function summary(runs) {
  const of = (field) => median(runs.map((run) => run[field]));
  return {
    rps: of('rps'),
    p50: of('p50'),
    p99: of('p99'),
    cpu: of('cpu'),
    databaseCpu: of('databaseCpu'),
    resident: of('resident'),
    failed: runs.reduce((sum, run) => sum + run.failed, 0),
  };
}

/** The answers must be the same bytes, or the ratio compares two different things. Ids, times and versions of new rows differ by nature. */
async function assertSameBytes(concord, bare, files) {
  for (const name of scenarios.filter((one) => ['get', 'page', 'board'].includes(one))) {
    const [method, route, token] = readFileSync(files[name], 'utf8').split('\n')[0].split('\t');
    const [a, b] = await Promise.all(
      [concord, bare].map(async (server) =>
        (await fetch(server.url + route, { method, headers: { authorization: `Bearer ${token}` } })).text(),
      ),
    );
    const plain = (text) => text.replace(/"nextCursor":"[^"]*"/g, '"nextCursor":""');
    if (plain(a) !== plain(b)) throw new Error(`${name}: the answers differ\n${a.slice(0, 600)}\n${b.slice(0, 600)}`);
  }
}

function print([name, count, who], s, ratio) {
  const cells = [
    name.padEnd(7),
    String(count).padStart(5),
    who.padEnd(8),
    s.rps.toFixed(0).padStart(7),
    s.p50.toFixed(2).padStart(8),
    s.p99.toFixed(2).padStart(8),
    s.cpu.toFixed(0).padStart(8),
    s.databaseCpu.toFixed(0).padStart(8),
    s.resident.toFixed(0).padStart(6),
    String(s.failed).padStart(6),
    ratio === undefined ? '' : ratio.toFixed(2).padStart(6),
  ];
  console.log(cells.join(' '));
}

const heading = 'what    conns who          rps   p50 ms   p99 ms  cpu ms/1k  db ms/1k  RSS MB failed  ratio';

/** The seeded leads have no audit trail, so their history is made up once; that is not what is measured. */
async function settled(owner) {
  const db = new pg.Client({ connectionString: owner });
  await db.connect();
  let [before, looks] = [-1, 0];
  while (looks < 3) {
    const { rows } = await db.query('select count(*)::int as done from lead_stage_history');
    looks = rows[0].done === before ? looks + 1 : 0;
    before = rows[0].done;
    await sleep(1_000);
  }
  await db.end();
}

async function compare() {
  const servers = await startServers();
  const stops = [servers.stop];
  try {
    const all = await seed(servers.owner, 50, perOrganization);
    const empty = await seed(servers.owner, 10, 0, 1_000);
    // --split: sealing, history and jobs in a process of their own, as on many machines; here it still shares the two cores.
    const isSplit = words.includes('--split');
    const environment = { ...servers.environment, ...(isSplit ? { ROLE: 'api' } : {}) };
    const concord = await startProgram('dist/src/main.js', 18100, environment, '/health/ready');
    stops.unshift(concord.stop);
    if (isSplit) {
      const worker = await startProgram('dist/src/main.js', 18102, { ...environment, ROLE: 'worker' }, '/health/ready');
      stops.unshift(worker.stop);
    }
    await settled(servers.owner);
    const readers = [];
    for (const one of all) readers.push(await login(concord.url, one));
    const writers = [];
    for (const one of empty) writers.push(await login(concord.url, one));
    const bare = await startProgram(
      'bench/bare-server.mjs',
      18101,
      { DATABASE_URL: servers.owner, JWKS_URL: `${concord.url}/.well-known/jwks.json` },
      '/ready',
    );
    stops.unshift(bare.stop);
    const files = writeRequests(servers.dir, readers, writers);
    await assertSameBytes(concord, bare, files);
    const postgresPid = Number(readFileSync(`${servers.dir}/postgres/cluster/postmaster.pid`, 'utf8').split('\n')[0]);
    console.log(
      `${os.cpus().length} cores, Node ${process.versions.node}, ${hasWrk ? 'wrk' : 'autocannon'}, 100,000 leads in 50 organizations, ${rounds} rounds of ${seconds} s in turn, medians; Concord booted in ${concord.bootMs.toFixed(0)} ms\n${heading}`,
    );
    for (const name of scenarios)
      for (const count of connections) {
        const runs = { concord: [], bare: [] };
        // V8 compiles a path only once it is hot; a server of a company is, so both are before the clock starts.
        for (const server of [concord, bare]) await drive(server.url, files[name], count, warmUpSeconds);
        if (name === 'create') await tidy(servers.owner, writers);
        for (let round = 0; round < rounds; round++)
          for (const [who, server] of [
            ['concord', concord],
            ['bare', bare],
          ]) {
            runs[who].push(await measure(server, files[name], count, postgresPid));
            if (name === 'create') await tidy(servers.owner, writers);
          }
        const [a, b] = [summary(runs.concord), summary(runs.bare)];
        print([name, count, 'concord'], a, a.rps / b.rps);
        print([name, count, 'bare'], b);
      }
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Concord alone at 10 thousand and at a million rows: the cost of a request should not follow the size of the table. */
async function scale() {
  console.log(heading);
  const cost = {};
  for (const organizations of [5, 500]) {
    const servers = await startServers();
    const stops = [servers.stop];
    try {
      const all = await seed(servers.owner, organizations, perOrganization);
      const concord = await startProgram('dist/src/main.js', 18100, servers.environment, '/health/ready');
      stops.unshift(concord.stop);
      const readers = [];
      for (const one of all.slice(0, 50)) readers.push(await login(concord.url, one));
      const files = writeRequests(servers.dir, readers, readers);
      const postgresPid = Number(readFileSync(`${servers.dir}/postgres/cluster/postmaster.pid`, 'utf8').split('\n')[0]);
      for (const name of scenarios) {
        const runs = [];
        for (let round = 0; round < rounds; round++) runs.push(await measure(concord, files[name], 16, postgresPid));
        const s = summary(runs);
        const total = s.cpu + s.databaseCpu;
        print([name, 16, `${organizations * perOrganization}`], s, cost[name] ? total / cost[name] : undefined);
        cost[name] ??= total;
      }
    } finally {
      for (const stop of stops) await stop();
    }
  }
  console.log('ratio here: CPU per request (server + database) against the small table');
}

await (words.includes('--scale') ? scale() : compare());
