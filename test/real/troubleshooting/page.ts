import { maskedOutput } from './shown-output.ts';

/** Where a page keeps the output of a failure: between two comments that readers do not see. */
const block = (name: string): RegExp => new RegExp(`(<!-- output: ${name} -->\n\`\`\`\n)([^]*?)(\`\`\`\n<!-- end of output -->)`);

/** What the page shows of a failure. @throws Error where it has no place for it. */
export function shownOn(page: string, name: string): string {
  const found = block(name).exec(page)?.[2];
  if (found === undefined) throw new Error(`the page has no block "<!-- output: ${name} -->"`);
  return found;
}

/** The page with this output; as it was where they differ in nothing but chance. @throws Error where it has no place for it. */
export function pageWith(page: string, name: string, output: string): string {
  if (maskedOutput(shownOn(page, name)) === maskedOutput(output)) return page;
  return page.replace(block(name), (_all, before: string, _old, after: string) => `${before}${output}${after}`);
}

/** Every block the page has, by name. */
export const blocksOf = (page: string): readonly string[] => [...page.matchAll(/<!-- output: ([\w-]+) -->/g)].map(([, name = '']) => name);
