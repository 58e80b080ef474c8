import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { reasons } from '../../src/reasons.ts';
import { features } from '../../src/model/capabilities.ts';
import { parseObserved, parseOutcome, parsePage } from './door/answers-door.ts';
import { parseCapabilities, parseDescription } from './door/description-door.ts';
import { parsePlan } from './door/plan-door.ts';
import { parseReport } from './door/report-door.ts';
import { optionalVerbs, protocolVersion, timeoutMs, verbs } from './protocol.ts';
import { python } from '../../test/fixtures/external-provider/python.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/provider-protocol.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'portolan-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Message = Record<string, unknown> & { id?: number; verb?: string };
interface Told {
  readonly from: '→' | '←';
  readonly message: Message;
}

/** The messages of the page's examples, in order. */
const conversation = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(
  ([, block = '']) =>
    block
      .split(/^(?=[→←] )/m)
      .filter((each) => each.trim() !== '')
      .map((each): Told => ({ from: each[0] as Told['from'], message: JSON.parse(each.slice(2)) as Message })), // the page's own examples
);

/** Fills in what stands for parts of other messages, as in `(want of 4)`. */
function filled(message: Message, requests: ReadonlyMap<number, Message>, results: ReadonlyMap<number, Message>): Message {
  const entries = Object.entries(message).map(([name, value]) => {
    const [, part, id] = /^\((want|have|step) of (\d+)\)$/.exec(typeof value === 'string' ? value : '') ?? [];
    if (part === undefined) return [name, value === '/tmp/sandbox' ? folder : value];
    const [request, result] = [requests.get(Number(id)), results.get(Number(id))];
    const steps = result?.['steps'];
    return [name, part === 'want' ? request?.['want'] : part === 'have' ? result?.['have'] : Array.isArray(steps) ? steps[0] : undefined];
  });
  return Object.fromEntries(entries) as Message; // the same message
}

/** Whether this is what the page shows, but for what it leaves out. */
function isAsShown(shown: unknown, real: unknown): boolean {
  if (Array.isArray(shown) && Array.isArray(real)) {
    const open = shown.at(-1) === '…';
    const part = open ? shown.slice(0, -1) : shown;
    return (open || part.length === real.length) && part.every((each, index) => isAsShown(each, real[index]));
  }
  if (typeof shown !== 'object' || shown === null || typeof real !== 'object' || real === null) return shown === real;
  const [names, others] = [Object.keys(shown).filter((name) => name !== '…'), Object.keys(real)];
  if (!('…' in shown) && names.length !== others.length) return false;
  return names.every((name) => isAsShown((shown as Message)[name], (real as Message)[name])); // both are mappings
}

const doors: Readonly<Record<string, (result: unknown) => unknown>> = {
  describe: parseDescription,
  capabilities: parseCapabilities,
  observe: parseObserved,
  plan: parsePlan,
  apply: parseOutcome,
  report: parseReport,
  inventory: parsePage,
};

describe('the page of the protocol', () => {
  it.skipIf(!python)('is a conversation that the sample provider has (needs python3 3.11)', async () => {
    const child = spawn('python3', [join(root, 'docs/guide/sample-provider/provider.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const [requests, results] = [new Map<number, Message>(), new Map<number, Message>()];
    for (const { from, message } of conversation) {
      if (from === '→') {
        const sent = filled(message, requests, results);
        if (message.verb !== undefined) requests.set(sent.id ?? 0, sent);
        child.stdin.write(`${JSON.stringify(sent)}\n`);
        continue;
      }
      const answer = JSON.parse(String((await lines.next()).value)) as Message; // the sample's answer
      expect(isAsShown(message, answer), `the page shows ${JSON.stringify(message)}, the sample says ${JSON.stringify(answer)}`).toBe(true);
      if (answer['result'] === undefined) continue;
      results.set(answer.id ?? 0, answer['result'] as Message); // a result is a mapping
      doors[requests.get(answer.id ?? 0)?.verb ?? '']?.(answer['result']);
    }
    // The end of its input is its end, and it ends well.
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('has an example of every verb, with an answer', () => {
    const asked = conversation.filter(({ from }) => from === '→').map(({ message }) => message.verb);
    expect(verbs.filter((verb) => !asked.includes(verb))).toEqual([]);
    expect(conversation.filter(({ message }) => message['event'] !== undefined || message['error'] !== undefined)).toHaveLength(2);
    expect(conversation.some(({ message }) => message['cancel'] === true)).toBe(true);
  });

  it('names what the code has: version, features, verbs, reasons, limits', () => {
    expect(page).toContain(protocolVersion);
    expect(features.filter((feature) => !page.includes(`\`${feature}\``))).toEqual([]);
    expect(optionalVerbs.filter((verb) => !page.includes(`\`${verb}\``))).toEqual([]);
    const codes = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(([, code = '']) => code);
    expect(codes.filter((code) => !(code in reasons))).toEqual([]);
    for (const [verb, ms] of Object.entries(timeoutMs)) expect(page).toMatch(new RegExp(`\\| .*\`${verb}\`.* \\| ${ms / 1_000} s \\|`));
  });

  it('an example that says something else would be seen', () => {
    expect(isAsShown({ a: [1, '…'], '…': '…' }, { a: [1, 2], b: 3 })).toBe(true);
    expect(isAsShown({ a: [1] }, { a: [1, 2] })).toBe(false);
    expect(isAsShown({ a: [1] }, { a: [1], b: 3 })).toBe(false);
    expect(isAsShown({ a: 1, '…': '…' }, { a: 2 })).toBe(false);
  });
});
