// Google's own Node client, doing the same: node bigquery.js load|load-gzip|query <folder> [file]. Needs @google-cloud/bigquery on NODE_PATH.
const { BigQuery } = require('@google-cloud/bigquery');
const { OAuth2Client } = require('google-auth-library');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const [what, folder, file] = process.argv.slice(2);
const google = JSON.parse(fs.readFileSync(path.join(folder, 'google.json'), 'utf8'));
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: google.token, expiry_date: Date.now() + 3600e3 });
const bigquery = new BigQuery({ projectId: google.project, apiEndpoint: google.baseUri.replace(/\/$/, ''), authClient });

async function run() {
  const settings = { sourceFormat: 'NEWLINE_DELIMITED_JSON', writeDisposition: 'WRITE_APPEND', location: 'EU' };
  if (what === 'load-gzip') {
    const table = bigquery.dataset('bench', { location: 'EU' }).table('orders');
    await new Promise((resolve, reject) => fs.createReadStream(file, { highWaterMark: 1 << 20 }).pipe(zlib.createGzip({ level: 1 })).pipe(table.createWriteStream(settings)).on('complete', resolve).on('error', reject));
    return { records: 1, bytes: fs.statSync(file).size };
  }

  if (what === 'load') {
    const [job] = await bigquery.dataset('bench', { location: 'EU' }).table('orders').load(file, settings);
    if (job.status && job.status.errorResult) throw new Error(job.status.errorResult.message);
    return { records: 1, bytes: fs.statSync(file).size };
  }

  let rows = 0;
  await new Promise((resolve, reject) => bigquery.createQueryStream({ query: 'SELECT * FROM bench.rows', location: 'EU' }).on('data', () => rows++).on('end', resolve).on('error', reject));
  return { records: rows, bytes: 0 };
}

run().then(done => {
  const cpu = process.cpuUsage();
  const peak = /VmHWM:\s+(\d+)/.exec(fs.existsSync('/proc/self/status') ? fs.readFileSync('/proc/self/status', 'utf8') : '');
  console.log(JSON.stringify({ ...done, wall: process.uptime(), cpu: (cpu.user + cpu.system) / 1e6, peakMb: peak ? peak[1] / 1024 : process.resourceUsage().maxRSS / 1024 }));
}).catch(error => { console.error(error.message); process.exit(1); });
