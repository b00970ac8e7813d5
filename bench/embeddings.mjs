// Prints how well and how fast texts that are alike are found. By hand, after `npm run build`:
//   node bench/embeddings.mjs [largest number of stored vectors, 200000 when not said]
// Quality needs ../shared/data/contracts; where that is missing, only speed is measured. Starts its own PostgreSQL and removes it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { stemmer } from 'stemmer';
import { isHeldOut, readClauses } from './clauses.mjs';

const load = (file) => import(pathToFileURL(path.resolve('dist', file)).href);
const { embedTexts } = await load('src/platform/ai/embedding/local-embedding.js');
const { unit } = await load('src/platform/ai/embedding/projection.js');
const { VectorStore } = await load('src/platform/ai/vectors/vector-store.js');

const FOLDER = path.resolve('..', 'shared', 'data', 'contracts');
const LARGEST = Number(process.argv[2] ?? 200_000);
const SPACE = { kind: 'bench', engine: 'local', model: 'concord-hash-v1' };
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return sum;
}

/** For each item the place of the best other one that `mayMeet`, by `score(a, b)`. */
function nearestOf(items, score, mayMeet) {
  return items.map((_, a) => {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (let b = 0; b < items.length; b++) {
      if (a === b || !mayMeet(items[a], items[b])) continue;
      const found = score(a, b);
      if (found > most) [best, most] = [b, found];
    }
    return best;
  });
}

function byEmbedding(items, mayMeet) {
  const vectors = embedTexts(items.map(({ text }) => text));
  return nearestOf(items, (a, b) => dot(vectors[a], vectors[b]), mayMeet);
}

/** Cosine of stems with (1 + ln tf) * ln(N / df), the document frequencies taken from the very texts that are searched. */
function byTfIdf(items, mayMeet) {
  const counts = items.map(({ text }) => {
    const found = new Map();
    for (const word of text.toLowerCase().match(/[a-z]+|\d+/g) ?? []) found.set(stemmer(word), (found.get(stemmer(word)) ?? 0) + 1);
    return found;
  });
  const places = new Map();
  for (const found of counts) for (const word of found.keys()) places.set(word, (places.get(word) ?? 0) + 1);
  const weighted = counts.map((found) => {
    const all = [...found].map(([word, count]) => [word, (1 + Math.log(count)) * Math.log(items.length / places.get(word))]);
    const length = Math.hypot(...all.map(([, weight]) => weight)) || 1;
    return new Map(all.map(([word, weight]) => [word, weight / length]));
  });
  const score = (a, b) => {
    let sum = 0;
    for (const [word, weight] of weighted[a]) sum += weight * (weighted[b].get(word) ?? 0);
    return sum;
  };
  return nearestOf(items, score, mayMeet);
}

/** ts_rank of a query of all words joined by OR; `normalization` 2 divides by the length of the text. */
async function byFullText(client, items, mayMeet, normalization) {
  await client.query('create temporary table texts (id integer primary key, home text, tsv tsvector)');
  await client.query(
    `insert into texts select n - 1, home, to_tsvector('english', text) from unnest($1::text[], $2::text[]) with ordinality as t (text, home, n)`,
    [items.map(({ text }) => text), items.map(({ home }, at) => (mayMeet === anyOther ? String(at) : home))],
  );
  const { rows } = await client.query(
    `select a.id, (select b.id from texts b where b.home <> a.home and b.tsv @@ q.q order by ts_rank(b.tsv, q.q, $1) desc, b.id limit 1) as best
     from texts a, lateral (select string_agg(quote_literal(lexeme), ' | ')::tsquery as q from unnest(a.tsv)) q order by a.id`,
    [normalization],
  );
  await client.query('drop table texts');
  return rows.map(({ best }) => best ?? -1);
}

const anyOther = () => true;
const otherHome = (one, other) => one.home !== other.home;

function rateOf(items, nearest) {
  const right = items.filter(({ types }, at) => nearest[at] >= 0 && [...types].some((type) => items[nearest[at]].types.has(type)));
  return percent(right.length, items.length);
}

/** Clauses that stand in exactly one contract of fields.csv, with that contract as their home. */
function withContracts(clauses) {
  const plain = (text) => text.toLowerCase().replace(/\W+/g, ' ').trim();
  const contracts = parse(fs.readFileSync(path.join(FOLDER, 'fields.csv')), { columns: true, relax_column_count: true, bom: true });
  const texts = contracts.map((row) => [row.Filename, ` ${plain(Object.values(row).join(' '))} `]);
  return clauses.flatMap((clause) => {
    const homes = texts.filter(([, text]) => text.includes(` ${clause.key} `));
    return homes.length === 1 ? [{ ...clause, home: homes[0][0] }] : [];
  });
}

