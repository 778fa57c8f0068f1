// Stays running: a line `[before, after]` gives a line with the SQL that `pgdelta plan` and `pgdelta render` write.
// argv: the folder of the commands of pgdelta's command line, and a folder for files.
import { createInterface } from "node:readline";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , commands, scratch] = process.argv;
const load = (name) => import(pathToFileURL(join(commands, name)).href);
const { cmdPlan } = await load("plan.js");
const { cmdRender } = await load("render.js");
const answer = process.stdout.write.bind(process.stdout);
let said = "";
let told = "";
process.stderr.write = (text) => ((said += text), true);
process.stdout.write = (text) => ((told += text), true);

for await (const line of createInterface({ input: process.stdin })) {
  const [before, after] = JSON.parse(line);
  const folder = mkdtempSync(join(scratch, "pair-"));
  const [plan, out] = [join(folder, "plan.json"), join(folder, "out.sql")];
  said = told = "";
  let failed = false;
  let scripts = [];
  try {
    await cmdPlan(["--source", before, "--desired", after, "--profile", "raw", "--renames", "off", "--out", plan]);
    await cmdRender(["--plan", plan, "--out", out, "--allow-drops"]);
    scripts = JSON.parse(told).files.map((file) => [readFileSync(file.path, "utf8"), file.transactional]);
  } catch (error) {
    // Code 3 says that there is nothing to do.
    failed = (error.exitCode ?? error.code) !== 3;
    said += failed ? `${error.message}` : "";
  }
  answer(`${JSON.stringify({ failed, said, scripts })}\n`);
}
