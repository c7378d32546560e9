// Which HTML and CSS of the files that it is given the mail programs named first do not show, or not wholly.
// Prints JSON: {feature: [clients]}. Asks nobody: the data comes with the package.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const [clients, ...files] = process.argv.slice(2);
const found = {};
for (const file of files) {
  const { issues } = caniemail({ clients: clients.split(","), html: readFileSync(file, "utf8") });
  for (const [client, each] of [...issues.errors, ...issues.warnings]) {
    for (const { title } of each) (found[title] ??= new Set()).add(client);
  }
}
const sorted = Object.entries(found).sort().map(([title, names]) => [title, [...names].sort()]);
console.log(JSON.stringify(Object.fromEntries(sorted)));