/** Every line of the file as it is filed, the same words under several types included. */
function asFiled() {
  const lines = fs.readFileSync(path.join(FOLDER, 'clauses.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).map(({ type, text }) => ({ text, types: new Set([type]) }));
}

async function quality(client) {
  if (!fs.existsSync(FOLDER)) return console.log('quality: skipped: no data');
  const clauses = readClauses(path.join(FOLDER, 'clauses.jsonl'));
  const sets = [
    ['held-out half, any other clause', clauses.filter(({ key }) => isHeldOut(key)), anyOther],
    ['held-out half, another contract', withContracts(clauses.filter(({ key }) => isHeldOut(key))), otherHome],
    ['all different clauses', clauses, anyOther],
    ['lines as filed, same words included', asFiled(), anyOther],
  ];
  console.log('The nearest neighbour has the same clause type\n');
  console.log('| clauses | number | local embedding | tf-idf cosine | ts_rank | ts_rank by length |\n|---|---|---|---|---|---|');
  for (const [name, items, mayMeet] of sets) {
    const rates = [byEmbedding(items, mayMeet), byTfIdf(items, mayMeet)].map((nearest) => rateOf(items, nearest));
    for (const normalization of [0, 2]) rates.push(rateOf(items, await byFullText(client, items, mayMeet, normalization)));
    console.log(`| ${name} | ${items.length} | ${rates.join(' | ')} |`);
  }
}

const WORDS = `payment notice customer supplier invoice heart muscle lecture contract wallet budget meeting delivery garden river server
  license insurance audit warranty employee student teacher market product engine window holiday research patent`.split(/\s+/);

/** Made-up texts where there are no real ones. */
function someTexts() {
  if (fs.existsSync(FOLDER)) return readClauses(path.join(FOLDER, 'clauses.jsonl')).map(({ text }) => text);
  return Array.from({ length: 2500 }, (_, n) =>
    Array.from({ length: 40 }, (__, at) => WORDS[(n * (at + 3) * 7 + at) % WORDS.length]).join(' '),
  );
}

function speed(texts) {
  embedTexts(texts.slice(0, 500));
  const start = performance.now();
  embedTexts(texts);
  const seconds = (performance.now() - start) / 1000;
  const words = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / texts.length;
  console.log(`\n${Math.round(texts.length / seconds)} texts a second (one core, ${Math.round(words)} words each)`);
}

/** Vectors like those of texts: each a mixture of two real ones, so that any number can be had. */
function vectorAt(base, n) {
  const [one, other] = [base[n % base.length], base[(n * 7919 + Math.floor(n / base.length)) % base.length]];
  return n < base.length ? one : unit(one.map((value, at) => value + 0.8 * other[at]));
}

async function fill(open, organizationId, base, [from, to]) {
  const store = new VectorStore();
  for (let at = from; at < to; at += 500) {
    const owners = Array.from({ length: Math.min(500, to - at) }, (_, n) => ({
      ownerId: `00000000-0000-7000-8000-${(at + n).toString(16).padStart(12, '0')}`,
      chunks: [{ text: String(at + n), vector: vectorAt(base, at + n) }],
    }));
    await open(organizationId, (tx) => store.put(tx, SPACE, owners));
  }
}

async function search(open, organizationId, base, size) {
  const store = new VectorStore();
  const [times, asked] = [[], 40];
  let found = 0;
  const all = Array.from({ length: size }, (_, n) => vectorAt(base, n));
  for (let turn = 0; turn < asked; turn++) {
    const query = unit(base[(turn * 61) % base.length].map((value, at) => value + 0.5 * base[(turn * 97 + 13) % base.length][at]));
    const start = performance.now();
    const answer = await open(organizationId, (tx) => store.nearest(tx, SPACE, { vector: query, k: 10 }));
    times.push(performance.now() - start);
    const exact = all.map((vector, n) => [dot(query, vector), n]).sort((one, other) => other[0] - one[0]);
    const floor = exact[9][0] - 1e-6;
    found += answer.filter(({ similarity }) => similarity >= floor).length;
  }
  const p50 = median(times.slice(2));
  console.log(`| ${size} | ${p50.toFixed(1)} | ${Math.max(...times.slice(2)).toFixed(1)} | ${(found / asked / 10).toFixed(3)} |`);
}

async function storage(client, appUrl, base) {
  const app = new pg.Client({ connectionString: appUrl });
  await app.connect();
  const open = async (organizationId, body) => {
    await app.query('begin');
    await app.query(`select set_config('app.organization_id', $1, true)`, [organizationId]);
    const query = async (text, values) => (await app.query(text, values)).rows;
    const tx = { scope: { organizationId }, query, first: async (text, values) => (await query(text, values))[0] };
    const result = await body(tx);
    await app.query('commit');
    return result;
  };
  console.log(
    '\nThe nearest 10 under row-level security\n\n| vectors of the organization | p50 ms | worst ms | recall@10 |\n|---|---|---|---|',
  );
  const organizationId = '00000000-0000-7000-8000-0000000000aa';
  let filled = 0;
  for (const size of [...new Set([2_000, 20_000, LARGEST])].filter((one) => one <= LARGEST)) {
    await fill(open, organizationId, base, [filled, size]);
    filled = size;
    await client.query('vacuum analyze vectors');
    await search(open, organizationId, base, size);
  }
  await app.end();
}

async function main() {
  const { startEmbedded } = await load('src/platform/runtime/embedded.js');
  const { provisionDatabase } = await load('src/platform/database/provision.js');
  const { deriveDatabaseUrl } = await load('src/platform/config/database-urls.js');
  const { Secret } = await load('src/platform/config/secret.js');
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-vectors-'));
  fs.chmodSync(dataDir, 0o711);
  const servers = await startEmbedded({ dataDir, needPostgres: true, needS3: false, durable: false, allowedOrigins: [] });
  try {
    const owner = servers.postgres.urlFor('postgres');
    const urlOf = (role) => deriveDatabaseUrl(owner, role, new Secret('bench-secret-bench-secret-bench-secret'));
    await provisionDatabase({ owner, app: urlOf('app'), system: urlOf('system'), queue: urlOf('queue') }, false);
    const client = new pg.Client({ connectionString: owner });
    await client.connect();
    const texts = someTexts();
    await quality(client);
    speed(texts);
    await storage(client, urlOf('app'), embedTexts(texts));
    await client.end();
  } finally {
    await servers.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
