// Holds the library inside of WebAssembly against the native program: the same findings, tests,
// plan and report, byte for byte. Usage: node test.mjs MODULE.wasm PROGRAM
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const [module, program] = process.argv.slice(2);
const compiled = new WebAssembly.Module(readFileSync(module));
// A module without threads, files and clock needs nothing of its surroundings.
assert.deepEqual(WebAssembly.Module.imports(compiled), []);

function ask(request) {
  const { exports } = new WebAssembly.Instance(compiled, {});
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const address = exports.allocate(bytes.length);
  new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
  const packed = BigInt.asUintN(64, exports.answer(address, bytes.length));
  const answer = new Uint8Array(
    exports.memory.buffer, Number(packed & 0xffffffffn), Number(packed >> 32n));
  return JSON.parse(new TextDecoder().decode(answer));
}

function native(...words) {
  const ran = spawnSync(program, words, { encoding: "utf8", maxBuffer: 1 << 28 });
  // 1 says that windows are breached.
  assert.ok(ran.status === 0 || ran.status === 1, ran.stderr);
  return ran.stdout;
}

const folder = "examples/hosting";
const root = `${folder}/agreement.sla`;
const contracts = readdirSync(folder).filter((name) => /\.(sla|toml)$/.test(name));
const files = Object.fromEntries(
  contracts.map((name) => [`${folder}/${name}`, readFileSync(`${folder}/${name}`, "utf8")]));
const rows = Object.fromEntries(["requests", "outages", "tickets", "waits"].map((source) => {
  const name = `${folder}/data/${source}.csv`;
  return [source, [name, readFileSync(name, "utf8")]];
}));
const given = { root, agreement: "GlobexShop", complete_to: "2026-04-01" };

const answer = ask({ ...given, files, rows });
assert.equal(answer.error, null);
assert.equal(answer.findings, native("check", root, "--format", "short", "--quiet"));
assert.equal(answer.plan, native("build", root));
const data = Object.entries(rows).flatMap(([source, [name]]) => ["--data", `${source}=${name}`]);
const report = native("run", root, ...data, "--agreement", given.agreement,
  "--complete-to", given.complete_to, "--format", "json");
assert.equal(answer.report, report);
const checks = `${folder}/tests.sla`;
const [tests, failed] = ask({ ...given, files, rows, root: checks }).tests;
assert.equal(native("test", checks, "--list").trim().split("\n").length, tests);
assert.ok(tests > 0 && failed === 0, `${failed} of ${tests} tests failed`);

// What differs is seen: without the last outage there is another report.
const fewer = { ...rows, outages: [rows.outages[0], rows.outages[1].trimEnd().replace(/\n[^\n]*$/, "\n")] };
assert.notEqual(ask({ ...given, files, rows: fewer }).report, answer.report);

// What cannot be read is an error with its place, and no trap.
const broken = { ...rows, outages: ["outages.csv", "start,end,service,cause\nyesterday,,Shop,provider\n"] };
assert.match(ask({ ...given, files, rows: broken }).error, /^outages\.csv:2: column `start`: /);
// A contract with errors has findings and no plan.
const flawed = ask({ ...given, files: { "a.sla": "sla Api between A and B { }\n" }, root: "a.sla", rows: {} });
assert.match(flawed.findings, /error\[unknown-name\]/);
assert.equal(flawed.plan, null);
console.log(`WebAssembly agrees with the program: ${answer.report.length} bytes of report, ${tests} tests`);
